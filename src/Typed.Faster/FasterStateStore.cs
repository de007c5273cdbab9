using Typed.Execution;
using Typed.State;

namespace Typed.Faster;

/// <summary>The options of a query whose overflow goes to FASTER.</summary>
internal sealed class FasterStateStore : StateStore
{
    internal const int FewestKept = 2;
    private const int DefaultShare = 4;

    /// <exception cref="QueryStartException">A size or a number is none.</exception>
    internal FasterStateStore(string? memory, string? snapshotEvery, int keep)
    {
        if (keep < FewestKept)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-retention"), nameof(keep), keep, SettingProblems.TooFewSnapshots);
        MemoryBytes = memory is null ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultShare : MemorySize.Parse(memory, nameof(memory));
        (SnapshotEvery, Keep) = (snapshotEvery, keep);
    }

    public override long? MemoryBytes { get; }

    public override string? SnapshotEvery { get; }

    public override int Keep { get; }

    public override string ToString() => $"Faster({MemorySize.Text(MemoryBytes!.Value)})";

    protected internal override SpillPlace OpenSpill(string? folder) => new FasterPlace(folder, Path.GetTempPath());
}
