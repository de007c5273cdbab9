using Typed.Execution;
using Typed.State;

namespace Typed.Cli;

/// <summary>What has to move so that a checkpoint is what it was after a batch, and what comes again then.</summary>
internal sealed class RepairPlan
{
    private RepairPlan(long to) => To = to;

    /// <summary>The batch.</summary>
    internal long To { get; }

    /// <summary>Why it cannot be done; null if it can.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>The files that move, by their paths below the checkpoint, in the order in which they do: at each moment what is left is a checkpoint.</summary>
    internal List<string> Moved { get; } = [];

    /// <summary>The batches that are forgotten.</summary>
    internal long[] Forgotten { get; private set; } = [];

    /// <summary>Those of them that come again as they were planned: from the first one on, as long as it is known what they were.</summary>
    internal List<long> Again { get; } = [];

    /// <summary>
    /// Those of them that had no data, are committed and are planned anew. The next data gets their numbers, since what waits in a source is there at once; a sink that has rows under them, as the
    /// file sink has, takes no others.
    /// </summary>
    internal List<long> Renumbered { get; } = [];

    /// <summary>Whether the batch is not committed, or no longer known to be, and runs again.</summary>
    internal bool RunsAgain { get; private set; }

    /// <summary>The version that is loaded; null for none.</summary>
    internal long? Version { get; private set; }

    /// <summary>The greatest batch to which a checkpoint can be set back; null for none.</summary>
    internal static RepairPlan? Best(CheckpointView view, VersionLook versions) => view.Offsets.Keys.Reverse().Select(batch => Of(view, batch, versions)).FirstOrDefault(plan => plan.Refusal is null);

    /// <summary>The batches to which a checkpoint can be set back, in words: from the greatest one down as far as all of them can be.</summary>
    internal static string? Possible(CheckpointView view, VersionLook versions)
    {
        long[] batches = [.. view.Offsets.Keys.Reverse().SkipWhile(batch => Of(view, batch, versions).Refusal is not null).TakeWhile(batch => Of(view, batch, versions).Refusal is null)];
        return batches.Length == 0 ? null : Numbers.Batches([.. batches.Reverse()]);
    }

    /// <summary>The next greater batch to which a checkpoint can be set back so that each sink goes on; null for none.</summary>
    internal RepairPlan? Instead(CheckpointView view, VersionLook versions) =>
        view.Offsets.Keys.Where(batch => batch > To).Select(batch => Of(view, batch, versions)).FirstOrDefault(plan => plan is { Refusal: null, Renumbered.Count: 0 });

    internal static RepairPlan Of(CheckpointView view, long to, VersionLook versions)
    {
        RepairPlan plan = new(to);
        if (view.Faults.Find(fault => fault.IsFatal) is { } fatal)
            plan.Refusal = $"{fatal.File}: {fatal.What}. Without it nothing can be read. Put it back from a copy of the checkpoint";
        else if (!view.Offsets.ContainsKey(to))
            plan.Refusal = NotThere(view, to);
        else
            plan.Find(view, versions);
        return plan;
    }

    private static string NotThere(CheckpointView view, long to)
    {
        if (view.OffsetFiles.Contains(to))
            return $"offsets/{to} itself cannot be read";
        if (view.Offsets.Count == 0)
            return $"there is no offsets/{to}, nor any other that can be read";
        return to < view.OffsetFiles.Min
            ? $"offsets/{to} is not kept any more, the offset log begins at {view.OffsetFiles.Min}"
            : $"there is no offsets/{to}, the last one is {view.Last}";
    }

    private void Find(CheckpointView view, VersionLook versions)
    {
        RunsAgain = !view.Commits.ContainsKey(To);
        Forgotten = [.. view.OffsetFiles.Union(view.CommitFiles).Where(batch => batch > To).Order()];
        AddMoves(view, versions);
        HashSet<string> moved = [.. Moved];
        NextStart next = NextStart.Of(view, versions, moved, [.. versions.All.Where(version => version <= To && versions.FaultOf(version) is null)]);
        (Refusal, Version) = (next.Reason, next.Version);
        if (Refusal is null)
            FindForgotten(view);
    }

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
        long first = To;
        while (view.Offsets.ContainsKey(first - 1))
            first--;
        Moved.AddRange(view.CommitFiles.Reverse().Where(batch => batch > To || !view.Commits.ContainsKey(batch)).Select(batch => $"commits/{batch}"));
        Moved.AddRange(view.OffsetFiles.Reverse().Where(batch => batch > To || batch < first).Select(batch => $"offsets/{batch}"));
        Moved.AddRange(view.Faults.Where(fault => fault.IsForeign).Select(fault => fault.File));
        Moved.AddRange(view.PlannedBehindFault.Select(batch => $"{PlannedBatches.Folder}/{batch}"));
    }

    private void FindForgotten(CheckpointView view)
    {
        bool isKnown = true;
        foreach (long batch in Forgotten)
        {
            bool? hasData = HasData(view, batch);

            // One that was not committed may be what a query fails at: it can be planned otherwise.
            bool isDone = batch < view.Last || view.CommitFiles.Contains(batch);
            isKnown &= view.Offsets.TryGetValue(batch, out OffsetEntry? entry) && (isDone || hasData == false) && CanBeRead(view, entry);
            if (isKnown)
                Again.Add(batch);
            else if (isDone && hasData == false)
                Renumbered.Add(batch);
        }

        // What an earlier repair has left goes on from batches that will be others.
        if (Again.Count < Forgotten.Length && view.Planned is { } left)
            Moved.AddRange(left.Numbers.Select(batch => $"{PlannedBatches.Folder}/{batch}"));
    }

    // Null if it cannot be told.
    private static bool? HasData(CheckpointView view, long batch)
    {
        OffsetEntry? before = view.Offsets.GetValueOrDefault(batch - 1);
        if (batch > 0 && before is null)
            return null;
        if (view.Offsets.TryGetValue(batch, out OffsetEntry? entry))
            return !entry.Ends.SequenceEqual(before?.Ends ?? new string?[entry.Ends.Length]);
        return batch == view.Last && before is not null && view.Sources.EndAt(view, before) ? false : null;
    }

    private static bool CanBeRead(CheckpointView view, OffsetEntry entry)
    {
        for (int i = 0; i < entry.Ends.Length; i++)
        {
            if (view.Sources.FaultOf(view, i, entry.Ends[i]) is not null)
                return false;
        }

        return true;
    }
}
