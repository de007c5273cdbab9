using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Processors;

/// <summary>Processors whose rows say what is done with a value, a list or a map of their key (see <see cref="StateVariableShape"/>).</summary>
internal static class StateScripts
{
    private const string Emit = "ctx.Emit(new " + ProcessorText.Out;

    public static bool TryWrite(string name, JsonElement plan, ProcessorInput input, [NotNullWhen(true)] out ProcessorText? text)
    {
        text = null;
        if (ProcessorText.Is(name, "value_state_ttl_(\\d+)s", out long seconds))
        {
            text = Value(input, $"(Ttl = \"{seconds} seconds\")");
            return true;
        }

        string ttl = plan.Number("ttl_ms") is long millis ? $"(Ttl = \"{millis} milliseconds\")" : "";
        text = name switch
        {
            "script_value" => Script(input, $"[State{ttl}] private ValueState<string> _it;", ValueSteps),
            "script_list" => Script(input, $"[State{ttl}] private ListState<string> _it;", ListSteps),
            "script_map" => Script(input, $"[State{ttl}] private MapState<string, string> _it;", MapSteps),
            _ => null,
        };
        return text is not null;
    }

    // A value with a lifetime is seen or not: there is no reading past it, so get_raw, by which the cases look for what was not removed, reads as get does.
    private static ProcessorText Value(ProcessorInput input, string ttl) => new(
        input,
        isKeyed: true,
        [ProcessorText.Column("key", input.Key.Type), ProcessorText.Column("value", SqlType.Long.NotNull())],
        $"[State{ttl}] private ValueState<int> _value;",
        $$"""
        foreach (ref readonly {{input.RowType}} row in rows)
        {
            switch (row.action)
            {
                case "put":
                    _value.Set(row.@value ?? 0);
                    break;
                case "get" or "get_raw":
                    if (_value.TryGet(out int seen))
                        {{Emit}}(ctx.Key, seen));
                    break;
                case "get_ttl":
                    if (_value.ExpiresAt is DateTimeOffset expires)
                        {{Emit}}(ctx.Key, expires.ToUnixTimeMilliseconds()));
                    break;
                case "exists":
                    {{Emit}}(ctx.Key, _value.Exists ? 1 : 0));
                    break;
                case "clear":
                    _value.Clear();
                    break;
                default:
                    throw new InvalidOperationException($"There is no step '{row.action}'.");
            }
        }
        """.Replace("row.@value", "row." + Plans.Names.Identifier("value"), StringComparison.Ordinal));

    private const string ValueSteps =
        $$"""
        case "put" or "update":
            _it.Set(row.a!);
            break;
        case "get" or "emit_all":
            {{Emit}}(ctx.Key, _it.TryGet(out string? got) ? got : null, null));
            break;
        case "get_value":
            {{Emit}}(ctx.Key, _it.Value, null));
            break;
        case "get_expiries":
            if (_it.TryGet(out string? timed))
                {{Emit}}(ctx.Key, timed + "@" + _it.ExpiresAt?.ToUnixTimeMilliseconds(), null));
            break;
        """;

    private const string ListSteps =
        $$"""
        case "append":
            _it.Append(row.a!);
            break;
        case "append_all" or "append_list" or "appendAll" or "appendList":
            _it.AppendAll(Parts(row.a));
            break;
        case "put" or "update":
            _it.Set(Parts(row.a));
            break;
        case "get" or "emit_all":
            foreach (string one in _it)
                {{Emit}}(ctx.Key, one, null));
            break;
        case "emit_all_and_clear":
            foreach (string one in _it)
                {{Emit}}(ctx.Key, one, null));
            _it.Clear();
            break;
        case "get_expiries":
            DateTimeOffset?[] expiries = _it.Expiries();
            int place = 0;
            foreach (string one in _it)
                {{Emit}}(ctx.Key, one + "@" + expiries[place++]?.ToUnixTimeMilliseconds(), null));
            break;
        """;

    private const string MapSteps =
        $$"""
        case "put" or "update":
            _it.Set(row.a!, row.b!);
            break;
        case "get":
            {{Emit}}(ctx.Key, _it.TryGet(row.a!, out string? got) ? got : null, null));
            break;
        case "contains":
            {{Emit}}(ctx.Key, _it.Contains(row.a!) ? "true" : "false", null));
            break;
        case "remove":
            _it.Remove(row.a!);
            break;
        case "keys":
            foreach (KeyValuePair<string, string> one in _it)
                {{Emit}}(ctx.Key, one.Key, null));
            break;
        case "iterator" or "entries":
            foreach (KeyValuePair<string, string> one in _it)
                {{Emit}}(ctx.Key, one.Key, one.Value));
            break;
        case "values" or "emit_all":
            foreach (KeyValuePair<string, string> one in _it)
                {{Emit}}(ctx.Key, one.Value, null));
            break;
        case "get_expiries":
            foreach (KeyValuePair<string, string> one in _it)
                {{Emit}}(ctx.Key, one.Key + "@" + _it.ExpiresAt(one.Key)?.ToUnixTimeMilliseconds(), null));
            break;
        """;

    private static ProcessorText Script(ProcessorInput input, string field, string steps) => new(
        input,
        isKeyed: true,
        [ProcessorText.Column("key", input.Key.Type), ProcessorText.Column("value", SqlType.String), ProcessorText.Column("more", SqlType.String)],
        field,
        $$"""
        foreach (ref readonly {{input.RowType}} row in rows)
        {
            switch (row.op)
            {
                {{steps.Replace("\n", "\n        ", StringComparison.Ordinal)}}
                case "emit":
                    {{Emit}}(ctx.Key, row.a, row.b));
                    break;
                case "exists":
                    {{Emit}}(ctx.Key, _it.Exists ? "true" : "false", null));
                    break;
                case "clear":
                    _it.Clear();
                    break;
                default:
                    throw new InvalidOperationException($"There is no step '{row.op}'.");
            }
        }
        """)
    {
        // Elements as a text: "v1,v2"; "[]" for none; "[null]" for one that is null.
        More = "private static string[] Parts(string? text) => text switch { null or \"[null]\" => [null!], \"[]\" => [], _ => text.Split(',') };",
    };
}
