using Typed.Execution;

namespace Typed.Cli;

/// <summary>The logs of a checkpoint as they were read, or as they would be without some of their files.</summary>
internal sealed class ViewLogs : ICheckpointLogs
{
    private readonly CheckpointView _view;
    private readonly LogExtent _extent;

    /// <param name="view">What was read.</param>
    /// <param name="without">The files that are left out, by their paths below the checkpoint.</param>
    /// <param name="versions">The versions of the state that are there.</param>
    /// <exception cref="QueryStartException">No query can go on from them.</exception>
    internal ViewLogs(CheckpointView view, IReadOnlySet<string> without, IReadOnlyList<long> versions)
    {
        (_view, Versions) = (view, versions);
        _extent = LogExtent.Of(
            view.Path,
            view.OffsetNames.Where(name => !without.Contains("offsets/" + name)),
            view.CommitNames.Where(name => !without.Contains("commits/" + name)),
            versions);
    }

    /// <inheritdoc/>
    public string Path => _view.Path;

    /// <inheritdoc/>
    public long FirstOffset => _extent.FirstOffset;

    /// <inheritdoc/>
    public long LastOffset => _extent.LastOffset;

    /// <inheritdoc/>
    public long LastCommit => _extent.LastCommit;

    /// <inheritdoc/>
    public int Sources => _view.Identity?.Sources.Count ?? 0;

    /// <inheritdoc/>
    public IReadOnlyList<long> Versions { get; }

    /// <inheritdoc/>
    public OffsetEntry ReadOffsets(long batchId) => _view.Offsets.TryGetValue(batchId, out OffsetEntry? entry) ? entry : throw Unreadable("offsets", batchId);

    /// <inheritdoc/>
    public CommitEntry ReadCommit(long batchId) => _view.Commits.TryGetValue(batchId, out CommitEntry? entry) ? entry : throw Unreadable("commits", batchId);

    private QueryStartException Unreadable(string log, long batch)
    {
        string file = $"{log}/{OffsetEntry.Invariant(batch)}";
        return LogText.Damaged(System.IO.Path.Combine(Path, file), _view.Faults.Find(fault => fault.File == file)?.What ?? "it is missing");
    }
}
