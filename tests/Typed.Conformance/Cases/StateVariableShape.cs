using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Typed.Conformance.Cases;

/// <summary>Facts about one state variable of transformWithState, written as a query whose rows say what is done with it.</summary>
internal static class StateVariableShape
{
    private const string OnlyKey = "k";

    public static ConformanceCase Expand(ConformanceCase one)
    {
        long? ttl = one.Query.Number("ttl_ms");
        JsonObject query = new()
        {
            ["sources"] = JsonNode.Parse("""{ "in": { "columns": [["k", "string"], ["op", "string"], ["a", "string"], ["b", "string"]] } }"""),
            ["plan"] = new JsonObject
            {
                ["op"] = "tws",
                ["input"] = new JsonObject { ["op"] = "source", ["name"] = "in" },
                ["key"] = "k",
                ["processor"] = "script_" + one.Query.Text("state_variable"),
                ["time_mode"] = ttl is null ? "none" : "processing_time",
                ["ttl_ms"] = ttl,
                ["output_columns"] = new JsonArray("key", "value", "more"),
            },
            ["output"] = HasThree(one) ? new JsonArray("key", "value", "more") : new JsonArray("key", "value"),
            ["output_mode"] = "append",
        };
        if (one.Query.Get("trigger") is JsonElement trigger)
            query["trigger"] = JsonSerializer.SerializeToNode(trigger);
        List<JsonNode> steps = [];
        long now = 0;
        foreach (JsonElement step in one.Steps)
        {
            if (step.Number("at_batch_ms") is long at)
            {
                AtBatch(step, at - now, steps);
                now = at;
            }
            else if (step.Get("ops_one_batch") is JsonElement ops)
            {
                steps.Add(new JsonObject { ["add"] = new JsonArray([.. ops.EnumerateArray().Select(op => Row([.. op.EnumerateArray()]))]) });
            }
            else if (step.Get("expect_output") is JsonElement rows)
            {
                JsonArray expected = new([.. rows.EnumerateArray().Select(row => new JsonArray([.. row.EnumerateArray().Select(value => Text(value))]))]);
                steps.Add(new JsonObject { ["expect_output"] = expected, ["kind"] = step.Text("kind") ?? "new" });
            }
            else
            {
                steps.Add(JsonSerializer.SerializeToNode(step)!);
            }
        }

        return one with { Query = JsonSerializer.SerializeToElement(query), Steps = [.. steps.Select(step => JsonSerializer.SerializeToElement(step))] };
    }

    // An entry of a map is two values beside the key of the stream.
    private static bool HasThree(ConformanceCase one) =>
        one.Steps.Any(step => step.Get("expect_output") is JsonElement rows && rows.EnumerateArray().Any(row => row.GetArrayLength() > 2));

    // What is there is asked for by a row of the batch itself. How many elements are gone ("removed") follows from what is left.
    private static void AtBatch(JsonElement step, long later, List<JsonNode> steps)
    {
        JsonArray rows = [.. (step.Get("ops")?.EnumerateArray() ?? []).Select(op => Row([JsonSerializer.SerializeToElement(OnlyKey), .. op.EnumerateArray()]))];
        JsonArray? expected = null;
        if (step.Get("expect_element_expiries") is JsonElement expiries)
        {
            rows.Add(new JsonArray(OnlyKey, "get_expiries", null, null));
            expected = new JsonArray([.. expiries.EnumerateArray().Select(pair => new JsonArray(OnlyKey, $"{Text(pair[0])}@{Text(pair[1])}"))]);
        }
        else if (step.Get("expect_get") is JsonElement elements)
        {
            rows.Add(new JsonArray(OnlyKey, "emit_all", null, null));
            expected = new JsonArray([.. (elements.ValueKind == JsonValueKind.Array ? elements.EnumerateArray().ToArray() : [elements]).Select(element => new JsonArray(OnlyKey, Text(element)))]);
        }

        if (rows.Count > 0)
            steps.Add(new JsonObject { ["add"] = rows });
        steps.Add(new JsonObject { ["advance_processing_time_ms"] = later });
        if (expected is not null)
            steps.Add(new JsonObject { ["expect_output"] = expected, ["kind"] = "new" });
    }

    /// <summary>An operation as a row: <c>["k1", "put", "v1", "10"]</c>, or <c>["k1", "put(null)"]</c>.</summary>
    private static JsonArray Row(JsonElement[] operation)
    {
        string name = operation[1].GetString()!;
        int open = name.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return new JsonArray(Text(operation[0]), name, operation.Length > 2 ? Text(operation[2]) : null, operation.Length > 3 ? Text(operation[3]) : null);
        string argument = name[(open + 1)..^1];
        return new JsonArray(Text(operation[0]), name[..open], argument == "null" ? null : argument, null);
    }

    // All values are texts in these queries.
    private static JsonNode? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(",", value.EnumerateArray().Select(one => Text(one)?.ToString())),
        JsonValueKind.Number => value.GetInt64().ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };
}
