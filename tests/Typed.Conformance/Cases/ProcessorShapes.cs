using System.Text.Json;
using System.Text.Json.Nodes;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Cases;

/// <summary>Cases about custom state that come without a plan, written out as one.</summary>
internal static class ProcessorShapes
{
    // Rules that a case only names: a query that breaks each.
    private static readonly Dictionary<string, string> Broken = new()
    {
        ["dedup-within-watermark-without-watermark"] =
            """{ "op": "dedup_within_watermark", "columns": ["k"], "input": { "op": "tws", "processor": "identity", "time_mode": "none", "key": "k", "input": { "op": "source", "name": "in" } } }""",
        ["tws-event-time-without-watermark"] =
            """{ "op": "tws", "processor": "identity", "time_mode": "event_time", "key": "k", "input": { "op": "source", "name": "in" } }""",
        ["tws-timer-without-time-mode"] =
            """{ "op": "tws", "processor": "count_with_proc_timer_5s", "time_mode": "none", "key": "k", "input": { "op": "source", "name": "in" } }""",
        ["event-timeout-without-watermark"] =
            """{ "op": "fmgws", "function": "identity", "timeout": "event_time", "operation_output_mode": "append", "key": "k", "input": { "op": "source", "name": "in" } }""",
        ["event-time-column-without-watermark"] =
            """{ "op": "tws", "processor": "identity", "time_mode": "none", "event_time_column": "time", "key": "k", "input": { "op": "source", "name": "in" } }""",
        ["event-time-column-not-in-output"] =
            """{ "op": "tws", "processor": "identity", "time_mode": "none", "event_time_column": "none", "key": "k", "input": { "op": "watermark", "column": "time", "delay_ms": 0, "input": { "op": "source", "name": "in" } } }""",
        ["flatmap-groups-complete"] =
            """{ "op": "fmgws", "function": "identity", "timeout": "none", "operation_output_mode": "complete", "key": "k", "input": { "op": "source", "name": "in" } }""",
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
        if (one.ExpectedError is string rule && one.Steps.Count == 1 && !one.Query.Has("sources") && Broken.TryGetValue(rule, out string? plan))
            return one with { Query = Query(JsonNode.Parse(plan)!, """{ "in": { "columns": [["k", "string"], ["time", "timestamp_ms"]] } }""", "append") };
        return null;
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
                        "NoTime" or "None" => "none",
                        "ProcessingTime" => "processing_time",
                        _ => throw new CaseException($"the change of the time mode to '{value}' is not known"),
                    };
                    break;
                case "state variable countState":
                    count = value switch
                    {
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
