using Typed.State;

namespace Typed.Cli;

/// <summary>What a start would do with a checkpoint as it is, by the rules of recovery (semantics 12.4).</summary>
/// <param name="CanStart">Whether the query would start.</param>
/// <param name="Text">What it would do, or why not, in whole sentences.</param>
internal sealed record NextStart(bool CanStart, string Text)
{
    /// <summary>Reads what the logs and the versions say.</summary>
    internal static NextStart Of(CheckpointView view) => Of(view, view.OffsetFiles.Count > 0 ? view.OffsetFiles.Max : -1, new VersionLook(view));

    /// <summary>What a start would do if the logs ended at a batch.</summary>
    /// <param name="view">The checkpoint.</param>
    /// <param name="last">The last entry of the offset log; −1 for none.</param>
    /// <param name="versions">What is known of the versions.</param>
    internal static NextStart Of(CheckpointView view, long last, VersionLook versions)
    {
        if (view.Faults.FirstOrDefault(fault => fault.IsFatal || fault.IsForeign || (fault.BlocksStart && fault.Batch <= last)) is { } blocking)
            return new NextStart(false, $"A start would be refused: {blocking.File}: {blocking.What}.");
        if (last < 0)
            return new NextStart(true, "A start would begin with batch 0: nothing was planned yet.");
        SortedSet<long> commits = view.CommitFiles.GetViewBetween(long.MinValue, last);
        long lastCommit = commits.Count > 0 ? commits.Max : -1;
        bool pending = lastCommit < last;
        if (!view.Offsets.ContainsKey(last))
            return new NextStart(false, $"A start would be refused: offsets/{last}, which says what batch {last} is, cannot be read.");
        if (lastCommit >= 0 && !view.Commits.ContainsKey(lastCommit))
            return new NextStart(false, $"A start would be refused: commits/{lastCommit} cannot be read.");
        if (pending && last > 0 && !view.Offsets.ContainsKey(last - 1))
            return new NextStart(false, $"A start would be refused: batch {last} is not committed and would run again, and offsets/{last - 1}, which says where it begins, cannot be read.");
        long next = pending ? last : last + 1;
        string first = pending
            ? $"batch {last}, which was planned and not committed, runs again as it was planned"
            : $"batch {next} comes next";
        if (!view.HasState)
            return new NextStart(true, $"A start would go on: {first}. There is no state to load.");
        return WithState(view, next, first, versions);
    }

    private static NextStart WithState(CheckpointView view, long next, string first, VersionLook versions)
    {
        long limit = next - 1;
        long oldest = view.OffsetFiles.Min;
        string damaged = "";
        foreach (long version in versions.All.Reverse())
        {
            if (version > limit || version < oldest)
                continue;
            if (versions.FaultOf(version) is { } fault)
            {
                if (!versions.All.Contains(version))
                    continue;
                damaged += $" Version {version} would be passed over with a warning: {fault}.";
                continue;
            }

            if (!view.Offsets.ContainsKey(version))
                return new NextStart(false, $"A start would be refused: offsets/{version}, which says where the sources stood at version {version}, cannot be read.{damaged}");
            return version == limit
                ? new NextStart(true, $"A start would load version {version}; {first}.{damaged}")
                : Replayed(view, version + 1, limit, $"load version {version}", first, damaged);
        }

        if (limit < 0)
            return new NextStart(true, $"A start would begin without state: {first}.{damaged}");
        return oldest == 0
            ? Replayed(view, 0, limit, "begin without state", first, damaged)
            : new NextStart(false, $"A start would be refused: no version of the state up to batch {limit} can be read, and the offset log begins at {oldest}, so it cannot be computed anew.{damaged}");
    }

    private static NextStart Replayed(CheckpointView view, long from, long to, string load, string first, string damaged)
    {
        string batches = from == to ? $"batch {from}" : $"batches {from} to {to}";
        for (long batch = from; batch <= to; batch++)
        {
            if (!view.Offsets.ContainsKey(batch))
                return new NextStart(false, $"A start would be refused: it would replay {batches}, and offsets/{batch} cannot be read.{damaged}");
        }

        return new NextStart(true, $"A start would {load} and replay {batches} for the state, without output; then {first}. A source that cannot be read again would have it refused.{damaged}");
    }
}

/// <summary>Which versions of state can be read; each is looked through once.</summary>
internal sealed class VersionLook(CheckpointView view)
{
    private readonly Dictionary<long, string?> _faults = [];

    /// <summary>The versions of which there is a file, ascending: without those that the query has deleted, once that was seen.</summary>
    internal IReadOnlyList<long> All => view.State?.Versions ?? [];

    /// <summary>The newest version up to a batch that can be read; null for none.</summary>
    internal long? NewestUsable(long limit)
    {
        foreach (long version in All.Reverse())
        {
            if (version <= limit && FaultOf(version) is null)
                return version;
        }

        return null;
    }

    /// <summary>Why a version cannot be read; null if it can.</summary>
    internal string? FaultOf(long version)
    {
        if (_faults.TryGetValue(version, out string? known))
            return known;
        try
        {
            using LogVersion opened = view.State!.Open(version);
            opened.Verify();
            return _faults[version] = null;
        }
        catch (StateDamagedException e)
        {
            return _faults[version] = $"{view.Relative(e.Path)}: {e.Fault}";
        }
    }
}
