namespace Typed.State;

/// <summary>
/// Where the state of a query outlives the process: versions, each made of the parts that the operators wrote, named after the batch
/// they are the result of. Operators hold what they work on themselves; a backend sees state only when it is saved and loaded.
/// <c>StateBackendTests</c> is the specification that each implementation passes.
/// </summary>
public interface IStateBackend : IDisposable
{
    /// <summary>What the backend is and where, for messages.</summary>
    string Description { get; }

    /// <summary>The batches whose state is kept, ascending. Whether a version can still be read shows when it is loaded.</summary>
    IReadOnlyList<long> Versions { get; }

    /// <summary>Keeps the state after a batch durably; after a crash it is there as a whole or not at all. Replaces a version of the same number.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="parts">One for each operator; the bytes are only valid during the call.</param>
    /// <exception cref="IOException">There is no room or no permission; the versions that were there are untouched.</exception>
    void Save(long batchId, IReadOnlyList<StatePart> parts);

    /// <summary>Reads the state after a batch.</summary>
    /// <exception cref="StateDamagedException">The version is missing, cut, changed, or newer than this program.</exception>
    IReadOnlyList<StatePart> Load(long batchId);

    /// <summary>Forgets the versions below a batch.</summary>
    void Forget(long below);
}

/// <summary>The state of one operator.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Schema">What is stored and how; state of another schema is refused.</param>
/// <param name="Bytes">What the operator wrote.</param>
public sealed record StatePart(string Name, string Schema, ReadOnlyMemory<byte> Bytes);

/// <summary>A version of state cannot be read.</summary>
public sealed class StateDamagedException : Exception
{
    /// <summary>A version that cannot be read.</summary>
    /// <param name="path">The file or the place.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="isNewer">Whether a newer program wrote it.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public StateDamagedException(string path, string fault, bool isNewer = false, Exception? innerException = null)
        : base($"The state snapshot '{path}' cannot be used: {fault}.", innerException) => IsNewer = isNewer;

    /// <summary>Whether a newer program wrote it.</summary>
    public bool IsNewer { get; }
}
