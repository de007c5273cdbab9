namespace Typed.State;

/// <summary>
/// Where the state of a query outlives the process: versions, named after the batch they are the result of. A version is the one before it and what
/// has changed since. Operators hold what they work on themselves; a backend sees state only when it is saved and loaded.
/// <c>StateBackendContract</c> in Typed.Testing is the specification that each implementation passes.
/// </summary>
/// <remarks>
/// One thread at a time saves and forgets; another one may compact meanwhile. <see cref="Versions"/> may be asked by any thread.
/// </remarks>
public interface IStateBackend : IDisposable
{
    /// <summary>What the backend is and where, for messages.</summary>
    string Description { get; }

    /// <summary>The batches whose state is kept, ascending. Whether a version can still be read shows when it is opened.</summary>
    IReadOnlyList<long> Versions { get; }

    /// <summary>
    /// Keeps the state after a batch durably; after a crash it is there as a whole or not at all. Versions above its parent are of a life that was
    /// given up: they are replaced or forgotten.
    /// </summary>
    /// <exception cref="IOException">There is no room or no permission; the versions that were there are untouched.</exception>
    void Save(StateVersion version);

    /// <summary>
    /// Takes some of what has changed in an operator ahead of the version that is saved next, so that not all of it has to be in memory at once. It comes before what
    /// <see cref="Save"/> has of the operator; several parts come in the order in which they were given. Without that version it is lost.
    /// </summary>
    /// <param name="number">Which operator, by its place in <see cref="StateVersion.Operators"/>.</param>
    /// <param name="changes">What has changed; the backend keeps nothing of it.</param>
    /// <exception cref="IOException">There is no room or no permission; the versions that were there are untouched.</exception>
    void SavePart(int number, StateChanges changes);

    /// <summary>Opens the state after a batch.</summary>
    /// <exception cref="StateDamagedException">The version is missing, cut, changed, or newer than this program.</exception>
    StoredVersion Open(long batchId);

    /// <summary>Forgets the versions below a batch.</summary>
    void Forget(long below);

    /// <summary>Whether what the newest version is made of should be put together, so that neither its size nor the time to load it grows.</summary>
    bool WantsCompaction { get; }

    /// <summary>Puts together what the newest version is made of; no version changes by that.</summary>
    /// <param name="cancellation">Ends it; nothing has changed then.</param>
    /// <exception cref="StateDamagedException">The version cannot be read.</exception>
    /// <exception cref="IOException">There is no room or no permission; the versions are untouched.</exception>
    void Compact(CancellationToken cancellation);
}

/// <summary>A version of state cannot be read.</summary>
public sealed class StateDamagedException : Exception
{
    /// <summary>A version that cannot be read.</summary>
    /// <param name="path">The file or the place.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="isNewer">Whether another version of the program wrote it, mostly a newer one.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public StateDamagedException(string path, string fault, bool isNewer = false, Exception? innerException = null)
        : base($"The state in '{path}' cannot be used: {fault}.", innerException) => (Path, Fault, IsNewer) = (path, fault, isNewer);

    /// <summary>The file or the place.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Fault { get; }

    /// <summary>Whether a newer program wrote it.</summary>
    public bool IsNewer { get; }
}
