namespace Typed.Execution;

/// <summary>Where a run goes on from: what the logs and the snapshots of a checkpoint say (semantics 12.4).</summary>
internal sealed record Recovery
{
    /// <summary>The number of the next batch.</summary>
    internal required long NextBatch { get; init; }

    /// <summary>A batch that was planned and not committed; it runs first, as it was planned.</summary>
    internal OffsetEntry? Pending { get; init; }

    /// <summary>Where each source stands.</summary>
    internal required string?[] Ends { get; init; }

    /// <summary>The watermark of the last batch: the late watermark of the next one.</summary>
    internal long PreviousWatermarkMillis { get; init; }

    /// <summary>The watermark of the next batch.</summary>
    internal long WatermarkMillis { get; init; }

    /// <summary>How far the inputs that can be idle have come.</summary>
    internal IReadOnlyList<(string Input, string Clock)> Inputs { get; init; } = [];

    /// <summary>How much longer than <see cref="Inputs"/> says they had been silent when <see cref="Pending"/> was planned.</summary>
    internal long SilenceMillis { get; init; }

    /// <summary>The policy that the first entry pinned; null in a fresh checkpoint.</summary>
    internal WatermarkPolicy? Policy { get; init; }

    /// <summary>The first batch to replay for its state, and one more than the last.</summary>
    internal (long From, long To) Replay { get; init; }

    /// <summary>The snapshot that was loaded; null if none was.</summary>
    internal long? Snapshot { get; init; }

    /// <summary>Where the sources stood at the snapshot; null if none was loaded.</summary>
    internal string?[]? SnapshotEnds { get; init; }

    /// <summary>Batch 0 of a fresh query.</summary>
    internal static Recovery Fresh(int sources) => new() { NextBatch = 0, Ends = new string?[sources] };

    /// <summary>Reads the checkpoint and loads state into the operators.</summary>
    /// <exception cref="QueryStartException">The logs have a gap, or are damaged, or the state cannot be had.</exception>
    internal static Recovery From(CheckpointFolder checkpoint, GraphRunner runner, bool canReplay, Action<string> warn)
    {
        long last = checkpoint.LastOffset;
        if (last < 0)
            return Fresh(checkpoint.Identity.Sources.Count);
        OffsetEntry entry = checkpoint.ReadOffsets(last);
        CommitEntry? commit = checkpoint.LastCommit < 0 ? null : checkpoint.ReadCommit(checkpoint.LastCommit);
        bool pending = checkpoint.LastCommit < last;
        if (pending && last > 0 && checkpoint.FirstOffset == last)
        {
            throw new QueryStartException(
                "checkpoint-offset-log-gap",
                $"Batch {last} is not committed and must run again, but the entry before it, '{checkpoint.OffsetPath(last - 1)}', which says where it begins, is missing. Put it back from a copy of the checkpoint, or start with a new checkpoint. {LogText.Checked}");
        }

        if (checkpoint.LastCommit < last - 1)
            warn($"The commit log of '{checkpoint.Path}' ends at {checkpoint.LastCommit}, before {last - 1}. Batch {last} runs again; those before it were done when it was planned.");
        OffsetEntry? before = pending && last > 0 ? checkpoint.ReadOffsets(last - 1) : null;
        Recovery recovery = new()
        {
            NextBatch = pending ? last : last + 1,
            Pending = pending ? entry : null,
            Ends = pending ? before?.Ends ?? new string?[entry.Ends.Length] : entry.Ends,
            PreviousWatermarkMillis = pending ? before?.WatermarkMillis ?? 0 : entry.WatermarkMillis,
            WatermarkMillis = pending ? entry.WatermarkMillis : Math.Max(entry.WatermarkMillis, commit!.NextWatermarkMillis),
            Inputs = commit?.Inputs ?? [],
            SilenceMillis = before is null ? 0 : Math.Max(0, entry.TimestampMillis - before.TimestampMillis),
            Policy = entry.Policy,
        };
        return runner.HasState ? recovery.WithState(checkpoint, runner, canReplay, warn) : recovery;
    }

    private Recovery WithState(CheckpointFolder checkpoint, GraphRunner runner, bool canReplay, Action<string> warn)
    {
        StateLoading loading = new(checkpoint, runner, warn);

        // A source that cannot replay has its state saved before the commit: then the batch is done but for its entry.
        if (Pending is { } done && !canReplay && checkpoint.State.Versions.Contains(done.BatchId)
            && loading.Load(done.BatchId) is { } commit)
        {
            checkpoint.Write(commit);
            return this with
            {
                NextBatch = done.BatchId + 1,
                Pending = null,
                Ends = done.Ends,
                PreviousWatermarkMillis = done.WatermarkMillis,
                WatermarkMillis = Math.Max(done.WatermarkMillis, commit.NextWatermarkMillis),
                Inputs = commit.Inputs,
                Replay = (done.BatchId + 1, done.BatchId + 1),
                Snapshot = done.BatchId,
                SnapshotEnds = done.Ends,
            };
        }

        long limit = NextBatch - 1;
        foreach (long version in checkpoint.State.Versions.Reverse())
        {
            // Entry N says where batch N+1 begins, so a snapshot below the oldest entry is of no use.
            if (version > limit || version < checkpoint.FirstOffset)
                continue;
            if (version < limit && !canReplay)
                break;
            if (loading.Load(version) is not null)
                return this with { Replay = (version + 1, NextBatch), Snapshot = version, SnapshotEnds = checkpoint.ReadOffsets(version).Ends };
        }

        if (limit < 0 || (checkpoint.FirstOffset == 0 && canReplay))
            return this with { Replay = (0, NextBatch) };
        throw loading.Missing(limit, canReplay);
    }
}
