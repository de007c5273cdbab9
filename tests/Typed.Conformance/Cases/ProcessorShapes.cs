using System.Text.Json;
using System.Text.Json.Nodes;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Cases;

/// <summary>Cases about custom state that come without a plan, written out as one.</summary>
internal static class ProcessorShapes
{
    private const string Source = """{ "op": "source", "name": "in" }""";
    private const string Watermarked = """{ "op": "watermark", "column": "time", "delay_ms": 0, "input": { "op": "source", "name": "in" } }""";

    // Rules that a case only names: a plan that breaks each.
    private static readonly Dictionary<string, string> BrokenPlans = new()
    {
        ["dedup-within-watermark-without-watermark"] = $$"""{ "op": "dedup_within_watermark", "columns": ["k"], "input": { "op": "tws", "time_mode": "none", "key": "k", "input": {{Source}} } }""",
        ["tws-event-time-without-watermark"] = $$"""{ "op": "tws", "time_mode": "event_time", "key": "k", "input": {{Source}} }""",
        ["tws-timer-without-time-mode"] = $$"""{ "op": "tws", "processor": "count_with_proc_timer_5s", "time_mode": "none", "key": "k", "input": {{Source}} }""",
        ["tws-ttl-without-processing-time"] = $$"""{ "op": "tws", "processor": "running_count", "count_state": "value_ttl", "time_mode": "none", "key": "k", "input": {{Source}} }""",
        ["tws-ttl-not-positive"] = $$"""{ "op": "tws", "processor": "value_state_ttl_0s", "time_mode": "processing_time", "key": "k", "input": {{Source}} }""",
        ["event-timeout-without-watermark"] = $$"""{ "op": "fmgws", "timeout": "event_time", "operation_output_mode": "append", "key": "k", "input": {{Source}} }""",
        ["event-time-column-without-watermark"] = $$"""{ "op": "tws", "time_mode": "none", "event_time_column": "time", "key": "k", "input": {{Source}} }""",
        ["event-time-column-not-in-output"] = $$"""{ "op": "tws", "time_mode": "none", "event_time_column": "none", "key": "k", "input": {{Watermarked}} }""",
        ["emitted-row-older-than-watermark"] = $$"""{ "op": "tws", "processor": "emit_before_1970", "time_mode": "event_time", "event_time_column": "time", "key": "k", "input": {{Watermarked}} }""",
        ["flatmap-groups-complete"] = $$"""{ "op": "fmgws", "timeout": "none", "operation_output_mode": "complete", "key": "k", "input": {{Source}} }""",
        ["user-function-failure"] = $$"""{ "op": "fmgws", "timeout": "none", "operation_output_mode": "append", "key": "k", "input": {{Source}} }""",
    };

    // The same by what a group function does with its state.
    private static readonly Dictionary<string, string> BrokenActions = new()
    {
        ["timeout-mode-mismatch"] = """["none", ["set_timeout_duration", 1000]]""",
        ["timeout-duration-not-positive"] = """["processing_time", ["set_timeout_duration", 0]]""",
        ["timeout-before-watermark"] = """["event_time", ["set_timeout_timestamp", 999]]""",
        ["current-watermark-without-watermark"] = """["none", ["get_current_watermark"]]""",
        ["state-get-when-absent"] = """["none", ["get"]]""",
        ["null-state-value"] = """["none", ["update", null]]""",
    };

    /// <summary>The case with a plan; null if it is none of these, or says something that is not known.</summary>
    public static ConformanceCase? Expand(ConformanceCase one)
    {
        try
        {
            return Written(one);
        }
        catch (CaseException)
        {
            // It fails alone, as a case whose shape is not known.
            return null;
        }
    }

    private static ConformanceCase? Written(ConformanceCase one)
    {
        if (one.Query.Has("timeout_conf"))
            return GroupStateShape.Expand(one);
        if (one.Query.Has("state_variable"))
            return StateVariableShape.Expand(one);
        if (one.Query.Text("processor") is string processor)
            return Restarted(one, processor);
        if (one.Query.Get("initial_state") is JsonElement initial)
            return WithInitialState(one, initial);
        return one.ExpectedError is string rule && one.Steps.Count == 1 && !one.Query.Has("sources") ? Broken(one, rule) : null;
    }

