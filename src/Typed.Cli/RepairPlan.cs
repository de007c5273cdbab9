using Typed.State;

namespace Typed.Cli;

/// <summary>What has to move so that a checkpoint is what it was after a batch.</summary>
internal sealed class RepairPlan
{
    private RepairPlan(long to) => To = to;

    /// <summary>The batch.</summary>
    internal long To { get; }

    /// <summary>Why it cannot be done; null if it can.</summary>
    internal string? Refusal { get; private init; }

    /// <summary>The files that move, by their paths below the checkpoint, in the order in which they do: at each moment what is left is a checkpoint.</summary>
    internal List<string> Moved { get; } = [];

    /// <summary>The first entry of the offset log that stays.</summary>
    internal long First { get; private set; }

    /// <summary>Whether the batch is not committed, or no longer known to be, and runs again.</summary>
    internal bool RunsAgain { get; private set; }

    /// <summary>The version that is loaded; null for none.</summary>
    internal long? Version { get; private set; }

    /// <summary>The greatest batch to which a checkpoint can be set back; null for none.</summary>
    internal static RepairPlan? Best(CheckpointView view, VersionLook versions)
    {
        foreach (long batch in view.Offsets.Keys.Reverse())
        {
            if (Of(view, batch, versions) is { Refusal: null } plan)
                return plan;
        }

        return null;
    }

    internal static RepairPlan Of(CheckpointView view, long to, VersionLook versions)
    {
        if (view.Faults.FirstOrDefault(fault => fault.IsFatal) is { } fatal)
            return Refuse(to, $"{fatal.File}: {fatal.What}, and without it nothing can be read. Put it back from a copy of the checkpoint");
        if (!view.Offsets.ContainsKey(to))
        {
            string there = view.Offsets.Count == 0 ? "none is" : $"those from {view.Offsets.Keys.First()} to {view.Offsets.Keys.Last()} are";
            return Refuse(to, view.OffsetFiles.Contains(to) ? $"offsets/{to} itself cannot be read" : $"there is no offsets/{to}; {there}");
        }

        RepairPlan plan = new(to) { First = to, RunsAgain = !view.Commits.ContainsKey(to) };
        while (view.Offsets.ContainsKey(plan.First - 1))
            plan.First--;
        if (plan.RunsAgain && to > 0 && plan.First == to)
            return Refuse(to, $"commits/{to} is not there or cannot be read, so batch {to} would run again, and offsets/{to - 1}, which says where it begins, is not there either");
        long limit = plan.RunsAgain ? to - 1 : to;
        if (view.HasState)
        {
            plan.Version = versions.NewestUsable(limit) is long version && version >= plan.First ? version : null;
            if (plan.Version is null && plan.First > 0)
                return Refuse(to, $"no version of the state from {plan.First} to {limit} can be read, and the offset log is not whole from the beginning, so the state cannot be computed anew");
        }

        plan.AddMoves(view, versions);
        return plan;
    }

    private static RepairPlan Refuse(long to, string why) => new(to) { Refusal = why };

    private void AddMoves(CheckpointView view, VersionLook versions)
    {
        HashSet<string> needed = [];
        foreach (long version in versions.All.Where(version => version <= To && versions.FaultOf(version) is null))
            needed.UnionWith(view.State!.FilesOf(version).Select(file => file.Path));
        Moved.AddRange((view.State?.Files ?? [])
            .Where(file => VersionHeader.Named(file.Path)!.Value.Batch > To || !needed.Contains(file.Path))
            .Reverse()
            .SelectMany(file => (string[])[file.Path + VersionHeader.CopyExtension, file.Path])
            .Where(File.Exists)
            .Select(view.Relative));
        Moved.AddRange(view.CommitFiles.Reverse().Where(batch => batch > To || !view.Commits.ContainsKey(batch)).Select(batch => $"commits/{batch}"));
        Moved.AddRange(view.OffsetFiles.Reverse().Where(batch => batch > To || batch < First).Select(batch => $"offsets/{batch}"));
        Moved.AddRange(view.Faults.Where(fault => fault.IsForeign).Select(fault => fault.File));
    }
}
