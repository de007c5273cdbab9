using System.Text.Json;
using System.Text.Json.Nodes;
using Typed.Conformance.Cases;

namespace Typed.Conformance.Metamorphic;

/// <summary>
/// The plan of a case as it is asked over a finite input: in append mode, without settings and triggers, and with delays under which the answer does
/// not depend on how the rows are cut into batches.
/// </summary>
internal static class FinitePlan
{
    // A delay of nothing makes equal times late once one of them was seen.
    private const long LeastDelay = 2000;

    /// <summary>The case with its plan as it is run here; null with a reason if there is no such plan.</summary>
    public static ConformanceCase? Of(ConformanceCase one, out string reason)
    {
        JsonElement plan = one.Query.GetProperty("plan");
        List<JsonElement> nodes = [.. Nodes(plan).Where(node => node.Text("op") is not null)];
        reason = one.ExpectedError is not null ? "refused"
            : nodes.Any(node => node.Text("op") is "limit" or "offset" or "fmgws" or "tws") ? "its result depends on batches"
            : nodes.Any(BoundsAnotherTime) ? "a join is bounded by another time than that of the watermark, which decides when rows go (semantics 6.2.4)"
            : nodes.Skip(1).Any(ChoosesByArrival) ? "which of several equal rows survives depends on which stream is read first"
            : "";
        if (reason.Length > 0)
            return null;
        JsonObject query = JsonSerializer.SerializeToNode(one.Query)!.AsObject();
        query["output_mode"] = "append";
        query.Remove("conf");
        query.Remove("trigger");

        // Which row survives depends on the stream that is read first; its keys do not.
        if (ChoosesByArrival(plan))
            query["output"] = JsonSerializer.SerializeToNode(plan.GetProperty("columns"));

        // Beyond the delay a duplicate may or may not be dropped (semantics 5.4), so there everything lies within it.
        long? longest = nodes.Any(node => node.Text("op") == "dedup_within_watermark") ? LongerThanAllTimes(one) : null;
        Delay(query["plan"]!, longest);
        return one with { Query = JsonSerializer.SerializeToElement(query) };
    }

    /// <summary>The objects of a plan, from the sink up.</summary>
    public static IEnumerable<JsonElement> Nodes(JsonElement plan) => plan.ValueKind switch
    {
        JsonValueKind.Array => plan.EnumerateArray().SelectMany(Nodes),
        JsonValueKind.Object => plan.EnumerateObject().SelectMany(member => Nodes(member.Value)).Prepend(plan),
        _ => [],
    };

    /// <summary>The names of the streams below a node, each as often as it is read.</summary>
    public static IEnumerable<string> Streams(JsonElement plan) => Nodes(plan).Where(node => node.Text("op") == "source").Select(node => node.Text("name")!);

    /// <summary>Whether a node keeps the first of several rows that differ.</summary>
    public static bool ChoosesFirst(JsonElement node) => node.Text("op") is "dedup" or "dedup_within_watermark" && node.Get("columns") is not null;

    private static bool ChoosesByArrival(JsonElement node) => ChoosesFirst(node) && Streams(node).Take(2).Count() > 1;

    private static bool BoundsAnotherTime(JsonElement node)
    {
        if (node.Text("op") != "join" || node.Get("time_conditions") is not JsonElement conditions)
            return false;
        return conditions.EnumerateArray().Any(condition => Another("left", condition) || Another("right", condition));

        bool Another(string side, JsonElement condition)
        {
            List<string?> watermarks = [.. Nodes(node.GetProperty(side)).Where(below => below.Text("op") == "watermark").Select(below => below.Text("column"))];
            List<string?> sources = [.. Nodes(node.GetProperty(side)).Where(below => below.Text("op") is "select" or "aggregate").Select(below => below.Text("op"))];
            return watermarks.Count > 0 && sources.Count == 0 && !watermarks.Contains(condition.Text(side));
        }
    }

    private static void Delay(JsonNode node, long? longest)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (JsonNode? item in list)
                    DelayIn(item, longest);
                break;
            case JsonObject one:
                if (one["op"] is JsonValue op && op.GetValueKind() == JsonValueKind.String && op.GetValue<string>() == "watermark" && one["delay_ms"] is JsonNode delay)
                    one["delay_ms"] = longest ?? Math.Max(delay.GetValue<long>(), LeastDelay);
                foreach (string member in one.Select(member => member.Key).ToList())
                    DelayIn(one[member], longest);
                break;
        }
    }

    private static void DelayIn(JsonNode? node, long? longest)
    {
        if (node is not null)
            Delay(node, longest);
    }

    private static long LongerThanAllTimes(ConformanceCase one)
    {
        List<long> times = [0];
        foreach (JsonProperty source in one.Query.GetProperty("sources").EnumerateObject())
        {
            List<int> columns = [.. source.Value.GetProperty("columns").EnumerateArray().Select((column, i) => (column, i)).Where(pair => pair.column[1].GetString()!.StartsWith("timestamp", StringComparison.Ordinal)).Select(pair => pair.i)];
            IEnumerable<JsonElement> rows = one.Steps.SelectMany(step => step.Get("add") switch
            {
                { ValueKind: JsonValueKind.Array } all => all.EnumerateArray(),
                { } named when named.Get(source.Name) is JsonElement own => own.EnumerateArray(),
                _ => Enumerable.Empty<JsonElement>(),
            });
            times.AddRange(rows.SelectMany(row => columns.Where(column => row.ValueKind == JsonValueKind.Array && column < row.GetArrayLength() && row[column].ValueKind == JsonValueKind.Number).Select(column => row[column].GetInt64())));
        }

        return (FiniteInput.Copies * (times.Max() - times.Min())) + LeastDelay;
    }
}
