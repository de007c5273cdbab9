namespace Typed.Execution;

// What the next batch is.
internal sealed partial class MicroBatchExecution
{
    /// <summary>A batch over which the checkpoint was set back is planned as it was; null if the next one is not one of them.</summary>
    private OffsetEntry? PlanAgain(PhaseTimes times)
    {
        if (_checkpoint?.Planned[_nextBatch] is not { } batch)
            return null;
        RanByClock = false;
        _watermark.Raise(batch.WatermarkMillis);
        Write(batch, times);
        Checkpointing(batch.BatchId, () => _checkpoint.Planned.Remove(batch.BatchId));
        return batch;
    }

    private async ValueTask<OffsetEntry?> PlanAsync(bool once, PhaseTimes times, CancellationToken cancellation)
    {
        string?[] ends = new string?[_ends.Length];
        bool isNew = false;
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = await _open.Sources[i].NextOffsetAsync(_ends[i], once, cancellation) ?? _ends[i];
            isNew |= ends[i] != _ends[i];
        }

        times.End(Phase.LatestOffset);
        long now = _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

        // Silence may have moved the watermark since the last batch; from the entry on it is as fixed as the rest.
        long watermark = _watermark.At(now, source => ends[source] != _ends[source]);
        bool byClock = false;
        if (!isNew && !_raised)
        {
            if (once || !_options.NoDataBatches || !_executed)
                return null;
            byClock = !_runner.WantsBatch(watermark);
            if (byClock && !WantsBatchByClock(now))
                return null;
        }

        RanByClock = byClock;
        _watermark.Raise(watermark);
        OffsetEntry batch = new(_nextBatch, watermark, now, _policy, ends);
        Write(batch, times);
        return batch;
    }

    private void Write(OffsetEntry batch, PhaseTimes times)
    {
        times.End(Phase.QueryPlanning);
        Reach(FaultPoint.BeforeOffsets, batch.BatchId);
        Checkpointing(batch.BatchId, () => _checkpoint!.Write(batch));
        _pending = batch;

        // A batch that comes again has the watermark that it had; one that was raised since then is kept by the next entry.
        _raised &= _watermark.Millis > batch.WatermarkMillis;
        Reach(FaultPoint.AfterOffsets, batch.BatchId);
        times.End(Phase.WalCommit);
    }

    /// <summary>
    /// Whether a batch without data is to run because time has gone by (semantics 2.4.1, 10.9): at each tick of a trigger; once behind the data of
    /// AvailableNow, which would not end otherwise (11.5); where there are no ticks, when a timer is due.
    /// </summary>
    private bool WantsBatchByClock(long now) => _runner.FollowsClock && _options.Trigger.Kind switch
    {
        TriggerKind.Interval => true,
        TriggerKind.AvailableNow => !RanByClock,
        _ => _runner.NextTimerMillis <= now,
    };
}