    private static ConformanceCase? Broken(ConformanceCase one, string rule)
    {
        if (BrokenActions.TryGetValue(rule, out string? text))
        {
            JsonNode[] parts = [.. JsonNode.Parse(text)!.AsArray().Select(part => part!.DeepClone())];
            JsonObject query = new() { ["timeout_conf"] = parts[0], ["called_with"] = "data" };
            JsonObject actions = new() { ["actions"] = new JsonArray(parts[1]) };
            return GroupStateShape.Expand(one with { Query = JsonSerializer.SerializeToElement(query), Steps = [JsonSerializer.SerializeToElement(actions), .. one.Steps] });
        }

        if (!BrokenPlans.TryGetValue(rule, out string? plan))
            return null;

        // What the plan alone does not break, a row does.
        JsonElement[] run = [JsonSerializer.SerializeToElement(new { fail_next_batch = rule == "user-function-failure" }), JsonSerializer.SerializeToElement(new { add = new object[] { new object[] { "a", 1000 } } })];
        return one with
        {
            Query = Query(JsonNode.Parse(plan)!, """{ "in": { "columns": [["k", "string"], ["time", "timestamp_ms"]] } }""", "append"),
            Steps = [.. run.Where(step => !step.Has("fail_next_batch") || step.IsTrue("fail_next_batch")), .. one.Steps],
        };
    }

    private static ConformanceCase WithInitialState(ConformanceCase one, JsonElement initial)
    {
        JsonNode plan = JsonNode.Parse(
            """
            {
              "op": "fmgws", "input": { "op": "source", "name": "in" }, "key": "k", "function": "running_count",
              "timeout": "none", "operation_output_mode": "update", "output_columns": ["key", "value"]
            }
            """)!;
        plan["initial_state"] = JsonSerializer.SerializeToNode(initial);
        return one with { Query = Query(plan, """{ "in": { "columns": [["k", "string"]] } }""", "update") };
    }

    /// <summary>A processor that is changed when it is restarted; the change names what and from what to what.</summary>
    private static ConformanceCase Restarted(ConformanceCase one, string processor)
    {
        string mode = "update";
        string time = "none";
        string count = "value";
        JsonElement Changed() => Query(
            new JsonObject
            {
                ["op"] = "tws",
                ["input"] = new JsonObject { ["op"] = "source", ["name"] = "in" },
                ["key"] = "k",
                ["processor"] = processor,
                ["time_mode"] = time,
                ["count_state"] = count,
                ["output_columns"] = new JsonArray("key", "value"),
            },
            """{ "in": { "columns": [["k", "string"]] } }""",
            mode);
        foreach (JsonProperty change in Changes(one))
            Set(change.Name, change.Value[0].GetString()!);

        // A lifetime needs a clock.
        bool hasLifetime = Changes(one).Any(change => change.Value.EnumerateArray().Any(value => value.GetString()!.Contains("TTL", StringComparison.OrdinalIgnoreCase)));
        if (hasLifetime)
            time = "processing_time";
        JsonElement first = Changed();
        foreach (JsonProperty change in Changes(one))
            Set(change.Name, change.Value[1].GetString()!);
        JsonElement then = Changed();
        return one with
        {
            Query = first,
            Steps = [.. one.Steps.Select(step => step.Get("restart")?.Has("change") == true
                ? JsonSerializer.SerializeToElement(new { restart = new { query = then } })
                : step)],
        };

        void Set(string what, string value)
        {
            switch (what)
            {
                case "outputMode":
                    mode = value.ToLowerInvariant();
                    break;
                case "timeMode":
                    time = value switch
                    {
                        "NoTime" or "None" or "NoTimeMode" => "none",
                        "ProcessingTime" => "processing_time",
                        _ => throw new CaseException($"the change of the time mode to '{value}' is not known"),
                    };
                    break;
                case string variable when variable.StartsWith("state variable ", StringComparison.Ordinal):
                    count = value switch
                    {
                        _ when value.Contains("TTL", StringComparison.OrdinalIgnoreCase) => "value_ttl",
                        "ValueState" => "value",
                        "ListState" => "list",
                        "MapState" => "map",
                        _ => throw new CaseException($"the kind of state '{value}' is not known"),
                    };
                    break;
                default:
                    throw new CaseException($"the change of '{what}' is not known");
            }
        }
    }

    private static IEnumerable<JsonProperty> Changes(ConformanceCase one) =>
        one.Steps.Select(step => step.Get("restart")?.Get("change")).OfType<JsonElement>().SelectMany(change => change.EnumerateObject());

    private static JsonElement Query(JsonNode plan, string sources, string mode) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["sources"] = JsonNode.Parse(sources),
        ["plan"] = plan,
        ["output_mode"] = mode,
    });
}
