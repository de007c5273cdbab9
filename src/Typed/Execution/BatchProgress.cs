using Typed.Columns;
using Typed.Connect;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>Makes the progress record of a batch from what the operators counted.</summary>
internal static class BatchProgress
{
    internal static StreamingQueryProgress Of(
        QueryIdentity query, QueryResources open, OffsetEntry batch, string?[] starts, long[] rows, PhaseTimes times, double? secondsSincePrevious, bool failed)
    {
        GraphRunner runner = open.Runner;
        double took = times.Elapsed.TotalSeconds;
        long all = rows.Sum();
        return new StreamingQueryProgress
        {
            Id = query.Id,
            RunId = query.RunId,
            Name = query.Name,
            Timestamp = times.Started,
            BatchId = batch.BatchId,
            BatchDuration = (long)times.Elapsed.TotalMilliseconds,
            DurationMs = times.ToMillis(),
            InputRows = all,
            InputRowsPerSecond = Rate(all, secondsSincePrevious),
            ProcessedRowsPerSecond = Rate(all, took),
            EventTime = EventTime(runner.Graph.Watermarks, batch.WatermarkMillis),
            StateOperators = [.. runner.Stateful.Select(one => State(one) with { ShardRows = runner.ShardRowsOf(one) })],
            Sources = Sources(query, open.Sources, starts, batch.Ends, rows, secondsSincePrevious, took),
            Sinks = Sinks(open, sink => (runner.RowsOf(sink.Output), SinkSet.RetriesOf(sink.Writer))),
            Expectations = [.. runner.Graph.Expectations.Select(one => new ExpectationProgress(one.Name, one.OnViolation, one.Passed, one.Violated))],
            Observed = [.. runner.Graph.Observations.Select(one => new ObservedMetrics(one.ObservationName, [.. one.Metrics]))],
            Operators = [.. runner.Operators.Select(one => Rows(one, runner.Graph.InputsOf(one.First)))],
            AheadRows = runner.Graph.Watermarks.Sum(one => one.AheadCount),
            LateRows = runner.LateRows,
            MalformedRecords = open.Malformed.Count,
            SinkRetries = open.Sinks.Retries,
            Failed = failed,
        };
    }

    /// <summary>A record without rows: totals are repeated, deltas are zero (semantics 13.6).</summary>
    internal static StreamingQueryProgress Idle(QueryIdentity query, QueryResources open, long nextBatch, string?[] ends, long watermarkMillis, PhaseTimes times) => new()
    {
        Id = query.Id,
        RunId = query.RunId,
        Name = query.Name,
        Timestamp = times.Started,
        BatchId = nextBatch,
        BatchDuration = (long)times.Elapsed.TotalMilliseconds,
        DurationMs = times.ToMillis(),
        InputRowsPerSecond = 0,
        ProcessedRowsPerSecond = 0,
        EventTime = open.Runner.HasWatermark ? new EventTimeProgress(null, null, null, Millis(watermarkMillis)) : null,
        StateOperators = [.. open.Runner.Stateful.Select(one => State(one) with { RowsUpdated = 0, RowsRemoved = 0, RowsDroppedByWatermark = 0 })],
        Sources = Sources(query, open.Sources, ends, ends, new long[ends.Length], 1, 1),
        Sinks = Sinks(open, _ => (0, 0)),
    };

    internal static DateTimeOffset Millis(long millis) => Instant.FromMicros(millis * 1000);

    private static double? Rate(long rows, double? seconds) => seconds is > 0 ? rows / seconds : null;

    private static EventTimeProgress? EventTime(IReadOnlyList<WatermarkOperator> nodes, long watermarkMillis)
    {
        if (nodes.Count == 0)
            return null;
        long count = 0;
        long least = long.MaxValue;
        long greatest = long.MinValue;
        Int128 sum = 0;
        foreach (WatermarkOperator node in nodes)
        {
            if (node.Count == 0)
                continue;
            count += node.Count;
            least = Math.Min(least, node.MinMillis);
            greatest = Math.Max(greatest, node.MaxMillis);
            sum += (Int128)node.AverageMillis * node.Count;
        }

        return count == 0
            ? new EventTimeProgress(null, null, null, Millis(watermarkMillis))
            : new EventTimeProgress(Millis(least), Millis(greatest), Millis((long)(sum / count)), Millis(watermarkMillis));
    }

