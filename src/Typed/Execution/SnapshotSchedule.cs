using Typed.Time;

namespace Typed.Execution;

/// <summary>
/// When state is saved: every few seconds, not every batch, since what came later can be replayed; after each batch if a source cannot
/// replay; and at a stop. The two newest snapshots are kept, so that a damaged one does not end the query.
/// </summary>
internal sealed class SnapshotSchedule
{
    private readonly QueryResources _open;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly bool _canReplay;
    private string?[]? _newerEnds;
    private long _saved;
    private long _last;

    internal SnapshotSchedule(QueryResources open, QueryOptions options, Recovery recovery)
    {
        _open = open;
        _time = options.TimeProvider;
        _interval = options.State?.SnapshotEvery is { } every ? Duration(every, nameof(options.SnapshotEvery)) : Duration(options.SnapshotEvery, nameof(options.SnapshotEvery));
        _canReplay = open.Sources.TrueForAll(source => source.CanReplay);
        AreTaken = open.Checkpoint is not null && open.Runner.HasState;
        _newerEnds = recovery.SnapshotEnds;
        _saved = _time.GetTimestamp();
        _last = recovery.Replay.From - 1;
    }

    /// <summary>Whether there is state to save, and a place for it.</summary>
    internal bool AreTaken { get; }

    /// <summary>Where the sources stood at the older of the two snapshots; null if there are not two.</summary>
    internal string?[]? OlderEnds { get; private set; }

    /// <summary>The oldest batch whose log entry a recovery may need; none if there is no state.</summary>
    internal long OldestNeeded => !AreTaken ? long.MaxValue : _open.Checkpoint!.State.Versions is [long oldest, ..] ? oldest : 0;

    /// <summary>A duration of an option.</summary>
    /// <exception cref="QueryStartException">It is none: rule <c>invalid-duration</c>.</exception>
    internal static TimeSpan Duration(string text, string option) =>
        DurationText.TryParse(text, out long micros, out int months) && months == 0 && micros >= 0
            ? new TimeSpan(micros * TimeSpan.TicksPerMicrosecond)
            : throw new QueryStartException("invalid-duration", $"{option} is \"{text}\", which is no duration. Write one such as \"10 seconds\".");

    internal void SaveBeforeCommit(CommitEntry entry, string?[] ends)
    {
        if (AreTaken && !_canReplay)
            Save(entry, ends);
    }

    /// <returns>Whether it was due.</returns>
    internal bool SaveIfDue(CommitEntry entry, string?[] ends)
    {
        if (!AreTaken || !_canReplay || _time.GetElapsedTime(_saved) < _interval)
            return false;
        Save(entry, ends);
        return true;
    }

    internal void SaveAtStop(CommitEntry entry, string?[] ends)
    {
        if (AreTaken && entry.BatchId > _last)
            Save(entry, ends);
    }

    private void Save(CommitEntry entry, string?[] ends)
    {
        State.IStateBackend backend = _open.Checkpoint!.State;
        backend.Save(entry.BatchId, Recovery.Save(_open.Runner, entry));
        backend.Forget(below: _last);
        (OlderEnds, _newerEnds) = (_newerEnds, ends);
        (_last, _saved) = (entry.BatchId, _time.GetTimestamp());
    }
}
