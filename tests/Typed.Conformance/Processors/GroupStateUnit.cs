using System.Globalization;
using System.Text;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Processors;

/// <summary>A function that first prepares the state of a key, then does what a case says, and then tells what is there (see <see cref="GroupStateShape"/>).</summary>
internal static class GroupStateUnit
{
    public static ProcessorText Write(JsonElement plan, ProcessorInput input)
    {
        string mode = plan.Text("timeout") ?? "none";
        bool hasTimeouts = mode != "none";
        string clock = mode == "event_time" ? "ctx.Watermark" : "ctx.Now";
        string prepare = mode switch
        {
            "event_time" => "ctx.TimeoutAt(DateTimeOffset.FromUnixTimeMilliseconds(deadline));",
            "processing_time" => "ctx.TimeoutAfter(DateTimeOffset.FromUnixTimeMilliseconds(deadline) - ctx.Now);",
            _ => "throw new InvalidOperationException(\"There are no time-outs.\");",
        };
        string context = $"GroupContext<{input.Key.Type.CSharp}, {ProcessorText.Out}> ctx";
        return new ProcessorText(
            input,
            isKeyed: false,
            [ProcessorText.Column("what", SqlType.String), ProcessorText.Column("state", SqlType.String)],
            "[State] private ValueState<string> _state;",
            $$"""
            foreach (ref readonly {{input.RowType}} row in rows)
            {
                switch (row.@do)
                {
                    case "prepare":
                        if (row.state is string state)
                            _state.Set(state);
                        if (row.deadline is long deadline)
                            {{prepare}}
                        break;
                    case "act":
                        Act(ctx);
                        break;
                    case "look":
                        ctx.Emit(new {{ProcessorText.Out}}("state", _state.TryGet(out string? seen) ? seen : null));
                        break;
                }
            }
            """)
        {
            OnTime = !hasTimeouts ? null : $$"""
            if ({{clock}}.ToUnixTimeMilliseconds() <= {{plan.Number("act_ms")}})
                Act(ctx);
            else
                ctx.Emit(new {{ProcessorText.Out}}("timeout", _state.TryGet(out string? seen) ? seen : null));
            """,
            More = $"private void Act({context})\n{{\n    ctx.Emit(new {ProcessorText.Out}(\"called\", null));\n{Actions(plan)}}}",
        };
    }

    private static string Actions(JsonElement plan)
    {
        StringBuilder text = new();
        foreach (JsonElement action in plan.GetProperty("actions").EnumerateArray())
        {
            // A text in place of an action says that the function must not be called; that it was would show in what is emitted.
            if (action.ValueKind == JsonValueKind.Array)
                text.Append("    ").Append(Action(action)).Append('\n');
        }

        return text.ToString();
    }

    private static string Action(JsonElement action)
    {
        string name = action[0].GetString()!;
        JsonElement argument = action.GetArrayLength() > 1 ? action[1] : default;
        return name switch
        {
            "update" => argument.ValueKind == JsonValueKind.Null ? "_state.Set(null!);" : $"_state.Set(\"{argument.GetRawText()}\");",
            "remove" => "ctx.Clear();",
            "get" => $"ctx.Emit(new {ProcessorText.Out}(\"got\", _state.Value));",
            "get_option" => $"ctx.Emit(new {ProcessorText.Out}(\"got\", _state.TryGet(out string? seen) ? seen : null));",
            "exists" => $"ctx.Emit(new {ProcessorText.Out}(\"exists\", _state.Exists ? \"true\" : \"false\"));",
            "get_current_watermark_ms" or "get_current_watermark" => $"ctx.Emit(new {ProcessorText.Out}(\"watermark\", ctx.Watermark.ToUnixTimeMilliseconds().ToString()));",
            "get_current_processing_time_ms" or "get_current_processing_time" => $"ctx.Emit(new {ProcessorText.Out}(\"now\", ctx.Now.ToUnixTimeMilliseconds().ToString()));",
            "set_timeout_duration" => $"ctx.TimeoutAfter({Duration(argument)});",
            "set_timeout_timestamp" => $"ctx.TimeoutAt({Instant(argument)}{(action.GetArrayLength() > 2 ? " + " + Duration(action[2]) : "")});",
            _ => throw new CaseException($"the action '{name}' on a group state is not known"),
        };
    }

    private static string Duration(JsonElement argument) => argument.ValueKind == JsonValueKind.String
        ? $"\"{argument.GetString()}\""
        : $"TimeSpan.FromMilliseconds({argument.GetInt64().ToString(CultureInfo.InvariantCulture)}L)";

    private static string Instant(JsonElement argument) => $"DateTimeOffset.FromUnixTimeMilliseconds({argument.GetInt64().ToString(CultureInfo.InvariantCulture)}L)";
}
