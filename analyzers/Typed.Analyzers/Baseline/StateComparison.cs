using System.Text;
using Microsoft.CodeAnalysis;
using Typed.State;

namespace Typed.Analyzers.Baseline;

/// <summary>What is to be said of an operator; the arguments follow its pipeline and its name.</summary>
internal sealed record StateFinding(DiagnosticDescriptor Rule, params string[] Arguments)
{
    /// <summary>What a fix writes down, after which it is no longer said; nothing where that would not help.</summary>
    public IReadOnlyList<StateBlock> Notes { get; init; } = [];

    /// <summary>The state variable that a migration would help, and the C# type of what is stored of it.</summary>
    public (string Variable, string Stored)? Migrates { get; init; }
}

/// <summary>
/// What is to be said of an operator beside its baseline. What runs is what was shipped, so that decides what a change means; whether somebody has seen the
/// change is what was noted last. A change that breaks is said whatever is noted.
/// </summary>
internal static class StateComparison
{
    private const string NoteIt = "note it in Typed.State.Unshipped.txt";
    private const string IsNew = "new, it begins empty; ";
    private const string IsAdded = "new, and a start from a checkpoint of what was shipped is refused, as no operator begins empty beside stored state; begin with a new checkpoint and ";
    private const string WaysOut =
        "keep it as it was, or give the operator another name, take the old one away with *RETIRED* and begin with a new checkpoint";

    /// <param name="keeper">The operator.</param>
    /// <param name="keepers">All operators of its pipeline.</param>
    /// <param name="baselines">What is noted.</param>
    /// <param name="gone">What is noted and not there. An operator that has only got a name is taken from it.</param>
    public static IEnumerable<StateFinding> Of(StateKeeper keeper, IReadOnlyList<StateKeeper> keepers, StateBaselines baselines, List<StateBlock> gone)
    {
        StateBlock block = keeper.Block;
        StateBlock? shipped = baselines.ShippedBlock(block.Pipeline, block.Name);
        StateBlock? noted = baselines.Noted(block.Pipeline, block.Name);
        if (!keeper.IsNamed)
            yield return new StateFinding(StateBaselineDiagnostics.NotNamed, Suggested(keeper, keepers));
        if (noted is null or { IsRetired: true } && shipped is null)
        {
            if (!keeper.IsNamed)
                yield break;
            StateBlock? before = WithoutName(keeper, keepers, gone);
            if (before is not null)
                gone.Remove(before);
            yield return before is null
                ? new StateFinding(StateBaselineDiagnostics.Changed, noted is null ? "is not there" : "is retired there", (baselines.HasShipped(block.Pipeline) ? IsAdded : IsNew) + NoteIt) { Notes = [block] }
                : new StateFinding(StateBaselineDiagnostics.Changed, $"is there as '{before.Name}', which had no name of its own", $"compatible, a start finds it; {NoteIt} and take '{before.Name}' away with *RETIRED*")
                {
                    Notes = [block, before with { IsRetired = true }],
                };
            yield break;
        }

        IReadOnlyList<ShapeChange> changes = shipped is null ? [] : StateEvolution.Compare(shipped.Shape, block.Shape);
        ShapeChange[] unread = shipped is null ? [] : [.. changes.Where(change => change.Verdict == ShapeVerdict.NeedsMigration && !StateMigrations.Has(keeper.Processor, change))];
        ShapeVerdict verdict = StateEvolution.Worst(changes);
        bool isNoted = noted is { IsRetired: false } && IsSame(noted, block);
        if (verdict == ShapeVerdict.Breaks)
        {
            yield return new StateFinding(StateBaselineDiagnostics.Changed, Words(changes, verdict), "breaks, a start from what is stored is refused; " + WaysOut);
        }
        else if (unread.Length > 0)
        {
            foreach (ShapeChange change in unread)
                yield return Unreadable(keeper, change);
        }
        else if (!isNoted)
        {
            yield return noted!.IsRetired
                ? new StateFinding(StateBaselineDiagnostics.Changed, "is retired there", "not retired, the query still has it and a start goes on from what is stored; take the operator out of the query, or the *RETIRED* line out of Typed.State.Unshipped.txt") { Notes = [block] }
                : new StateFinding(
                    StateBaselineDiagnostics.Changed,
                    Words(StateEvolution.Compare(noted.Shape, block.Shape), null),
                    (shipped is null ? "new, nothing of it was shipped; " : verdict == ShapeVerdict.Same ? "the same as what was shipped; " : "compatible, a start goes on from what is stored; ") + NoteIt) { Notes = [block] };
        }

        if (noted is { IsRetired: false } && noted.Lasts != block.Lasts && IsSame(noted, block))
            yield return new StateFinding(StateBaselineDiagnostics.Length, Length(block), Length(noted)) { Notes = [block] };
    }

