using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Time;

namespace Typed.Execution;

/// <summary>Runs the operators of a query over one micro-batch at a time, and knows their watermarks and their state.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly OperatorGraph _graph = new();
    private readonly Operator[][] _entries;
    private readonly WatermarkPropagation _propagation;
    private BatchContext _context = BatchContext.None;
    private readonly Arena _scratch = new();
    private readonly Dictionary<RowSchema, BatchPool> _slices = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StatefulOperator, StateImage> _images = [];
    private readonly int? _batchSize;
    private readonly List<AheadRow> _ahead = [];
    private readonly long[] _pushed;
    private StateBudget? _budget;

    /// <exception cref="QueryStartException">A parameter of the pipeline does not fit.</exception>
    internal GraphRunner(PipelinePlan plan, int? batchSize)
    {
        Plan = plan;
        _batchSize = batchSize;
        plan.Build(_graph);
        if (_graph.Outputs.Count != plan.Outputs.Count)
            throw new InvalidOperationException($"The plan of '{plan.Name}' has {plan.Outputs.Count} outputs and operators for {_graph.Outputs.Count}.");
        Sinks = [.. _graph.Outputs.Select(last => new SinkOperator(last.Output))];
        for (int i = 0; i < Sinks.Count; i++)
            _graph.Outputs[i].PushTo(Sinks[i]);
        _entries = [.. Enumerable.Range(0, plan.Sources.Count).Select(source => _graph.Entries.Where(entry => entry.Source == source).Select(entry => entry.Entry).ToArray())];
        _propagation = new WatermarkPropagation(_graph);
        _pushed = new long[plan.Sources.Count];
    }

    internal PipelinePlan Plan { get; }

    internal OperatorGraph Graph => _graph;

    /// <summary>The ends of the graph, one for each output.</summary>
    internal IReadOnlyList<SinkOperator> Sinks { get; }

    internal bool HasState => _graph.Stateful.Count > 0;

    internal bool HasWatermark => _graph.Watermarks.Count > 0;

    /// <summary>The first row of each push in this batch whose event time was too far ahead of the clock.</summary>
    internal IReadOnlyList<AheadRow> Ahead => _ahead;

    /// <summary>Holds the state within what a store has memory for; called once, before any state is loaded.</summary>
    /// <param name="store">What there is for state.</param>
    /// <param name="folder">The folder of the checkpoint's state; null if there is none.</param>
    /// <param name="warn">Says once for each operator that it spills.</param>
    /// <exception cref="IOException">The place to spill to cannot be made.</exception>
    internal void Limit(StateStore store, string? folder, Action<string> warn) => _budget = StateBudget.Of(store, _graph.Stateful, folder, warn);

    /// <summary>The numbers of the sources whose rows reach an operator.</summary>
    internal IReadOnlyList<int> SourcesOf(Operator one) => [.. _graph.Entries.Where(entry => Reaches(entry.Entry, one)).Select(entry => entry.Source).Distinct().Order()];

    /// <summary>Starts a micro-batch: its clock, and the two watermarks of each stateful operator (semantics 2.2.1).</summary>
    internal void Begin(OffsetEntry batch, long previousWatermarkMillis, LateRowWriter? late, QuarantineWriter? quarantine)
    {
        _propagation.Compute(previousWatermarkMillis * 1000);
        foreach (StatefulOperator stateful in _graph.Stateful)
            stateful.LateWatermark = _propagation.InputOf(stateful);
        _propagation.Compute(batch.WatermarkMillis * 1000);
        foreach (StatefulOperator stateful in _graph.Stateful)
        {
            stateful.EvictionWatermark = _propagation.InputOf(stateful);
            stateful.LateRows = late;
        }

        _budget?.Begin();
        _scratch.Reset();
        late?.Begin(batch.BatchId);
        quarantine?.Begin(batch);
        foreach (ExpectOperator expecting in _graph.Operators.OfType<ExpectOperator>())
            expecting.Quarantine = quarantine;
        BatchContext context = new(batch.BatchId, batch.TimestampMillis * 1000, Plan.OutputMode, late is not null, _scratch);
        foreach (Operator one in _graph.Operators)
            one.Begin(context);
        foreach (SinkOperator sink in Sinks)
            sink.Begin(context);
        _context = context;
        _ahead.Clear();
        Array.Clear(_pushed);
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

    /// <summary>Says that all sources are through; operators emit what is due.</summary>
    internal void End()
    {
        foreach ((int _, Operator entry) in _graph.Entries)
            entry.InputEnded();
        _budget?.Keep();
    }

    /// <summary>Whether a batch without data has work to do, judged against the last one that ran (semantics 2.4.1).</summary>
    internal bool WantsBatch(long watermarkMillis)
    {
        _propagation.Compute(watermarkMillis * 1000);
        foreach (StatefulOperator stateful in _graph.Stateful)
        {
            if (stateful.WantsBatch(_propagation.InputOf(stateful)))
                return true;
        }

        return false;
    }

    /// <summary>The operators that hold something, inputs before readers.</summary>
    /// <param name="watermarkMillis">The watermark of the next batch.</param>
    internal IReadOnlyList<HolderView> Holders(long watermarkMillis)
    {
        _propagation.Compute(watermarkMillis * 1000);
        return [.. _graph.Operators.OfType<StatefulOperator>().Where(one => one.State.Total > 0).Select(one => HolderView.Of(one, _propagation.InputOf(one)))];
    }

    /// <summary>The state of all stateful operators, inputs before readers; valid until the next call.</summary>
    internal List<StatePart> SaveState()
    {
        List<StatePart> parts = [];
        foreach (StatefulOperator stateful in _graph.Operators.OfType<StatefulOperator>())
        {
            if (!_images.TryGetValue(stateful, out StateImage? image))
                _images[stateful] = image = new StateImage();
            image.Take(stateful);
            StateWriter writer = new();
            image.Save(writer);
            parts.Add(new StatePart(stateful.Kind, stateful.StateSchema, writer.Written));
        }

        return parts;
    }

    /// <summary>Whether an operator waits for the clock, so that each tick of a trigger runs a batch (semantics 2.4.1).</summary>
    internal bool FollowsClock => _graph.Stateful.Any(stateful => stateful.FollowsClock);

    /// <summary>
    /// The first clock of a batch at which a timer would be due, ms, rounded up; null for none, or if that is after the year 9999, which no clock reaches.
    /// </summary>
    internal long? NextTimerMillis
    {
        get
        {
            long first = long.MaxValue;
            foreach (StatefulOperator stateful in _graph.Stateful)
                first = Math.Min(first, stateful.NextTimer);
            return first > Instant.LastMicros / 1000 * 1000 ? null : (long)Math.Ceiling(first / 1000m);
        }
    }

    /// <summary>Why the operators cannot go on from what was stored; null if they can.</summary>
    internal StateRefusal? Judge(IReadOnlyList<StatePart> parts)
    {
        StatefulOperator[] operators = [.. _graph.Operators.OfType<StatefulOperator>()];
        if (parts.Count != operators.Length)
            return new StateRefusal("stateful-operator-set-changed", $"the pipeline has {operators.Length} operators with state, and those of {parts.Count} are stored");
        for (int i = 0; i < operators.Length; i++)
        {
            if (parts[i].Name != operators[i].Kind)
                return new StateRefusal("stateful-operator-set-changed", $"operator {operators[i].Name} is a {operators[i].Kind}, where the state of a {parts[i].Name} is stored");
            if (operators[i].Judge(parts[i].Schema) is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>Replaces the state of all stateful operators, which were found to fit (<see cref="Judge"/>).</summary>
    /// <exception cref="InvalidDataException">The parts are damaged.</exception>
    internal void LoadState(IReadOnlyList<StatePart> parts)
    {
        StatefulOperator[] operators = [.. _graph.Operators.OfType<StatefulOperator>()];
        for (int i = 0; i < operators.Length; i++)
        {
            StateReader reader = new(parts[i].Bytes);
            StateImage image = StateImage.Load(reader);
            if (reader.Left != 0)
                throw new InvalidDataException($"{operators[i].Name} left {reader.Left} bytes unread");
            _images[operators[i]] = image;
            image.Give(operators[i]);
            _budget?.Keep();
        }
    }

    public void Dispose() => Disposal.Of([_budget, _graph, .. Sinks, _scratch, .. _slices.Values]);

    private static bool Reaches(Operator from, Operator to) => from == to || from.Readers.Any(reader => Reaches(reader, to));

    private void PushWhole(int source, ColumnBatch batch)
    {
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