    private static StateOperatorProgress State(StatefulInstances one) => new()
    {
        OperatorName = one.First.Kind,
        Name = one.Name,
        RowsTotal = one.SumState(state => state.Total),
        RowsUpdated = one.SumState(state => state.Updated),
        RowsRemoved = one.SumState(state => state.Removed),
        RowsDroppedByWatermark = one.SumState(state => state.DroppedByWatermark),
        MemoryUsedBytes = one.All.Sum(part => part.State.MemoryBytes + (part.SpillArea?.MemoryBytes ?? 0)),
        SpilledRows = one.All.Sum(part => part.SpilledEntries),
        SpilledBytes = one.All.Sum(part => part.SpillArea?.DiskBytes ?? 0),
        SpillWrittenBytes = one.All.Sum(part => part.SpillArea?.Counts.BytesPut ?? 0),
        SpillPagesRead = one.All.Sum(part => part.SpillArea?.Counts.PagesRead ?? 0),
        LateWatermark = Instant.FromMicros(one.First.LateWatermark),
        EvictionWatermark = Instant.FromMicros(one.First.EvictionWatermark),
    };

    private static SourceProgress[] Sources(
        QueryIdentity query, IReadOnlyList<ISourceReader> readers, string?[] starts, string?[] ends, long[] rows, double? sincePrevious, double took)
    {
        SourceProgress[] sources = new SourceProgress[readers.Count];
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = new SourceProgress(
                query.SourceNames[i], readers[i].Description, starts[i], ends[i], rows[i], Rate(rows[i], sincePrevious), Rate(rows[i], took));
        }

        return sources;
    }

    private static SinkProgress[] Sinks(QueryResources open, Func<OutputSink, (long Rows, long Retries)> counts) =>
    [
        .. open.Sinks.Outputs.Select(sink =>
            new SinkProgress(sink.Writer.Description, counts(sink).Rows)
            {
                Output = open.Runner.Plan.Outputs[sink.Output].Name,
                Operator = open.Runner.Graph.Outputs[sink.Output].Name,
                Retries = counts(sink).Retries,
            }),
    ];

    /// <summary>The account of an operator for the batch that has just ended.</summary>
    internal static OperatorRows Rows(Operator one, IReadOnlyList<string> inputs) =>
        Rows(one is StatefulOperator stateful ? new StatefulInstances(stateful) : new OperatorInstances([one]), inputs);

    /// <summary>The account of an operator, whichever worker took its rows.</summary>
    internal static OperatorRows Rows(OperatorInstances one, IReadOnlyList<string> inputs)
    {
        StatefulInstances? stateful = one as StatefulInstances;
        return new OperatorRows
        {
            Name = one.Name,
            Inputs = inputs,
            Grouping = stateful is { First.HoldsRows: true },
            In = one.Sum(counts => counts.In),
            Out = one.Sum(counts => counts.Out),
            Filtered = one.Sum(counts => counts.Filtered),
            Late = one.Sum(counts => counts.Late),
            NullTime = one.Sum(counts => counts.NullTime),
            Duplicates = one.Sum(counts => counts.Duplicates),
            Dropped = one.Sum(counts => counts.Dropped),
            Quarantined = one.Sum(counts => counts.Quarantined),
            FannedOut = one.Sum(counts => counts.FannedOut),
            Grouped = one.Sum(counts => counts.Grouped),
            Closed = one.Sum(counts => counts.Closed),
            Expired = one.Sum(counts => counts.Expired),
            Held = one.Sum(counts => counts.Held),
            GroupsClosed = stateful?.SumState(state => state.Removed) ?? 0,
            GroupsHeld = stateful?.SumState(state => state.Total) ?? 0,
        };
    }
}

/// <summary>Who a run is.</summary>
internal sealed record QueryIdentity(Guid Id, Guid RunId, string Name, IReadOnlyList<string> SourceNames);