    private static StateFinding Unreadable(StateKeeper keeper, ShapeChange change)
    {
        // What one enum makes of another takes the earlier one, which only the user can keep.
        string? stored = change.Values is { } values && !(values.Stored.HasMembers && values.Present.HasMembers) ? StateMigrations.CSharp(values.Stored) : null;
        return new StateFinding(
            StateBaselineDiagnostics.Unreadable,
            change.What,
            change.Variable is null
                ? "Keep the type as it was"
                : $"Say how in a static method of {keeper.Processor?.Name} marked [Migration(\"{change.Variable}\")], keep the type as it was, or give the new one another name, under which it begins absent")
        {
            Migrates = stored is null ? null : (change.Variable!, stored),
        };
    }

    /// <summary>
    /// Whether two blocks say the same of the entries. What columns of groups are called in layouts follows from the query around them and does not matter.
    /// </summary>
    private static bool IsSame(StateBlock noted, StateBlock present)
    {
        if (noted.Kind != present.Kind || noted.Schema != present.Schema)
            return false;
        return StateEvolution.SaySame(noted.Shape, present.Shape)
            || (noted.Kind is "stateStoreSave" or "sessionWindowStateStoreSaveExec" or "dedupe" or "dedupeWithinWatermark"
                && StateEvolution.Compare(noted.Shape, present.Shape).All(change => change.IsOfNames));
    }

    // The one that is noted under a name that nobody gave, and is the same otherwise; not where it could be another one.
    private static StateBlock? WithoutName(StateKeeper keeper, IReadOnlyList<StateKeeper> keepers, List<StateBlock> gone)
    {
        StateBlock[] alike = [.. gone.Where(block => !StateBlock.IsGiven(block.Name) && IsSame(block, keeper.Block))];
        return alike.Length == 1 && keepers.Count(other => other.IsNamed && IsSame(alike[0], other.Block)) == 1 ? alike[0] : null;
    }

    private static string Words(IReadOnlyList<ShapeChange> changes, ShapeVerdict? verdict) =>
        changes.Count == 0 ? "says it in other words" : string.Join("; it ", changes.Where(change => verdict is null || change.Verdict == verdict).Select(change => change.What));

    private static string Length(StateBlock block) => block.Lasts.Length == 0 ? "no length" : block.Lasts;

    /// <summary>A name made of that of the pipeline, and the kind where there are others: <c>orders-by-user</c> for <c>OrdersByUser</c>.</summary>
    private static string Suggested(StateKeeper keeper, IReadOnlyList<StateKeeper> keepers)
    {
        string full = keeper.Block.Pipeline;
        string simple = full.Substring(full.LastIndexOfAny(['.', '+']) + 1);
        StringBuilder name = new();
        for (int i = 0; i < simple.Length; i++)
        {
            if (char.IsUpper(simple[i]) && i > 0 && !char.IsUpper(simple[i - 1]))
                name.Append('-');
            name.Append(char.ToLowerInvariant(simple[i]));
        }

        return keepers.Count == 1 ? name.ToString() : name.Append('.').Append(keeper.Block.Name).ToString();
    }
}
