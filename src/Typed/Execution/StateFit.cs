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
        return (change.Changes[0].Change.Rule, $"{what}. {Ways}");
    }

    /// <summary>The same, where values that a migration makes are no longer in the way.</summary>
    internal static OperatorsChange Migrated(OperatorsChange change, IReadOnlyList<StoredOperator> stored, StatefulOperator[] present) => change.Verdict < ShapeVerdict.NeedsMigration
        ? change
        : change with { Changes = [.. change.Changes.Select(one => Migrated(one, change, stored, present)).OrderByDescending(one => one.Change.Verdict)] };

    private static (string Operator, ShapeChange Change) Migrated((string Operator, ShapeChange Change) one, OperatorsChange change, IReadOnlyList<StoredOperator> stored, StatefulOperator[] present)
    {
        int number = Array.FindIndex(present, each => each.IsNamed && each.Name == one.Operator);
        if (one.Change is not { Verdict: ShapeVerdict.NeedsMigration, Variable: { } variable } || number < 0 || change.Match[number] < 0)
            return one;
        StateLayout before = StateLayout.Parse(stored[change.Match[number]].Layout);
        StateLayout now = present[number].Layout;
        int[] tables = CustomStateEvolution.MatchTables(before, now);
        int place = now.Tables.Where(table => table.Number > 0).ToList().FindIndex(table => table.Name == variable);
        return place >= 0 && before.Table(tables[place]) is { } table && VariableMigration.Of(present[number].Migrations, variable, table) is { } migration
            ? (one.Operator, one.Change with { Verdict = ShapeVerdict.Compatible, What = $"{one.Change.What}; {migration.Method} makes the one of the other" })
            : one;
    }

    /// <summary>What has changed.</summary>
    internal static string Describe(OperatorsChange change)
    {
        string what = string.Join("; ", change.Changes.Select(one => $"{one.Operator} {one.Change.What}"));
        return what.Length > 0 ? what : "its operators are in another order";
    }
}
