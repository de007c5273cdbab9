namespace Typed.Conformance.Running;

/// <summary>
/// The only places where a counter need not be the recorded one, with the rule that says why. Everything else is compared exactly.
/// </summary>
internal static class Exceptions
{
    /// <summary>A counter of a kind of operator.</summary>
    /// <param name="Rule">The rule of the semantics.</param>
    /// <param name="Operator">The kind of operator, as progress records call it.</param>
    /// <param name="Counter">The counter.</param>
    /// <param name="Verified">The version of Spark on which the case has to be recorded; null for any.</param>
    /// <param name="Allows">Whether a recorded and a seen value may stand side by side.</param>
    internal sealed record Entry(string Rule, string Operator, string Counter, string? Verified, Func<long, long, bool> Allows);

    public static IReadOnlyList<Entry> Table { get; } =
    [
        // Spark counts late groups, after a partial aggregation; Typed counts rows: zero together, never fewer.
        new("2.3.9", "stateStoreSave", "dropped", null, CountsRows),
        new("2.3.9", "sessionWindowStateStoreSaveExec", "dropped", null, CountsRows),

        // They follow from how Spark stores sessions.
        new("4.7", "sessionWindowStateStoreSaveExec", "updated", null, (_, _) => true),
        new("4.7", "sessionWindowStateStoreSaveExec", "removed", null, (_, _) => true),

        // The counter knew only rows that were dropped unseen; from 4.3.0 on it counts every row.
        new("6.3.3", "symmetricHashJoin", "removed", "4.2.1", (_, _) => true),
    ];

    private static bool CountsRows(long recorded, long seen) => seen >= recorded && (seen == 0) == (recorded == 0);

    public static bool Allows(string operatorName, string counter, string? verified, long recorded, long seen) =>
        recorded == seen
        || Table.Any(entry => entry.Operator == operatorName && entry.Counter == counter && (entry.Verified is null || entry.Verified == verified) && entry.Allows(recorded, seen));
}
