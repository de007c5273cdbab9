using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Time;

namespace Typed.Execution;

/// <summary>Runs the operators of a query over one micro-batch at a time, and knows their watermarks and their state.</summary>
internal sealed partial class GraphRunner : IDisposable
{
    private readonly OperatorGraph _graph;
    private readonly OperatorGraph[] _graphs;
    private readonly StatefulOperator[] _allStateful;
    private readonly SinkOperator[][] _sinks;
    private readonly WorkerGraph[] _workerGraphs = [];
    private readonly WorkerSet? _workers;
    private readonly Operator[][] _entries;
    private readonly WatermarkPropagation _propagation;
    private BatchContext _context = BatchContext.None;
    private readonly Arena _scratch = new();
    private readonly Dictionary<RowSchema, BatchPool> _slices = new(ReferenceEqualityComparer.Instance);
    private readonly int? _batchSize;
    private readonly List<AheadRow> _ahead = [];
    private readonly long[] _pushed;
    private StateBudget? _budget;
    private LateRowWriter? _late;
    private QuarantineWriter? _quarantine;

    /// <param name="plan">The pipeline.</param>
    /// <param name="batchSize">How many rows are pushed at once, at most; null for what the source gives.</param>
    /// <param name="workers">How many threads run the operators; with one the thread of the query runs them.</param>
    /// <exception cref="QueryStartException">A parameter of the pipeline does not fit.</exception>
    internal GraphRunner(PipelinePlan plan, int? batchSize, int workers = 1)
    {
        Plan = plan;
        _batchSize = batchSize;
        _graphs = new OperatorGraph[workers];
        _sinks = new SinkOperator[workers][];
        for (int i = 0; i < workers; i++)
        {
            OperatorGraph graph = _graphs[i] = new OperatorGraph();
            plan.Build(graph);
            if (graph.Outputs.Count != plan.Outputs.Count)
                throw new InvalidOperationException($"The plan of '{plan.Name}' has {plan.Outputs.Count} outputs and operators for {graph.Outputs.Count}.");
            _sinks[i] = [.. graph.Outputs.Select(last => new SinkOperator(last.Output))];
            for (int output = 0; output < _sinks[i].Length; output++)
                graph.Outputs[output].PushTo(_sinks[i][output]);
        }

        _graph = _graphs[0];
        _entries = [.. Enumerable.Range(0, plan.Sources.Count).Select(source => _graph.Entries.Where(entry => entry.Source == source).Select(entry => entry.Entry).ToArray())];
        _propagation = new WatermarkPropagation(_graph);
        _pushed = new long[plan.Sources.Count];
        Operators = [.. Enumerable.Range(0, _graph.Operators.Count).Select(Instances)];
        Stateful = [.. _graph.Stateful.Select(one => Operators.OfType<StatefulInstances>().Single(instances => instances.First == one))];
        _allStateful = [.. Stateful.SelectMany(one => one.All)];
        if (workers == 1)
            return;
        ExchangePlan exchanges = ExchangePlan.Of(_graph);
        _workerGraphs = [.. Enumerable.Range(0, workers).Select(number => new WorkerGraph(_graphs, number, exchanges, _sinks[number], plan.Sources.Count))];
        for (int i = 0; i < workers; i++)
        {
            for (int output = 0; output < Sinks.Count; output++)
                _sinks[i][output].Worker = (_workerGraphs[i].Output, output, Sinks[output]);
        }

        _workers = new WorkerSet(
            _workerGraphs, exchanges, Write, () => _budget?.Keep(), (failure, turn) => failure is ViolationInTurn violation ? violation.Told(_graphs.SelectMany(graph => graph.Operators), turn) : failure);
    }

    internal PipelinePlan Plan { get; }

    internal OperatorGraph Graph => _graph;

    /// <summary>The ends of the graph, one for each output.</summary>
    internal IReadOnlyList<SinkOperator> Sinks => _sinks[0];

    /// <summary>The operators, inputs before readers, each with what all workers have of it.</summary>
    internal IReadOnlyList<OperatorInstances> Operators { get; }

    /// <summary>The stateful operators in the order of <see cref="OperatorGraph.Stateful"/>.</summary>
    internal IReadOnlyList<StatefulInstances> Stateful { get; }

    /// <summary>The tables that operators of any worker look up.</summary>
    internal IEnumerable<TableSlot> Tables => _graphs.SelectMany(graph => graph.Tables);

    /// <summary>How many rows of this batch were late.</summary>
    internal long LateRows => Operators.Sum(one => one.Sum(counts => counts.Late));

    /// <summary>How many rows of this batch went to the sinks of an output.</summary>
    internal long RowsOf(int output) => _sinks.Sum(sinks => sinks[output].Counts.In);

