using Typed.State;
using Typed.Time;

namespace Typed.Execution;

/// <summary>
/// When state is saved: every few seconds, not every batch, since what came later can be replayed; after each batch if a source cannot
/// replay; and at a stop. The newest snapshots are kept, two or as many as the store says, so that a damaged one does not end the query. Logs and
/// sources keep what a recovery from the oldest one needs, as far as that is durable.
/// </summary>
internal sealed class SnapshotSchedule
{
    private readonly SnapshotWriter? _writer;
    private readonly SnapshotCapture? _capture;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly bool _canReplay;
    private long _saved;
    private long _last;

    internal SnapshotSchedule(QueryResources open, QueryOptions options, Recovery recovery, Action<string> warn)
    {
        _time = options.TimeProvider;
        _interval = options.State?.SnapshotEvery is { } every ? Duration(every, nameof(options.SnapshotEvery)) : Duration(options.SnapshotEvery, nameof(options.SnapshotEvery));
        _canReplay = open.Sources.TrueForAll(source => source.CanReplay);
        _saved = _time.GetTimestamp();
        _last = recovery.Replay.From - 1;
        if (open.Checkpoint is null || !open.Runner.HasState)
            return;
        _writer = open.Checkpoint.Snapshots;
        _capture = new SnapshotCapture(open.Runner, _writer);
        open.Runner.Capture = _capture;
        _writer.Keep = options.State?.Keep ?? _writer.Keep;
        _writer.CompactsInTurn = options.CompactsInTurn;
        _writer.Warn = open.Checkpoint.State.Warn = message => LowPriorityThread.Outside(() => warn(message));
        _writer.IsDamaged = () => open.Checkpoint.State.IsDamaged;
        open.Checkpoint.State.Copies = _writer.Keep > 1;
        if (recovery.Snapshot is long loaded)
        {
            _writer.GoOnFrom(loaded, recovery.SnapshotEnds!);
            _writer.BeginBeside(cancellation => open.Checkpoint.State.Mend(loaded, cancellation));
        }

        if (options.CompactionFiles is int files)
            open.Checkpoint.State.CompactionFiles = files;
        if (options.Faults is { } faults)
            open.Checkpoint.State.Reached = (step, batch) => faults.Reach(PointOf(step), batch);
    }

    /// <summary>Whether there is state to save, and a place for it.</summary>
    internal bool AreTaken => _writer is not null;

    /// <summary>Where the sources stood at the oldest snapshot that is kept; null if there are not yet as many as are to be kept.</summary>
    internal string?[]? OlderEnds => _writer?.OldestEnds;

    /// <summary>The oldest batch whose log entry a recovery may need; none if there is no state.</summary>
    internal long OldestNeeded => _writer?.OldestNeeded ?? long.MaxValue;

    /// <summary>A duration of an option.</summary>
    /// <exception cref="QueryStartException">It is none: rule <c>invalid-duration</c>.</exception>
    internal static TimeSpan Duration(string text, string option) =>
        DurationText.TryParse(text, out long micros, out int months) && months == 0 && micros >= 0
            ? new TimeSpan(micros * TimeSpan.TicksPerMicrosecond)
            : throw new QueryStartException(StartRules.QueryOption, option, $"\"{text}\"", SettingProblems.NoLength);

    /// <summary>Where a source cannot replay, the state is durable before the commit.</summary>
    internal void SaveBeforeCommit(CommitEntry entry, string?[] ends)
    {
        if (_writer is null || _canReplay)
            return;
        SaveAll(entry, ends);
        _writer.Wait();
    }

    /// <returns>Whether it was due.</returns>
    /// <exception cref="IOException">A snapshot before could not be written.</exception>
    internal bool SaveIfDue(CommitEntry entry, string?[] ends)
    {
        if (_writer is null)
            return false;
        _writer.Check();
        if (!_canReplay)
            return false;
        if (!_capture!.IsUnderWay)
        {
            // The disk is waited for only where it is behind by more than the time between two snapshots.
            TimeSpan since = _time.GetElapsedTime(_saved);
            if (since < _interval || (since < 2 * _interval && !_writer.IsReady))
                return false;
            _saved = _time.GetTimestamp();
        }

        if (_capture.Continue(entry.BatchId, entry.Format(), ends))
            _last = entry.BatchId;
        return true;
    }

    internal void SaveAtStop(CommitEntry entry, string?[] ends)
    {
        if (_writer is null)
            return;
        if (entry.BatchId > _last)
            SaveAll(entry, ends);
        _writer.Wait();
    }

    private void SaveAll(CommitEntry entry, string?[] ends)
    {
        _capture!.Complete(entry.BatchId, entry.Format(), ends);
        _last = entry.BatchId;
    }

    private static FaultPoint PointOf(StateLogStep step) => step switch
    {
        StateLogStep.DeltaWritten => FaultPoint.DeltaWritten,
        StateLogStep.DeltaNamed => FaultPoint.DeltaNamed,
        StateLogStep.BaseWritten => FaultPoint.BaseWritten,
        StateLogStep.BaseNamed => FaultPoint.BaseNamed,
        StateLogStep.BeforeFilesDeleted => FaultPoint.BeforeStateDeleted,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "It is no step of the state log."),
    };
}
