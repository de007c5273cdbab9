using System.Collections.Concurrent;
using Typed.State;

namespace Typed.Execution;

/// <summary>
/// Makes snapshots durable beside the loop: one task after the other writes the parts of a version that were captured and its rest, another one puts versions
/// together. The loop goes on meanwhile; what failed there it hears the next time it asks. A few parts are in memory at most.
/// </summary>
internal sealed class SnapshotWriter(IStateBackend backend) : IDisposable
{
    private const int PartsAtOnce = 3;

    /// <summary>So many versions are written while others are put together; the next one waits.</summary>
    internal const int VersionsBeside = 64;
    private readonly CancellationTokenSource _stop = new();
    private readonly StateVersion _version = new();
    private readonly BlockingCollection<StateChanges> _free = [.. Enumerable.Range(0, PartsAtOnce).Select(_ => new StateChanges())];
    private readonly Lock _lock = new();
    private readonly List<(long Version, string?[] Ends)> _durable = [];
    private Task _writing = Task.CompletedTask;
    private Task _writingRest = Task.CompletedTask;
    private volatile Task _compacting = Task.CompletedTask;
    private volatile bool _isDamaged;
    private int _versionsBeside;
    private bool _hasFailed;
    private string?[]? _oldestEnds;
    private long _oldestNeeded = backend.Versions is [long oldest, ..] ? oldest : 0;

    /// <summary>How many of the newest versions are kept.</summary>
    internal int Keep { get; set; } = 2;

    /// <summary>Whether each version waits for what is done beside before it.</summary>
    internal bool CompactsInTurn { get; set; }

    /// <summary>Says what was found damaged and does not end the query. Called by any thread.</summary>
    internal Action<string>? Warn { get; set; }

    /// <summary>Whether the newest versions cannot be read from the disk any longer. Asked by the thread that writes, after each version.</summary>
    internal Func<bool>? IsDamaged { get; set; }

    /// <summary>Where the sources stood at the oldest version that is kept; null while there are fewer of them than are to be kept.</summary>
    internal string?[]? OldestEnds
    {
        get
        {
            lock (_lock)
                return _oldestEnds;
        }
    }

    /// <summary>The oldest batch whose log entry a recovery may need.</summary>
    internal long OldestNeeded
    {
        get
        {
            lock (_lock)
                return _oldestNeeded;
        }
    }

    /// <summary>The version that the next one goes on from; null if it begins with nothing.</summary>
    internal long? Parent { get; private set; }

    /// <summary>Goes on from a version that was loaded.</summary>
    internal void GoOnFrom(long version, string?[] ends)
    {
        Parent = version;
        _durable.Add((version, ends));
    }

    /// <summary>Has something done beside the loop that nobody waits for, before versions are put together for the first time.</summary>
    internal void BeginBeside(Action<CancellationToken> work) => _compacting = LowPriorityThread.Run("typed mending", () => UntilStopped(work));

    /// <summary>Whether the version that was captured last is written, so that another one can be captured without waiting.</summary>
    internal bool IsReady => _writingRest.IsCompleted;

    /// <summary>Waits a moment for the disk where it is behind.</summary>
    /// <returns>Whether some of a version can be captured.</returns>
    internal bool HasRoom(TimeSpan within)
    {
        if (!_free.TryTake(out StateChanges? part, within))
            return false;
        _free.Add(part);
        return true;
    }

    /// <summary>What the next version is captured into. Waits until the one before is written.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    internal StateVersion Next()
    {
        Look(_writingRest);
        return _version;
    }

    /// <summary>Whether so many parts can be handed over without waiting for the disk.</summary>
    internal bool HasRoomFor(int parts) => _free.Count >= parts;

    /// <summary>Has some of what an operator has changed written ahead of the version. Waits for the disk if there is too much of it.</summary>
    internal void HandOver(int number, StateChanges changes)
    {
        if (changes.Bytes > 0)
            HandOver(number, changes, _free.Take());
    }

