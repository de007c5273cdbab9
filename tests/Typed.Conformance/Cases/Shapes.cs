using System.Text.Json;
using System.Text.Json.Nodes;

namespace Typed.Conformance.Cases;

/// <summary>Cases that describe themselves shorter than by a plan, written out as one.</summary>
internal static class Shapes
{
    public static ConformanceCase Expand(ConformanceCase one)
    {
        if (one.Query.Has("plan"))
            return one;
        if (ProcessorShapes.Expand(one) is { } processor)
            return processor;
        if (one.Query.Text("watermark_delay_text") is string delay)
        {
            return one with
            {
                Query = Query(
                    """
                    {
                      "sources": { "in": { "columns": [["time", "timestamp_ms"]] } },
                      "plan": { "op": "watermark", "column": "time", "delay": "", "input": { "op": "source", "name": "in" } },
                      "output": ["time"],
                      "output_mode": "append"
                    }
                    """,
                    query => query["plan"]!["delay"] = delay),
            };
        }

        // Texts that are read as JSON, some of them broken.
        if (one.Query.Get("schema") is JsonElement schema && one.Query.Text("mode") is string mode)
        {
            return one with
            {
                Query = Query(
                    """
                    {
                      "sources": { "in": {} },
                      "plan": { "op": "source", "name": "in" },
                      "output_mode": "append"
                    }
                    """,
                    query =>
                    {
                        query["sources"]!["in"]!["columns"] = JsonSerializer.SerializeToNode(schema);
                        query["sources"]!["in"]!["malformed"] = mode;
                    }),
            };
        }

        // Expectations over rows that pass otherwise unchanged.
        if ((one.Query.Has("expectation") || one.Query.Has("expectations")) && one.Query.Get("sources") is JsonElement expected)
        {
            return one with
            {
                Query = Query(
                    """
                    {
                      "plan": { "op": "expect", "input": { "op": "source" } },
                      "output_mode": "append"
                    }
                    """,
                    query =>
                    {
                        query["sources"] = JsonSerializer.SerializeToNode(expected);
                        query["plan"]!["input"]!["name"] = expected.EnumerateObject().First().Name;
                        query["plan"]!["expectations"] = one.Query.Get("expectations") is JsonElement several
                            ? JsonSerializer.SerializeToNode(several)
                            : new JsonArray(JsonSerializer.SerializeToNode(one.Query.GetProperty("expectation")));
                    }),
            };
        }

        // A stream from memory whose rows pass unchanged: the case is about its batches.
        if (one.Query.Get("sources") is { ValueKind: JsonValueKind.Object } sources && sources.EnumerateObject().ToList() is [{ Name: "mem" }])
        {
            return one with
            {
                Query = Query(
                    """
                    {
                      "sources": { "mem": { "columns": [["v", "int"]] } },
                      "plan": { "op": "source", "name": "mem" },
                      "output": ["v"],
                      "output_mode": "append"
                    }
                    """,
                    query => query["trigger"] = JsonSerializer.SerializeToNode(one.Query.GetProperty("trigger"))),
            };
        }

        return one;
    }

    private static JsonElement Query(string text, Action<JsonNode> complete)
    {
        JsonNode query = JsonNode.Parse(text)!;
        complete(query);
        return JsonSerializer.SerializeToElement(query);
    }
}
