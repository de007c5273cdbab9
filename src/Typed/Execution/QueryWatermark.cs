using System.Globalization;
using Typed.Columns;
using Typed.Operators;
using Typed.Time;

namespace Typed.Execution;

/// <summary>The watermark of a running query and those of its inputs, and what whoever runs it should know of them.</summary>
internal sealed class QueryWatermark
{
    private readonly QueryIdentity _query;
    private readonly QueryResources _open;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly long _start;
    private long _lastBatch;
    private readonly HashSet<(WatermarkOperator Node, int Source, int Partition)> _saidAhead = [];

    internal QueryWatermark(QueryIdentity query, QueryOptions options, QueryResources open, WatermarkPolicy policy, Recovery recovery, Action<string> warn)
    {
        (_query, _open, _time, _warn) = (query, open, options.TimeProvider, warn);
        _start = Now();
        long? idleAfter = Micros(options.IdleAfter, nameof(options.IdleAfter));
        long? maxAhead = Micros(options.MaxAhead, nameof(options.MaxAhead));
        List<NodeWatermark> nodes = [];
        foreach (WatermarkOperator node in open.Runner.Graph.Watermarks)
        {
            node.UseDefaults(idleAfter, maxAhead);
            nodes.Add(new NodeWatermark(node, open.Runner.SourcesOf(node), _start));
        }

        Global = new GlobalWatermark(policy, nodes);
        Global.Restore(recovery.WatermarkMillis, recovery.Inputs, recovery.SilenceMillis);
        KnowPartitions();
    }

    internal GlobalWatermark Global { get; }

    /// <summary>When the next input begins to be idle; null if none does.</summary>
    internal DateTimeOffset? NextIdle => Global.NextIdle(Now()) is long millis and <= Instant.LastMicros / 1000 ? BatchProgress.Millis(millis) : null;

    /// <summary>The entry of the commit log for the last batch. Silence is counted up to its clock, or to the start of the run if an earlier one planned it.</summary>
    internal CommitEntry Entry(long batchId) => new(batchId, Global.Millis) { Inputs = Global.Save(Math.Max(_start, _lastBatch)) };

    /// <summary>Takes the event times of a batch that has ended.</summary>
    internal void Advance(OffsetEntry batch)
    {
        KnowPartitions();
        Global.Advance(batch.TimestampMillis);
        _lastBatch = batch.TimestampMillis;
    }

    /// <summary>Says which rows were too far ahead of the clock: the first of each input in a run; all are counted.</summary>
    internal void SayAhead(OffsetEntry batch, string?[] starts)
    {
        foreach (AheadRow row in _open.Runner.Ahead)
        {
            Global.Nodes.First(node => node.Node == row.Node).SawAhead(row.TimeMicros);
            if (!_saidAhead.Add((row.Node, row.Source, row.Partition)))
                continue;
            string file = row.Place is null ? "" : $" of {row.Place}";
            string place = row.Row == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" row {row.Row}{file} {(starts[row.Source] is { } start ? $"after offset {start}" : "from the start")}:");
            _warn(string.Create(
                CultureInfo.InvariantCulture,
                $"An event time of {InputName(row.Source, row.Partition)} is {Instant.FromMicros(row.TimeMicros):u},{place} {DurationPhrase.Of(row.TimeMicros - (batch.TimestampMillis * 1000))} ahead of the clock of batch {batch.BatchId} and so beyond maxAhead, {DurationPhrase.Of(row.Node.Bounds.MaxAheadMicros ?? 0)}. The row is kept and counted, but the watermark does not follow it. Check the clock of the producer."));
        }
    }

    /// <summary>How far each input has come, as of now.</summary>
    internal IReadOnlyList<InputWatermark> Inputs()
    {
        long now = Now();
        List<InputWatermark> inputs = [];
        foreach (NodeWatermark node in Global.Nodes)
        {
            inputs.Add(Input(node, string.Join(", ", node.Sources.Select(source => InputName(source, -1))), node.Clock, now));
            foreach (((int source, int partition), InputClock clock) in node.Partitions)
                inputs.Add(Input(node, InputName(source, partition), clock, now));
        }

        return inputs;
    }

    /// <summary>The inputs as <see cref="Explanation"/> sees them.</summary>
    /// <param name="ends">Where each source stands.</param>
    internal IReadOnlyList<InputView> View(string?[] ends)
    {
        List<InputView> inputs = [];
        foreach (NodeWatermark node in Global.Nodes)
        {
            string name = string.Join(" and ", node.Sources.Select(source => InputName(source, -1)));
            bool isAlone = !Global.Nodes.Any(other => other != node && other.Sources.SequenceEqual(node.Sources));
            inputs.Add(new InputView(isAlone ? name : $"{name} at {node.Node.Name}", View(node, node.Clock))
            {
                DelayMillis = node.Node.DelayMicros / 1000,
                MaxAheadMicros = node.Node.Bounds.MaxAheadMicros,
                Rows = node.Seen.Rows,
                NullTimes = node.Seen.NullTimes,
                Ahead = node.Seen.Ahead,
                FirstAheadMicros = node.FirstAheadMicros,
                HasEnded = node.Sources.All(source => _open.Sources[source].HasEnded(ends[source])),
                Partitions = [.. node.Partitions.Select(one => (InputName(one.Key.Source, one.Key.Partition), View(node, one.Value)))],
            });
        }

        return inputs;
    }

    /// <summary>A source as the pipeline names it, with the partition if there is one: <c>clicks[2]</c>.</summary>
    internal string InputName(int source, int partition)
    {
        string name = _query.SourceNames[source];
        IReadOnlyList<string> partitions = _open.Sources[source].Partitions;
        return partition < 0 ? name : $"{name}[{(partition < partitions.Count ? partitions[partition] : partition.ToString(CultureInfo.InvariantCulture))}]";
    }

    private static InputWatermark Input(NodeWatermark node, string name, InputClock clock, long now) => new(
        node.Node.Name,
        name,
        clock.ValueMillis is long value ? BatchProgress.Millis(value) : null,
        BatchProgress.Millis(clock.SeenMillis),
        clock.IdleAt(node.IdleAfterMillis) <= now);

    private static ClockView View(NodeWatermark node, InputClock clock) => new(clock.ValueMillis, clock.SeenMillis, node.IdleAfterMillis);

    private static long? Micros(string? duration, string option) =>
        duration is null ? null : SnapshotSchedule.Duration(duration, option).Ticks / TimeSpan.TicksPerMicrosecond;

    private void KnowPartitions()
    {
        foreach (NodeWatermark node in Global.Nodes)
        {
            foreach (int source in node.Sources)
                node.Know(source, _open.Sources[source].Partitions.Count);
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
