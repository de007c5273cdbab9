using System.Text.Json;
using Typed.Conformance.Plans;

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
        ("state_variable", "transformWithState"),
        ("processor", "transformWithState"),
        ("ttl_ms", "transformWithState"),
        ("timeout_conf", "mapGroupsWithState"),
        ("prior_state", "mapGroupsWithState"),
        ("initial_state", "mapGroupsWithState"),
    ];

    // A refusal that comes without a plan names its operator by its rule.
    private static readonly (string RulePrefix, string Operator)[] Rules =
    [
        ("tws-", "transformWithState"),
        ("timeout-", "mapGroupsWithState"),
        ("streaming-initial-state", "mapGroupsWithState"),
        ("duplicate-initial-state", "mapGroupsWithState"),
        ("initial-state", "mapGroupsWithState"),
        ("map-groups", "mapGroupsWithState"),
        ("flatmap-groups", "mapGroupsWithState"),
        // Without a plan the rule is asked for behind a processor only.
        ("dedup-within-watermark", "transformWithState"),
        ("cdc-", "change data capture"),
        ("kafka-", "Kafka source"),
        ("pipeline-", "graph of pipelines"),
    ];

    /// <summary>The first operator of a case that is not built yet; null if all are.</summary>
    public static string? Find(ConformanceCase one)
    {
        if (one.Query.Get("plan") is JsonElement plan)
            return InPlan(plan);
        foreach ((string member, string name) in QueryMembers)
        {
            if (one.Query.Has(member))
                return name;
        }

        return one.ExpectedError is string rule && !one.Query.Has("sources") && Rules.FirstOrDefault(entry => rule.StartsWith(entry.RulePrefix, StringComparison.Ordinal)) is { Operator: string found }
            ? found
            : null;
    }

    private static string? InPlan(JsonElement plan)
    {
        if (plan.ValueKind == JsonValueKind.Array)
            return plan.EnumerateArray().Select(InPlan).FirstOrDefault(name => name is not null);
        if (plan.ValueKind != JsonValueKind.Object)
            return null;
        if (plan.Has("op") && StaticPlan.IsStatic(plan))
            return null;
        string? own = plan.Text("op") switch
        {
            "fmgws" => "mapGroupsWithState",
            "tws" => "transformWithState",
            _ => null,
        };
        return own ?? plan.EnumerateObject().Select(member => InPlan(member.Value)).FirstOrDefault(name => name is not null);
    }
}