    /// <summary>How many rows of this batch had keys of each shard; empty where rows are not split by key.</summary>
    internal IReadOnlyList<long> ShardRowsOf(StatefulInstances one)
    {
        if (_workers is null || !one.First.SplitsByKey)
            return [];
        long[] rows = new long[Shard.Count];
        foreach (WorkerGraph worker in _workerGraphs)
            worker.AddShardRows(one.Name, rows);
        return rows;
    }

    internal bool HasState => _graph.Stateful.Count > 0;

    internal bool HasWatermark => _graph.Watermarks.Count > 0;

    /// <summary>The first row of each push in this batch whose event time was too far ahead of the clock.</summary>
    internal IReadOnlyList<AheadRow> Ahead => _ahead;

    /// <summary>Holds the state within what a store has memory for; called once, before any state is loaded.</summary>
    /// <param name="store">What there is for state.</param>
    /// <param name="folder">The folder of the checkpoint's state; null if there is none.</param>
    /// <param name="warn">Says once for each operator that it spills.</param>
    /// <exception cref="IOException">The place to spill to cannot be made.</exception>
    internal void Limit(StateStore store, string? folder, Action<string> warn)
    {
        _budget = StateBudget.Of(store, _allStateful, folder, warn);
        if (_budget is not null)
            _budget.IsMuchEarly = HandOver;
    }

    /// <summary>The numbers of the sources whose rows reach an operator.</summary>
    internal IReadOnlyList<int> SourcesOf(Operator one) => [.. _graph.Entries.Where(entry => Reaches(entry.Entry, one)).Select(entry => entry.Source).Distinct().Order()];

    /// <summary>Starts a micro-batch: its clock, and the two watermarks of each stateful operator (semantics 2.2.1).</summary>
    internal void Begin(OffsetEntry batch, long previousWatermarkMillis, LateRowWriter? late, QuarantineWriter? quarantine)
    {
        _propagation.Compute(previousWatermarkMillis * 1000);
        foreach (StatefulInstances stateful in Stateful)
        {
            foreach (StatefulOperator one in stateful.All)
                one.LateWatermark = _propagation.InputOf(stateful.First);
        }

        _propagation.Compute(batch.WatermarkMillis * 1000);
        foreach (StatefulInstances stateful in Stateful)
        {
            foreach (StatefulOperator one in stateful.All)
                one.EvictionWatermark = _propagation.InputOf(stateful.First);
        }

        _budget?.Begin();
        _scratch.Reset();
        _ahead.Clear();
        Array.Clear(_pushed);
        BatchContext context = new(batch.BatchId, batch.TimestampMillis * 1000, Plan.OutputMode, late is not null, _scratch);
        _context = context;
        if (_workers is not null)
        {
            (_late, _quarantine) = (late, quarantine);
            _workers.Begin();
            foreach (WorkerGraph worker in _workerGraphs)
                worker.Begin(context, late, quarantine, batch);
            return;
        }

        late?.Begin(batch.BatchId);
        quarantine?.Begin(batch);
        foreach (StatefulOperator stateful in _allStateful)
            stateful.LateRows = late;
        foreach (ExpectOperator expecting in _graph.Operators.OfType<ExpectOperator>())
            expecting.Quarantine = quarantine;
        foreach (Operator one in _graph.Operators)
            one.Begin(context);
        foreach (SinkOperator sink in Sinks)
            sink.Begin(context);
    }

    /// <summary>Pushes rows of a source through the operators.</summary>
    internal void Push(int source, ColumnBatch batch)
    {
        if (_batchSize is not int size || batch.Length <= size)
        {
            PushWhole(source, batch);
            return;
        }

        if (!_slices.TryGetValue(batch.Schema, out BatchPool? pool))
            _slices[batch.Schema] = pool = new BatchPool(batch.Schema);
        for (int start = 0; start < batch.Length; start += size)
        {
            int count = Math.Min(size, batch.Length - start);
            ColumnBatch slice = pool.Rent();
            try
            {
                for (int i = 0; i < batch.Schema.Fields.Count; i++)
                    slice[i].AppendRange(batch[i], start, count);
                (slice.Length, slice.Partition, slice.Place) = (count, batch.Partition, batch.Place);
                PushWhole(source, slice);
            }
            finally
            {
                slice.Release();
            }
        }
    }

    /// <summary>Waits until all rows that were pushed are in the operators or with the sinks.</summary>
    internal void Settle()
    {
        if (_workers is null)
            return;
        _workers.Settle();
        TakeAhead();
    }

    /// <summary>Says that all sources are through; operators emit what is due.</summary>
    internal void End()
    {
        if (_workers is not null)
        {
            _workers.End();
            Combine();
            return;
        }

        foreach ((int _, Operator entry) in _graph.Entries)
            entry.InputEnded();
        _budget?.Keep();
    }

