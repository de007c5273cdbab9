using Typed.State;

namespace Typed;

/// <summary>
/// How much of the state of a query stays in memory, and where the rest goes while the query runs. What survives the process is written to the checkpoint in any case.
/// </summary>
public abstract class StateStore
{
    /// <summary>All state stays in memory, however much that is.</summary>
    public static StateStore Memory { get; } = new InMemory();

    /// <summary>Bytes that the state of a query may use before what was not needed for the longest time is spilled; null for no bound.</summary>
    public virtual long? MemoryBytes => null;

    /// <summary>How much time lies at least between two snapshots; null for what <see cref="QueryOptions.SnapshotEvery"/> says.</summary>
    public virtual string? SnapshotEvery => null;

    /// <summary>How many snapshots are kept, the newest ones; 2 at least, so that a damaged one does not end the query.</summary>
    public virtual int Keep => 2;

    /// <summary>Opens the place for what memory has no room for; null where all stays in memory.</summary>
    /// <param name="folder">The folder of the checkpoint's state; null if the query has no checkpoint.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    protected internal abstract SpillPlace? OpenSpill(string? folder);

    private sealed class InMemory : StateStore
    {
        public override string ToString() => "Memory";

        protected internal override SpillPlace? OpenSpill(string? folder) => null;
    }
}
