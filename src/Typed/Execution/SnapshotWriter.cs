using Typed.State;

namespace Typed.Execution;

/// <summary>
/// Makes snapshots durable beside the loop: one task writes the version that was captured, another one puts versions together. The loop goes on
/// meanwhile; what failed there it hears the next time it asks.
/// </summary>
internal sealed class SnapshotWriter(IStateBackend backend) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StateVersion _version = new();
    private readonly Lock _lock = new();
    private readonly List<(long Version, string?[] Ends)> _durable = [];
    private Task _writing = Task.CompletedTask;
    private volatile Task _compacting = Task.CompletedTask;
    private bool _hasFailed;
    private string?[]? _oldestEnds;
    private long _oldestNeeded = backend.Versions is [long oldest, ..] ? oldest : 0;

    /// <summary>How many of the newest versions are kept.</summary>
    internal int Keep { get; set; } = 2;

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

    /// <summary>Captures the next version and has it written. Waits for the one before.</summary>
    /// <exception cref="IOException">The one before could not be written.</exception>
    internal void Begin(long batchId, ReadOnlyMemory<byte> note, string?[] ends, Action<StateVersion> capture)
    {
        Wait();
        _version.Clear();
        (_version.BatchId, _version.Parent, _version.Note) = (batchId, Parent, note);
        capture(_version);
        Parent = batchId;
        _writing = Task.Run(() => Write(ends));
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

        // What the loop has heard of it ends by.
        if (!_hasFailed)
            Check();
    }

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
        backend.Save(_version);
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

        if (_compacting.IsCompletedSuccessfully && backend.WantsCompaction)
            _compacting = Task.Run(Compact);
    }

    private void Compact()
    {
        try
        {
            backend.Compact(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next run does it.
        }
    }
}
