using Typed.Columns;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>The operators of a query as one worker runs them, with the exchanges in between.</summary>
internal sealed class WorkerGraph : IDisposable
{
    private readonly IReadOnlyList<OperatorGraph> _graphs;
    private readonly OperatorGraph _graph;
    private readonly ExchangePlan _plan;
    private readonly SinkOperator[] _sinks;
    private readonly ExchangeOperator[] _exchanges;
    private readonly Operator[][] _entries;
    private readonly Arena _scratch = new();
    private readonly List<(long Turn, int Node, AheadRow Row)> _ahead = [];
    private readonly OperatorGraph _first;
    private LateRowWriter? _late;
    private QuarantineWriter? _quarantine;
    private BatchContext _context = BatchContext.None;

    /// <param name="graphs">The graphs of all workers; that of the first one stands for all where they are alike.</param>
    /// <param name="number">The number of the worker.</param>
    /// <param name="plan">Where rows change workers.</param>
    /// <param name="sinks">The ends of the graph.</param>
    /// <param name="sources">How many sources there are.</param>
    internal WorkerGraph(IReadOnlyList<OperatorGraph> graphs, int number, ExchangePlan plan, SinkOperator[] sinks, int sources)
    {
        (_graphs, _graph, _first, _plan, _sinks) = (graphs, graphs[number], graphs[0], plan, sinks);
        for (int i = 0; i < _graph.Operators.Count; i++)
        {
            Operator one = _graph.Operators[i];
            one.IsIdle = number > 0 && one is { NeedsAllRows: true } or StatefulOperator { IsOneGroup: true };
            if (one is StatefulOperator { SplitsByKey: true } keyed)
                keyed.Worker = (number, graphs.Count);
            if (one is ExpectOperator expecting)
                expecting.CountsTurns = plan.IsBeforeAll(i);
        }

        _exchanges = new ExchangeOperator[plan.Exchanges.Count];
        for (int i = 0; i < _exchanges.Length; i++)
        {
            Exchange exchange = plan.Exchanges[i];
            Operator from = _graph.Operators[exchange.From];
            Operator to = _graph.Operators[exchange.To];
            _exchanges[i] = new ExchangeOperator(from.Output, to, exchange.Input, graphs.Count);
            from.Interpose(_exchanges[i], to, exchange.Input);
        }

        _entries = [.. Enumerable.Range(0, sources).Select(source => _graph.Entries.Where(entry => entry.Source == source).Select(entry => entry.Entry).ToArray())];
    }

    /// <summary>What this worker has for the sinks.</summary>
    internal OutputQueue Output { get; } = new();

    /// <summary>The first row of each push whose event time was too far ahead of the clock.</summary>
    internal List<(long Turn, int Node, AheadRow Row)> Ahead => _ahead;

    /// <summary>Whether an operator is in the middle of what it emits while others take rows, so that what it has computed has to stay.</summary>
    internal bool IsEmitting { get; set; }

    /// <summary>One for each of the plan.</summary>
    internal IReadOnlyList<ExchangeOperator> Exchanges => _exchanges;

    /// <summary>The turn of the rows that are being taken; <see cref="Packet.AtEnd"/> behind all of them.</summary>
    internal long Turn => _context.Turn;

    /// <summary>Starts a micro-batch; the watermarks of the stateful operators are set.</summary>
    internal void Begin(BatchContext batch, LateRowWriter? late, QuarantineWriter? quarantine, OffsetEntry offsets)
    {
        _scratch.Reset();
        _ahead.Clear();
        _context = batch with { Scratch = _scratch };
        LateRowWriter? myLate = late is null ? null : _late ??= late.ForWorker(Output);
        myLate?.Begin(offsets.BatchId);
        QuarantineWriter? myQuarantine = quarantine is null ? null : _quarantine ??= quarantine.ForWorker(Output);
        myQuarantine?.Begin(offsets);
        for (int i = 0; i < _graph.Watermarks.Count; i++)
            _graph.Watermarks[i].UseDefaults(_first.Watermarks[i].Bounds.IdleAfterMicros, _first.Watermarks[i].Bounds.MaxAheadMicros);
        foreach (Operator one in _graph.Operators)
        {
            if (one is StatefulOperator stateful)
                stateful.LateRows = myLate;
            if (one is ExpectOperator expecting)
                expecting.Quarantine = myQuarantine;
            one.Begin(_context);
        }

        foreach (ExchangeOperator exchange in _exchanges)
            exchange.Begin(_context);
        foreach (SinkOperator sink in _sinks)
            sink.Begin(_context);
    }

    /// <summary>Adds the rows that were split for an operator in this micro-batch, by shard.</summary>
    internal void AddShardRows(string operatorName, long[] rows)
    {
        for (int i = 0; i < _exchanges.Length; i++)
        {
            if (_graph.Operators[_plan.Exchanges[i].To].Name != operatorName)
                continue;
            for (int shard = 0; shard < rows.Length; shard++)
                rows[shard] += _exchanges[i].ShardRows[shard];
        }
    }

    /// <summary>Takes rows of a source.</summary>
    internal void Push(in Packet packet)
    {
        Enter(packet);
        foreach (Operator entry in _entries[packet.Source])
            entry.Process(packet.Batch);
        Leave(packet, isSource: true);
    }

    /// <summary>Takes rows that an exchange brought.</summary>
    internal void Take(int exchange, in Packet packet)
    {
        Enter(packet);
        Operator to = _graph.Operators[_plan.Exchanges[exchange].To];
        if (packet.Lists is null)
            to.Receive(packet.Batch, _plan.Exchanges[exchange].Input);
        else
            ((StatefulOperator)to).ReceivePicks(packet.Batch, packet.Picks, packet.Count);
        Leave(packet, isSource: false);
    }

    /// <summary>Says that the sources are through. What comes of it stops at the exchanges.</summary>
    internal void EndSources()
    {
        EnterEnd();
        foreach ((int _, Operator entry) in _graph.Entries)
            entry.InputEnded();
    }

    /// <summary>Says that all rows of an exchange were taken.</summary>
    internal void EndExchange(int exchange)
    {
        EnterEnd();
        int place = _plan.Exchanges[exchange].To;
        if (_graph.Operators[place] is StatefulOperator { CombinesRows: true } combining)
        {
            foreach (OperatorGraph worker in _graphs)
                combining.TakeCombined((StatefulOperator)worker.Operators[place]);
        }

        _graph.Operators[place].InputEnded(_plan.Exchanges[exchange].Input);
    }

    /// <summary>From here on rows belong to no batch of a source.</summary>
    internal void EnterEnd() => (_context.Turn, _context.Source, _context.Partition) = (Packet.AtEnd, -1, -1);

    public void Dispose() => Disposal.Of([.. _exchanges, _late, _quarantine, _scratch]);

    private void Enter(in Packet packet) => (_context.Turn, _context.Source, _context.Partition) = (packet.Turn, packet.Source, packet.Partition);

    private void Leave(in Packet packet, bool isSource)
    {
        for (int i = 0; i < _graph.Watermarks.Count; i++)
        {
            if (_graph.Watermarks[i].TakeAhead() is not long time)
                continue;
            long row = isSource ? packet.RowsBefore + AheadRow.Find(packet.Batch, time) : 0;
            _ahead.Add((packet.Turn, i, new AheadRow(_first.Watermarks[i], packet.Source, packet.Partition, time, row, packet.Batch.Place)));
        }

        // What operators computed from these rows they have copied into columns or state by now.
        if (!IsEmitting)
            _scratch.Reset();
    }
}
