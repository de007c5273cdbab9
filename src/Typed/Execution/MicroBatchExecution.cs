using Typed.Columns;
using Typed.Operators;
using Typed.Time;

namespace Typed.Execution;

/// <summary>
/// The batches of a query, one after the other, in the order of semantics 12.3: ask the sources for offsets, write <c>offsets/N</c>, tell
/// the sources what they need not keep, run, commit the sinks, write <c>commits/N</c>, compute the next watermark.
/// </summary>
internal sealed partial class MicroBatchExecution
{
    private readonly QueryIdentity _query;
    private readonly QueryOptions _options;
    private readonly QueryResources _open;
    private readonly GraphRunner _runner;
    private readonly CheckpointFolder? _checkpoint;
    private readonly QueryWatermark _watermarks;
    private readonly GlobalWatermark _watermark;
    private readonly WatermarkPolicy _policy;
    private readonly SnapshotSchedule _snapshots;
    private readonly string?[] _released;
    private readonly Action<string> _warn;
    private readonly StateAlertWatch? _alert;
    private readonly (long From, long To) _replay;
    private string?[] _ends;
    private OffsetEntry? _pending;
    private long _nextBatch;
    private long _previousWatermark;
    private bool _executed;
    private bool _stateIsWhole;
    private bool _raised;
    private bool _saidMalformed;
    private DateTimeOffset? _previousTrigger;
    private readonly long _start;
    private long? _lastData;
    private long _lateRows;

