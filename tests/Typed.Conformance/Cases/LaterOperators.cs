namespace Typed.Conformance.Cases;

/// <summary>
/// The operators that are not built yet: a case that needs one is skipped, by the name of the operator. No case is skipped for
/// another reason.
/// </summary>
internal static class LaterOperators
{
    private static readonly (string Member, string Operator)[] QueryMembers =
    [
        ("cdc", "change data capture"),
        ("row_layout", "change data capture"),
    ];

    // A refusal that comes without a plan names its operator by its rule.
    private static readonly (string RulePrefix, string Operator)[] Rules =
    [
        ("cdc-", "change data capture"),
        ("kafka-", "Kafka source"),
    ];

    /// <summary>The first operator of a case that is not built yet; null if all are.</summary>
    public static string? Find(ConformanceCase one)
    {
        if (one.Query.Has("plan"))
            return null;
        foreach ((string member, string name) in QueryMembers)
        {
            if (one.Query.Has(member))
                return name;
        }

        return one.ExpectedError is string rule && !one.Query.Has("sources") && Rules.FirstOrDefault(entry => rule.StartsWith(entry.RulePrefix, StringComparison.Ordinal)) is { Operator: string found }
            ? found
            : null;
    }
}
