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

    /// <summary>The commit entry of the last batch, which is done but for it: to be written. Null if there is nothing to write.</summary>
    internal CommitEntry? Unwritten { get; init; }

    /// <summary>Reads the checkpoint and loads state. This is the one place that knows what a start does; it writes nothing, so that it may be asked at any time.</summary>
    /// <param name="checkpoint">The logs.</param>
    /// <param name="loading">Loads a version of the state; null where the pipeline keeps none.</param>
    /// <param name="canReplay">Whether the sources can be read again.</param>
    /// <param name="warn">Takes what whoever runs the query should know although it goes on.</param>
    /// <exception cref="QueryStartException">The logs have a gap, or are damaged, or the state cannot be had.</exception>
    internal static Recovery From(ICheckpointLogs checkpoint, StateLoading? loading, bool canReplay, Action<string> warn)
    {
        long last = checkpoint.LastOffset;
        if (last < 0)
            return Fresh(checkpoint.Sources);
        OffsetEntry entry = checkpoint.ReadOffsets(last);
        CommitEntry? commit = checkpoint.LastCommit < 0 ? null : checkpoint.ReadCommit(checkpoint.LastCommit);
        bool pending = checkpoint.LastCommit < last;
        if (pending && last > 0 && checkpoint.FirstOffset == last)
        {
            string missing = Path.Combine(checkpoint.Path, "offsets", OffsetEntry.Invariant(last - 1));
            throw new QueryStartException(
                "checkpoint-offset-log-gap",
                $"Batch {last} is not committed and must run again, but the entry before it, '{missing}', which says where it begins, is missing. Put it back from a copy of the checkpoint, or start with a new checkpoint. {LogText.Checked}")
            {
                File = missing,
                Fault = $"it is missing, and says where batch {last} begins, which is not committed and must run again",
            };
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
        return loading is null ? recovery : recovery.WithState(checkpoint, loading, canReplay);
    }

    private Recovery WithState(ICheckpointLogs checkpoint, StateLoading loading, bool canReplay)
    {
        // A source that cannot replay has its state saved before the commit: then the batch is done but for its entry.
        if (Pending is { } done && !canReplay && checkpoint.Versions.Contains(done.BatchId)
            && loading.Load(done.BatchId) is { } commit)
        {
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
                Unwritten = commit,
            };
        }

        long limit = NextBatch - 1;
        foreach (long version in checkpoint.Versions.Reverse())
        {
            // Entry N says where batch N+1 begins, so a snapshot below the oldest entry is of no use.
            if (version > limit || version < checkpoint.FirstOffset)
                continue;
            if (version < limit && !canReplay)
                break;
            if (loading.Load(version) is not null)
                return (this with { Replay = (version + 1, NextBatch), Snapshot = version, SnapshotEnds = checkpoint.ReadOffsets(version).Ends }).Readable(checkpoint);
        }

        if (limit >= 0 && !(checkpoint.FirstOffset == 0 && canReplay))
            throw loading.Missing(limit, canReplay);
        Recovery anew = (this with { Replay = (0, NextBatch) }).Readable(checkpoint);
        if (limit >= 0)
            loading.WarnOfReplay(limit);
        return anew;
    }

    // What is replayed is read before anything runs, so that a damaged entry is a refused start and not the end of a run.
    private Recovery Readable(ICheckpointLogs checkpoint)
    {
        for (long batch = Replay.From; batch < Replay.To; batch++)
            checkpoint.ReadOffsets(batch);
        return this;
    }
}