    internal MicroBatchExecution(QueryIdentity query, QueryOptions options, QueryResources open, Recovery recovery, Action<string> warn)
    {
        (_query, _options, _open, _runner, _checkpoint, _warn) = (query, options, open, open.Runner, open.Checkpoint, warn);
        (_ends, _pending, _nextBatch) = (recovery.Ends, recovery.Pending, recovery.NextBatch);
        (_previousWatermark, _replay) = (recovery.PreviousWatermarkMillis, recovery.Replay);
        _policy = recovery.Policy ?? options.WatermarkPolicy;
        _watermarks = new QueryWatermark(query, options, open, _policy, recovery, warn);
        _watermark = _watermarks.Global;
        _snapshots = new SnapshotSchedule(open, options, recovery, warn);
        _released = new string?[_ends.Length];
        _alert = options.StateAlert is { } alert ? new StateAlertWatch(alert, warn) : null;
        _start = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>The watermark of the next batch, ms.</summary>
    internal long WatermarkMillis => _watermark.Millis;

    /// <summary>When the next input of a watermark begins to be idle, so that others need not wait for it any longer; null if none does.</summary>
    internal DateTimeOffset? NextIdle => _watermarks.NextIdle;

    /// <summary>When the next timer is due, where batches do not run at ticks of a trigger; null if none is, or it waits for a batch with data (semantics 2.4.2).</summary>
    internal DateTimeOffset? NextTimer =>
        _executed && _options.NoDataBatches && _options.Trigger.Kind == TriggerKind.Default && _runner.NextTimerMillis is long due
            ? BatchProgress.Millis(due)
            : null;

    /// <summary>Whether a timer waits for the clock.</summary>
    internal bool HasTimers => _executed && _options.NoDataBatches && _runner.NextTimerMillis is not null;

    /// <summary>Whether the last batch ran for the sake of the clock only: nothing was new, and no watermark had moved.</summary>
    internal bool RanByClock { get; private set; }

    /// <summary>Whether the next batch comes again as it was before the checkpoint was set back over it.</summary>
    internal bool ComesAgain => _checkpoint?.Planned[_nextBatch] is not null;

    /// <summary>Raises the watermark between two batches. The next one runs even if it has nothing to do: the offset log is where a watermark is kept.</summary>
    internal void RaiseWatermark(long millis)
    {
        if (millis <= _watermark.Millis)
            return;
        _watermark.Raise(millis);
        _raised = true;
    }

    /// <summary>The number of the next batch.</summary>
    internal long NextBatch => _nextBatch;

    /// <summary>Where each source stands.</summary>
    internal string?[] Ends => _ends;

    /// <summary>Whether nothing will ever come again from any source.</summary>
    internal bool SourcesHaveEnded
    {
        get
        {
            for (int i = 0; i < _ends.Length; i++)
            {
                if (!_open.Sources[i].HasEnded(_ends[i]))
                    return false;
            }

            return true;
        }
    }

    /// <summary>Computes state that is younger than the snapshot: runs committed batches again and drops what comes out (semantics 12.4, 12.5).</summary>
    internal async ValueTask ReplayAsync(CancellationToken cancellation)
    {
        OffsetEntry? before = _replay.From > 0 && _replay.From < _replay.To ? _checkpoint!.ReadOffsets(_replay.From - 1) : null;
        for (long batch = _replay.From; batch < _replay.To; batch++)
        {
            OffsetEntry entry = _checkpoint!.ReadOffsets(batch);
            string?[] starts = before?.Ends ?? new string?[entry.Ends.Length];
            await RefreshTablesAsync(batch, cancellation);
            foreach (SinkOperator sink in _runner.Sinks)
                sink.Writers = [];
            _runner.Begin(entry, before?.WatermarkMillis ?? 0, null, null);
            _open.Malformed.Begin(batch, keep: false);
            await ReadAsync(entry, starts, new long[starts.Length], cancellation);
            _runner.End();
            before = entry;
        }

        _stateIsWhole = true;
    }

    /// <summary>Fixes where trigger AvailableNow ends (semantics 11.5).</summary>
    internal async ValueTask FreezeAsync(CancellationToken cancellation)
    {
        string?[] starts = _pending?.Ends ?? _ends;
        for (int i = 0; i < starts.Length; i++)
            await _open.Sources[i].FreezeAsync(starts[i], cancellation);
    }

    /// <summary>Runs one batch, if there is one to run.</summary>
    /// <param name="once">Whether this is trigger Once: everything there is, no batch without data (semantics 11.4).</param>
    /// <param name="planning">Ends the question what is new at once, and the patience with a sink that is down.</param>
    /// <param name="cancellation">Ends the reading of a source at once; the batch is then run again at the next start.</param>
    /// <returns>What was done; null if there was nothing to do.</returns>
    internal async ValueTask<StreamingQueryProgress?> RunTriggerAsync(bool once, CancellationToken planning, CancellationToken cancellation)
    {
        PhaseTimes times = new(_options.TimeProvider);
        double? sincePrevious = (times.Started - _previousTrigger)?.TotalSeconds;
        _previousTrigger = times.Started;
        OffsetEntry? batch = _pending ?? PlanAgain(times) ?? await PlanAsync(once, times, planning);
        if (batch is null)
            return null;
        string?[] starts = _ends;
        long[] rows = new long[starts.Length];
        try
        {
            await ReleaseAsync(starts, cancellation);
            Reach(FaultPoint.AfterSourceCommit, batch.BatchId);
            await RunAsync(batch, starts, rows, times, cancellation);
            await _open.Sinks.CommitAsync(() => Reach(FaultPoint.BetweenSinks, batch.BatchId), planning);
            Reach(FaultPoint.AfterSinkCommit, batch.BatchId);
        }
        catch (Exception e)
        {
            FailedProgress = BatchProgress.Of(_query, _open, batch, starts, rows, times, sincePrevious, failed: true);
            IReadOnlyList<Exception> more = _open.Sinks.Abort();
            if (more.Count > 0)
                throw new AggregateException(e.Message, [e, .. more]);
            throw;
        }

        times.End(Phase.AddBatch);
        try
        {
            Commit(batch, rows.Sum(), times);
        }
        catch
        {
            // With its entry in the commit log the batch is done, whatever comes after.
            FailedProgress = BatchProgress.Of(_query, _open, batch, starts, rows, times, sincePrevious, failed: _pending is not null);
            throw;
        }

        return BatchProgress.Of(_query, _open, batch, starts, rows, times, sincePrevious, failed: false) with { Watermarks = _watermarks.Inputs() };
    }

    /// <summary>What is known of the batch in which the query failed.</summary>
    internal StreamingQueryProgress? FailedProgress { get; private set; }

    /// <summary>A record for an idle trigger.</summary>
    internal StreamingQueryProgress Idle() =>
        BatchProgress.Idle(_query, _open, _nextBatch, _ends, _watermark.Millis, new PhaseTimes(_options.TimeProvider)) with { Watermarks = _watermarks.Inputs() };

    /// <summary>The query between two batches.</summary>
    /// <param name="nextTriggerMillis">When the next trigger is due, ms; null if the query goes on as soon as there is data.</param>
    internal QueryView View(long? nextTriggerMillis)
    {
        long watermark = _watermark.At(_options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds(), _ => false);
        return new QueryView
        {
            StartMillis = _start,
            LastDataMillis = _lastData,
            WatermarkMillis = _runner.HasWatermark ? watermark : null,
            Policy = _policy,
            Inputs = _watermarks.View(_ends),
            Holders = _runner.Holders(watermark),
            LateRows = _lateRows,
            HasRun = _executed,
            NoDataBatches = _options.NoDataBatches,
            NextTriggerMillis = nextTriggerMillis,
        };
    }

    /// <summary>Saves the state at the end of a run, so that the next one has nothing to replay.</summary>
    internal void Stop()
    {
        // A batch or a replay that was broken off has left state between two batches.
        if (_pending is null && _stateIsWhole)
            Checkpointing(_nextBatch, () => _snapshots.SaveAtStop(_watermarks.Entry(_nextBatch - 1), _ends));
    }

    private async ValueTask RunAsync(OffsetEntry batch, string?[] starts, long[] rows, PhaseTimes times, CancellationToken cancellation)
    {
        for (int i = 0; i < _runner.Sinks.Count; i++)
            _runner.Sinks[i].Writers = _open.WritersOf(i);
        if (_open.Late is { } late)
            late.Writer = _open.Sinks.Late;
        if (_open.Quarantine is { } quarantine)
            quarantine.Writer = _open.Sinks.Quarantine;
        await RefreshTablesAsync(batch.BatchId, cancellation);
        times.End(Phase.GetBatch);
        _open.Malformed.Begin(batch.BatchId, _open.Sinks.DeadLetters is not null);
        _open.Sinks.Begin(batch.BatchId, _runner.HasWatermark ? batch.WatermarkMillis * 1000 : null);
        _runner.Begin(batch, _previousWatermark, _open.Late, _open.Quarantine);
        await ReadAsync(batch, starts, rows, cancellation);
        InOperators(batch.BatchId, _runner.Settle);
        Reach(FaultPoint.MidBatch, batch.BatchId);
        SayMalformed(batch.BatchId);
        _watermarks.SayAhead(batch, starts);
        InOperators(batch.BatchId, _runner.End);
        if (_open.Sinks.DeadLetters is { } letters)
            _open.Malformed.WriteTo(letters);
        Reach(FaultPoint.AfterRun, batch.BatchId);
    }

    private async ValueTask ReadAsync(OffsetEntry batch, string?[] starts, long[] rows, CancellationToken cancellation)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            if (batch.Ends[i] is not { } end || end == starts[i])
                continue;
            await foreach (ColumnBatch read in _open.Sources[i].ReadAsync(starts[i], end, cancellation))
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    rows[i] += read.Length;
                    int source = i;
                    InOperators(batch.BatchId, () => _runner.Push(source, read));
                }
                finally
                {
                    read.Release();
                }
            }
        }
    }

    private async ValueTask RefreshTablesAsync(long batchId, CancellationToken cancellation)
    {
        for (int i = 0; i < _open.Tables.Count; i++)
        {
            if (await _open.Tables[i].RefreshAsync(batchId, cancellation) is not { } rows)
                continue;
            foreach (TableSlot slot in _runner.Tables)
            {
                if (slot.Number == i)
                    slot.Replace(rows.AddReference());
            }

            rows.Release();
        }
    }

    private void Commit(OffsetEntry batch, long rows, PhaseTimes times)
    {
        _watermarks.Advance(batch);
        CommitEntry entry = _watermarks.Entry(batch.BatchId);
        Checkpointing(batch.BatchId, () => _snapshots.SaveBeforeCommit(entry, batch.Ends));
        Checkpointing(batch.BatchId, () => _checkpoint!.Write(entry));
        _pending = null;
        _ends = batch.Ends;
        _previousWatermark = batch.WatermarkMillis;
        _nextBatch = batch.BatchId + 1;
        _executed = true;
        if (rows > 0)
            _lastData = batch.TimestampMillis;
        _lateRows += _runner.LateRows;
        _alert?.Look(_runner.Stateful, batch.BatchId);
        Reach(FaultPoint.AfterCommit, batch.BatchId);
        times.End(Phase.CommitOffsets);
        Checkpointing(_nextBatch, () =>
        {
            if (_snapshots.SaveIfDue(entry, batch.Ends))
                times.End(Phase.Snapshot);
            _checkpoint!.Purge(Math.Min(_nextBatch - _options.Retain, _snapshots.OldestNeeded));
        });
        Reach(FaultPoint.AfterSnapshot, batch.BatchId);
    }

    /// <summary>
    /// Tells the sources what will not be read again (semantics 12.3): what the batch before has committed; with state, what lies before the
    /// older of two snapshots, since the rest may be replayed.
    /// </summary>
    private async ValueTask ReleaseAsync(string?[] starts, CancellationToken cancellation)
    {
        string?[]? done = _snapshots.AreTaken ? _snapshots.OlderEnds : starts;
        for (int i = 0; done is not null && i < done.Length; i++)
        {
            if (done[i] is not { } end || end == _released[i])
                continue;
            await _open.Sources[i].CommitAsync(end, cancellation);
            _released[i] = end;
        }
    }

    private void SayMalformed(long batchId)
    {
        if (_saidMalformed || _open.Malformed.Count == 0 || _open.Sinks.DeadLetters is not null)
            return;
        _saidMalformed = true;
        _warn($"{_open.Malformed.Count} records of batch {batchId} could not be read and are left out: {_open.Malformed.FirstOnes}. They are counted; give the query a sink with DeadLettersTo to keep them.");
    }

    private static void InOperators(long batchId, Action run)
    {
        try
        {
            run();
        }
        catch (Exception e) when (e is not (IOException or StreamingQueryException or QueryStartException or OperationCanceledException))
        {
            throw new StreamingQueryException("user-function-failure", $"Batch {batchId} failed: {e.GetType().Name}: {e.Message}", e);
        }
    }

    private void Checkpointing(long batchId, Action write)
    {
        if (_checkpoint is null)
            return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamingQueryException(
                "checkpoint-not-writable",
                $"The checkpoint '{_checkpoint.Path}' could not be written for batch {batchId}: {ErrorText.Sentence(e)} Nothing is lost: make room or give the process the right to write there, and start the query again; it goes on with the first batch that is not committed.",
                e);
        }
        catch (State.StateDamagedException e)
        {
            throw new StreamingQueryException(
                "checkpoint-damaged",
                $"The checkpoint '{_checkpoint.Path}' was found damaged after batch {batchId - 1}: {e.Message} The query ends before more is built on it. Put the file back from a copy of the checkpoint, or start with a new checkpoint.",
                e);
        }
    }

    private void Reach(FaultPoint point, long batchId) => _options.Faults?.Reach(point, batchId);
}
