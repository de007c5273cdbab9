using System.Diagnostics.CodeAnalysis;
using Typed.Faster;

namespace Typed;

/// <summary>State whose overflow goes to FASTER: what was needed lately is in memory, the rest in files that live as long as the run.</summary>
public static class FasterStore
{
    private const string NotForNative = "FASTER has code of its own for serialization that native compilation warns of. State spills in a native program as it does elsewhere, but its authors do not promise that.";

    /// <summary>What a query with a checkpoint has if its options do not say it: a quarter of the memory that there is.</summary>
    public static StateStore Default { [RequiresDynamicCode(NotForNative)] get; } = new FasterStateStore(null, null, FasterStateStore.FewestKept);

    extension(StateStore)
    {
        /// <summary>
        /// Keeps of the state of a query what was needed lately in memory, and the rest in FASTER: in files in the folder <c>state</c> of the checkpoint, or in that for
        /// temporary files if there is no checkpoint. Results are the same whatever there is of memory.
        /// </summary>
        /// <param name="memory">
        /// What state may use of memory, the means by which spilled entries are found included, such as "2 GB". Rows that are on their way, and what comes back since its
        /// time has come, are beside it. By default a quarter of the memory that the process may use.
        /// </param>
        /// <param name="snapshotEvery">How much time lies at least between two snapshots; null for what <see cref="QueryOptions.SnapshotEvery"/> says.</param>
        /// <param name="keep">How many snapshots are kept, the newest ones.</param>
        /// <exception cref="QueryStartException">A size, a duration or a number is none: rule <c>invalid-size</c>, <c>invalid-duration</c> or <c>invalid-retention</c>.</exception>
        [RequiresDynamicCode(NotForNative)]
        public static StateStore Faster(string? memory = null, string? snapshotEvery = null, int keep = FasterStateStore.FewestKept) => new FasterStateStore(memory, snapshotEvery, keep);
    }
}
