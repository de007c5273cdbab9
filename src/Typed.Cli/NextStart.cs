using Typed.Execution;

namespace Typed.Cli;

/// <summary>What a start would do with a checkpoint. The rules are those of the start itself (<see cref="LogExtent"/>, <see cref="Recovery"/>): it is asked, and what it answers is told.</summary>
/// <param name="CanStart">Whether the query would start.</param>
/// <param name="Text">What it would do, or why not, in whole sentences.</param>
internal sealed record NextStart(bool CanStart, string Text)
{
    /// <summary>Why it would be refused: file and fault; null if it would not.</summary>
    internal string? Reason { get; private init; }

    /// <summary>The version of the state that would be loaded; null for none.</summary>
    internal long? Version { get; private init; }

    /// <summary>What a start would do with a checkpoint as it is.</summary>
    internal static NextStart Of(CheckpointView view, VersionLook versions) => Of(view, versions, new HashSet<string>(), versions.All);

    /// <summary>What a start would do without some of the files.</summary>
    /// <param name="view">The checkpoint.</param>
    /// <param name="versions">What is known of the versions.</param>
    /// <param name="without">The files that are left out, by their paths below the checkpoint.</param>
    /// <param name="kept">The versions of the state that are there.</param>
    internal static NextStart Of(CheckpointView view, VersionLook versions, IReadOnlySet<string> without, IReadOnlyList<long> kept)
    {
        if (view.Faults.Find(fault => fault is { IsFatal: true, Source: null }) is { } fatal)
            return Refused($"{fatal.File}: {fatal.What}");
        if (view.Faults.Find(fault => fault.IsForeign && !without.Contains(fault.File)) is { } foreign)
            return Refused($"{foreign.File}: {foreign.What}");
        List<string> warnings = [];
        try
        {
            ViewLogs logs = new(view, without, kept);
            string?[] ends = logs.LastOffset < 0 ? new string?[logs.Sources] : logs.ReadOffsets(logs.LastOffset).Ends;
            for (int i = 0; i < ends.Length; i++)
            {
                if (view.Sources.FaultOf(view, i, ends[i]) is { } fault)
                    return Refused($"sources/{i}: {fault}");
            }

            StateLoading? loading = view.HasState ? new StateLoading(logs, $"versions in '{Path.Combine(view.Path, "state")}'", versions.CommitOf, warnings.Add) : null;
            Recovery recovery = Recovery.From(logs, loading, canReplay: true, warnings.Add);
            string warned = warnings.Count == 0 ? "" : $" It would warn: {string.Join(" ", warnings.Select(warning => warning.Replace(view.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)))}";
            return new NextStart(true, Told(view, logs, recovery) + warned) { Version = recovery.Snapshot };
        }
        catch (QueryStartException e)
        {
            return Refused(e is { File: { } file, Fault: { } fault } ? $"{view.Relative(file)}: {fault}" : e.Message);
        }
    }

    private static NextStart Refused(string reason) => new(false, $"A start would be refused: {reason}.") { Reason = reason };

    private static string Told(CheckpointView view, ViewLogs logs, Recovery recovery)
    {
        if (logs.LastOffset < 0)
            return "A start would begin with batch 0: nothing was planned yet.";
        string first = First(view, logs, recovery);
        if (!view.HasState)
            return $"A start would go on: {first}. There is no state to load.";
        string load = recovery.Snapshot is long version ? $"load version {version}" : "begin without state";
        (long from, long to) = (recovery.Replay.From, recovery.Replay.To - 1);
        if (from > to)
            return $"A start would {load}; {first}.";
        string batches = from == to ? $"batch {from}" : $"batches {from} to {to}";
        return $"A start would {load} and replay {batches} for the state, without output; then {first}. A source that cannot be read again would have it refused.";
    }

    private static string First(CheckpointView view, ViewLogs logs, Recovery recovery)
    {
        long next = recovery.NextBatch;
        if (recovery.Pending is not null)
            return $"batch {next}, which was planned and not committed, runs again as it was planned";
        return logs.LastOffset == view.Last && view.Planned is { Numbers: { Count: > 0 } again }
            ? $"{Numbers.Batches([.. again])} {(again.Count == 1 ? "comes" : "come")} again as planned before the checkpoint was set back"
            : $"batch {next} comes next";
    }
}
