using System.Text.Json;
using System.Text.Json.Nodes;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Cases;

/// <summary>
/// Facts about one call of a group function: what is there before, what the function does, what is there afterwards. Written as a query whose
/// first batch prepares the key, whose second is the call, and whose others find out: a time-out by when it expires, the state by a row that asks for it.
/// </summary>
internal static class GroupStateShape
{
    private const int Delay = 1000;
    private const string Key = "k";

    public static ConformanceCase Expand(ConformanceCase one)
    {
        string timeout = one.Query.Text("timeout_conf")!;
        long at = one.Query.Number(timeout == "event_time" ? "watermark_ms" : "batch_processing_time_ms") ?? 1000;
        JsonElement actions = one.Steps.FirstOrDefault(step => step.Has("actions")) is { ValueKind: JsonValueKind.Object } acting
            ? acting.GetProperty("actions")
            : throw new CaseException("there are no actions");
        JsonObject source = new() { ["op"] = "source", ["name"] = "in" };
        JsonObject query = new()
        {
            ["sources"] = JsonNode.Parse("""{ "in": { "columns": [["k", "string"], ["do", "string"], ["time", "timestamp_ms"], ["state", "string"], ["deadline", "long"]] } }"""),
            ["plan"] = new JsonObject
            {
                ["op"] = "fmgws",
                ["input"] = timeout == "event_time" ? new JsonObject { ["op"] = "watermark", ["column"] = "time", ["delay_ms"] = Delay, ["input"] = source } : source,
                ["key"] = "k",
                ["function"] = "group_state_unit",
                ["timeout"] = timeout,
                ["operation_output_mode"] = "update",
                ["act_ms"] = at,
                ["actions"] = JsonSerializer.SerializeToNode(actions),
            },
            ["output_mode"] = "update",
        };
        if (timeout == "event_time")
            query["conf"] = new JsonObject { ["no_data_batches"] = false };
        else
            query["trigger"] = new JsonObject { ["type"] = "processing_time", ["interval_ms"] = 1 };
        Batches batches = new(timeout == "event_time");
        Act(one, batches, at, actions);
        foreach (JsonElement step in one.Steps)
        {
            if (step.Has("expect_error"))
                batches.Steps.Add(JsonSerializer.SerializeToNode(step)!);
            else if (step.Has("expect_state") || step.Has("expect_timeout_ms"))
                Find(step, batches);
        }

        return one with { Query = JsonSerializer.SerializeToElement(query), Steps = [.. batches.Steps.Select(step => JsonSerializer.SerializeToElement(step))] };
    }

    private static void Act(ConformanceCase one, Batches batches, long at, JsonElement actions)
    {
        JsonNode? prior = one.Query.Get("prior_state") is JsonElement state ? state.GetRawText() : null;
        batches.Run(at, Key, "prepare", prior, one.Query.Number("prior_timeout_ms"), first: true);
        (string key, string what, bool isCalled) = one.Query.Text("called_with") switch
        {
            "data" or null => (Key, "act", true),
            "timeout" => ("other", "pass", actions.EnumerateArray().All(action => action.ValueKind == JsonValueKind.Array)),
            string other => throw new CaseException($"a call with '{other}' is not known"),
        };
        batches.Run(at, key, what);
        if (one.ExpectedError is null)
            batches.Expect(isCalled ? [new JsonArray("called", null)] : []);
    }

    private static void Find(JsonElement expected, Batches batches)
    {
        JsonNode? state = expected.Get("expect_state") is JsonElement kept ? kept.GetRawText() : null;
        if (expected.Number("expect_timeout_ms") is long deadline)
        {
            // It expires once the clock is past it, not at it (semantics 9.4, 9.5).
            batches.Run(deadline, "other", "pass");
            batches.Expect([]);
            batches.Run(deadline + 1, "other", "pass");
            batches.Expect([new JsonArray("timeout", state?.DeepClone())]);
        }
        else
        {
            batches.Run(1_000_000, "other", "pass");
            batches.Expect([]);
        }

        batches.Run(2_000_000, Key, "look");
        batches.Expect([new JsonArray("state", state?.DeepClone())]);
    }

    /// <summary>Batches of one row at a clock: that of the batch, or a watermark, which a row moves for the batch after its own.</summary>
    private sealed class Batches(bool byWatermark)
    {
        private long _now;

        public List<JsonNode> Steps { get; } = [];

        public void Run(long clock, string key, string what, JsonNode? state = null, long? deadline = null, bool first = false)
        {
            if (byWatermark)
            {
                if (!first && clock > _now)
                    Add("other", "pass", clock + Delay, null, null);
                Add(key, what, clock + Delay, state, deadline);
                _now = clock;
                return;
            }

            Add(key, what, 0, state, deadline);
            long until = first ? 1 : clock;
            Steps.Add(new JsonObject { ["advance_processing_time_ms"] = until - _now });
            _now = until;
        }

        public void Expect(JsonArray rows) => Steps.Add(new JsonObject { ["expect_output"] = rows, ["kind"] = "new" });

        private void Add(string key, string what, long time, JsonNode? state, long? deadline) =>
            Steps.Add(new JsonObject { ["add"] = new JsonArray(new JsonArray(key, what, time, state, deadline)) });
    }
}