    /// <summary>Does the same if there is room for it, and does not wait.</summary>
    /// <returns>Whether there was.</returns>
    internal bool TryHandOver(int number, StateChanges changes)
    {
        if (changes.Bytes == 0)
            return true;
        if (!_free.TryTake(out StateChanges? part))
            return false;
        HandOver(number, changes, part);
        return true;
    }

    /// <summary>Has the version written that was captured: nothing is missing now.</summary>
    internal void Begin(long batchId, ReadOnlyMemory<byte> note, string?[] ends)
    {
        (_version.BatchId, _version.Parent, _version.Note) = (batchId, Parent, note);
        Parent = batchId;
        _writing = _writingRest = After(_writing, () => Write(ends), _version.Clear);
    }

    /// <summary>Waits until the version that was begun is durable.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    internal void Wait()
    {
        Look(_writing);
        if (_compacting.IsCompleted)
            Look(_compacting);
    }

    /// <summary>Says what has failed; does not wait.</summary>
    /// <exception cref="IOException">A version could not be written.</exception>
    internal void Check()
    {
        if (_writing.IsCompleted)
            Look(_writing);
        if (_compacting.IsCompleted)
            Look(_compacting);
    }

    /// <summary>Lets the version that was begun become durable, and leaves versions that are being put together as they were.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WhenAny(_writing).Wait();
        Task.WhenAny(_compacting).Wait();
        _stop.Dispose();
        _free.Dispose();

        // What the loop has heard of it ends by.
        if (!_hasFailed)
            Check();
    }

    private void HandOver(int number, StateChanges changes, StateChanges part)
    {
        changes.MoveTo(part);
        _writing = After(_writing, () => backend.SavePart(number, part), () =>
        {
            part.Clear();
            _free.Add(part);
        });
    }

    private static Task After(Task before, Action write, Action end) => Task.Run(async () =>
    {
        try
        {
            await before.ConfigureAwait(false);
            write();
        }
        finally
        {
            end();
        }
    });

    private void Look(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    private void Write(string?[] ends)
    {
        if (CompactsInTurn)
            Task.WhenAny(_compacting).Wait();
        backend.Save(_version);

        // Asked before the damage is: what was put together until here has told of it by then. So it is not put together once more.
        bool mayCompact = _compacting.IsCompletedSuccessfully;

        // A start needs what is kept now: a version from before the damage, and the rows since.
        if (_isDamaged || IsDamaged?.Invoke() == true)
            return;
        _durable.Add((_version.BatchId, ends));
        if (_durable.Count > Keep)
            _durable.RemoveAt(0);
        bool isFull = _durable.Count == Keep;
        if (isFull)
            backend.Forget(below: _durable[0].Version);
        long oldest = backend.Versions[0];
        lock (_lock)
        {
            _oldestNeeded = oldest;
            _oldestEnds = isFull ? _durable[0].Ends : null;
        }

        if (mayCompact && backend.WantsCompaction)
        {
            _versionsBeside = 0;
            _compacting = LowPriorityThread.Run("typed compaction", Compact);
            if (CompactsInTurn)
                Task.WhenAny(_compacting).Wait();
        }
        else if (!_compacting.IsCompleted && ++_versionsBeside >= VersionsBeside)
        {
            // So files do not become more and more where versions come faster than they are put together; the next snapshot waits meanwhile.
            Task.WhenAny(_compacting).Wait();
        }
    }

    private void UntilStopped(Action<CancellationToken> work)
    {
        try
        {
            work(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next run does it.
        }
    }

    private void Compact()
    {
        try
        {
            UntilStopped(backend.Compact);
        }
        catch (StateDamagedException e)
        {
            // The state in memory is whole, so this is no reason to end the query; and no reason to try the same again.
            _isDamaged = true;
            Warn?.Invoke($"{e.Message} So the versions of the state are not put together any more, and none of them is forgotten: the folder grows with each of them, and sources and logs keep what a start from an older one needs. The query goes on. Keep a copy of the checkpoint, then stop the query and start it again.");
        }
    }
}
