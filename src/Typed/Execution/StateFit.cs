using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>Why a start is refused because of the state that is stored, and what it says where it goes on with changed operators.</summary>
internal static class StateFit
{
    private const string Ways =
        "Start with the pipeline as it was; give operators whose state is to stay the names and kinds they had; or give the changed pipeline a new checkpoint, and read the sources from their beginning.";

    /// <summary>The rule and the sentence; null if nothing stands against it.</summary>
    internal static (string Rule, string What)? Refusal(OperatorsChange change)
    {
        if (change.Verdict < ShapeVerdict.NeedsMigration)
            return null;
        string what = string.Join("; ", change.Changes.Where(one => one.Change.Verdict >= ShapeVerdict.NeedsMigration).Select(one => $"{one.Operator} {one.Change.What}"));
        return (change.Changes[0].Change.Rule, $"{what}. {string.Concat(WaysOf(change).Distinct())}{Ways}");
    }

    // What can be done about a state variable without going back.
    private static IEnumerable<string> WaysOf(OperatorsChange change)
    {
        foreach ((string of, ShapeChange one) in change.Changes)
        {
            if (one.Variable is not { } variable || one.Verdict < ShapeVerdict.NeedsMigration)
                continue;
            const string other = "give the new one another name and no id of an earlier one, under which it begins absent";
            yield return one.Verdict == ShapeVerdict.Breaks
                ? $"Keep the state variable '{variable}' of {of} as it was, or {other}. "
                : $"Say how the values of '{variable}' of {of} are made in a static method of the processor marked [Migration(\"{variable}\")], give a field that is new in a record a default or make it nullable, or {other}. ";
        }
    }

    /// <summary>The same, where values that a migration makes are no longer in the way, and are said to be made by it.</summary>
    internal static OperatorsChange Migrated(OperatorsChange change, StatefulOperator[] present) =>
        change with { Changes = [.. change.Changes.Select(one => Migrated(one, present)).OrderByDescending(one => one.Change.Verdict)] };

    private static (string Operator, ShapeChange Change) Migrated((string Operator, ShapeChange Change) one, StatefulOperator[] present)
    {
        int number = Array.FindIndex(present, each => each.IsNamed && each.Name == one.Operator);
        if (number < 0)
            return one;
        return VariableMigration.Of(present[number].Migrations, one.Change) is { } migration ? (one.Operator, Migrated(one.Operator, one.Change, migration)) : one;
    }

    private static ShapeChange Migrated(string of, ShapeChange change, StateMigration migration)
    {
        const string unseen = "a plain value that is the default of its type, as 0, is not stored, so that the method is not called for it";
        ShapeChange made = change with { Verdict = ShapeVerdict.Compatible, What = $"{change.What}; {migration.Method} makes the one of the other", Rewrites = true };
        if (change.Values?.Plain is not { } plain)
            return made;
        if (plain.Present.Kind is StateTypeKind.Sized or StateTypeKind.Flag)
            return made with { What = $"{made.What} (what was the default of its type, as 0, is null now: {unseen})" };
        try
        {
            return VariableMigration.KeepsDefault(migration, of, plain.Stored, plain.Present)
                ? made
                : Lost($"{migration.Method} would make another value than the default of the default");
        }
        catch (MigrationFailedException e)
        {
            return Lost($"{migration.Method} makes nothing of the default ({e.InnerException!.Message})");
        }

        ShapeChange Lost(string why) => change with
        {
            Verdict = ShapeVerdict.Breaks,
            What = $"{change.What}; {why}, and {unseen}: it would be the default afterwards. Have the method make the default of the default, and tell the two apart by another state variable where that is not what is meant",
            Values = null,
        };
    }

    /// <summary>What has changed.</summary>
    internal static string Describe(OperatorsChange change)
    {
        string what = string.Join("; ", change.Changes.Select(one => $"{one.Operator} {one.Change.What}"));
        return what.Length > 0 ? what : "its operators are in another order";
    }
}