    /// <summary>Whether a batch without data has work to do, judged against the last one that ran (semantics 2.4.1).</summary>
    internal bool WantsBatch(long watermarkMillis)
    {
        _propagation.Compute(watermarkMillis * 1000);
        foreach (StatefulInstances stateful in Stateful)
        {
            foreach (StatefulOperator one in stateful.All)
            {
                if (one.WantsBatch(_propagation.InputOf(stateful.First)))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The operators that hold something, inputs before readers.</summary>
    /// <param name="watermarkMillis">The watermark of the next batch.</param>
    internal IReadOnlyList<HolderView> Holders(long watermarkMillis)
    {
        _propagation.Compute(watermarkMillis * 1000);
        return [.. Operators.OfType<StatefulInstances>().Where(one => one.SumState(state => state.Total) > 0).Select(one => HolderView.Of(one, _propagation.InputOf(one.First)))];
    }

    /// <summary>Whether an operator waits for the clock, so that each tick of a trigger runs a batch (semantics 2.4.1).</summary>
    internal bool FollowsClock => _allStateful.Any(stateful => stateful.FollowsClock);

    /// <summary>
    /// The first clock of a batch at which a timer would be due, ms, rounded up; null for none, or if that is after the year 9999, which no clock reaches.
    /// </summary>
    internal long? NextTimerMillis
    {
        get
        {
            long first = long.MaxValue;
            foreach (StatefulOperator stateful in _allStateful)
                first = Math.Min(first, stateful.NextTimer);
            return first > Instant.LastMicros / 1000 * 1000 ? null : (long)Math.Ceiling(first / 1000m);
        }
    }

    public void Dispose() => Disposal.Of([_workers, _budget, .. _workerGraphs, .. _graphs, .. _sinks.SelectMany(sinks => sinks), _scratch, .. _slices.Values]);

    private static bool Reaches(Operator from, Operator to) => from == to || from.Readers.Any(reader => Reaches(reader, to));

    private OperatorInstances Instances(int place)
    {
        Operator first = _graph.Operators[place];
        IEnumerable<Operator> all = first.NeedsAllRows ? [first] : _graphs.Select(graph => graph.Operators[place]);
        return first is StatefulOperator ? new StatefulInstances([.. all.Cast<StatefulOperator>()]) : new OperatorInstances([.. all]);
    }

    // What a worker had for sinks, on the thread of the query.
    private void Write(int to, ColumnBatch batch)
    {
        if (to == OutputQueue.Late)
            _late!.Writer?.Write(batch);
        else if (to == OutputQueue.Quarantine)
            _quarantine!.Writer?.Write(batch);
        else
            Sinks[to].Write(batch);
    }

    private void TakeAhead()
    {
        if (_workerGraphs.Sum(worker => worker.Ahead.Count) == 0)
            return;
        _ahead.AddRange(_workerGraphs.SelectMany(worker => worker.Ahead).OrderBy(entry => entry.Turn).ThenBy(entry => entry.Node).Select(entry => entry.Row));
        foreach (WorkerGraph worker in _workerGraphs)
            worker.Ahead.Clear();
    }

    // What is told of the query as a whole stands in the graph of the first worker.
    private void Combine()
    {
        TakeAhead();
        foreach (OperatorGraph other in _graphs.AsSpan(1))
        {
            for (int i = 0; i < _graph.Watermarks.Count; i++)
                _graph.Watermarks[i].Absorb(other.Watermarks[i]);
            for (int i = 0; i < _graph.Observations.Count; i++)
                ((ISharedObservation)_graph.Observations[i]).Absorb(other.Observations[i]);
            foreach ((Expectation mine, Expectation its) in _graph.Expectations.Zip(other.Expectations))
            {
                mine.Passed += its.Passed;
                mine.Violated += its.Violated;
            }
        }
    }

    private void PushWhole(int source, ColumnBatch batch)
    {
        if (_workers is not null)
        {
            _workers.Push(source, batch, _pushed[source]);
            _pushed[source] += batch.Length;
            return;
        }

        (_context.Source, _context.Partition) = (source, batch.Partition);
        foreach (Operator entry in _entries[source])
            entry.Process(batch);
        (_context.Source, _context.Partition) = (-1, -1);
        foreach (WatermarkOperator node in _graph.Watermarks)
        {
            if (node.TakeAhead() is long time)
                _ahead.Add(new AheadRow(node, source, batch.Partition, time, _pushed[source] + AheadRow.Find(batch, time), batch.Place));
        }

        _pushed[source] += batch.Length;

        // What operators computed from these rows they have copied into columns or state by now.
        _scratch.Reset();
        _budget?.Keep();
    }
}
