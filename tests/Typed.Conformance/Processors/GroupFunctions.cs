using System.Text.Json;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Processors;

/// <summary>The functions that mapGroupsWithState and flatMapGroupsWithState are given in the cases, by their names.</summary>
internal static class GroupFunctions
{
    public static ProcessorText Write(string name, JsonElement plan, ProcessorInput input)
    {
        SqlColumn key = ProcessorText.Column("key", input.Key.Type);
        if (name == "identity")
            return Identity(input, isKeyed: false);
        if (name == "group_state_unit")
            return GroupStateUnit.Write(plan, input);
        if (ProcessorText.Is(name, "max_event_time_timeout_(\\d+)s", out long after))
            return MaxEventTime(input, key, after);
        if (!name.StartsWith("running_count", StringComparison.Ordinal))
            throw new CaseException($"the function '{name}' is not known");
        string rest = name["running_count".Length..];
        string atLimit = "";
        if (ProcessorText.Is(rest, "(?:_[a-z0-9_]+?)?_at_(\\d+)(?:_timeout_\\d+s)?", out long limit))
        {
            string emitted = rest.StartsWith("_minus1_", StringComparison.Ordinal) ? $"    ctx.Emit(new {ProcessorText.Out}(ctx.Key, \"-1\"));\n" : "";
            atLimit = $"if (count == {limit})\n{{\n    _count.Clear();\n{emitted}    return;\n}}\n\n";
            rest = rest.Contains("_timeout_", StringComparison.Ordinal) ? rest[rest.IndexOf("_timeout_", StringComparison.Ordinal)..] : "";
        }

        string timeout = "";
        if (ProcessorText.Is(rest, "_timeout_(\\d+)s", out long seconds))
            timeout = $"ctx.TimeoutAfter(TimeSpan.FromSeconds({seconds}));\n";
        else if (rest.Length > 0)
            throw new CaseException($"the function '{name}' is not known");
        return new ProcessorText(
            input,
            isKeyed: false,
            [key, ProcessorText.Column("value", SqlType.String)],
            "[State] private ValueState<long> _count;",
            $$"""
            long count = (_count.TryGet(out long before) ? before : 0) + rows.Count;
            {{atLimit}}_count.Set(count);
            {{timeout}}ctx.Emit(new {{ProcessorText.Out}}(ctx.Key, count.ToString()));
            """)
        {
            OnTime = timeout.Length == 0 ? null : $"_count.Clear();\nctx.Emit(new {ProcessorText.Out}(ctx.Key, \"-1\"));",
            OnInitial = "_count.Set(row.Count);",
        };
    }

    /// <summary>Emits what comes: for checks of plans.</summary>
    public static ProcessorText Identity(ProcessorInput input, bool isKeyed) => new(
        input,
        isKeyed,
        input.Columns,
        "[State] private long _seen;",
        $"""
        _seen += rows.Count;
        foreach (ref readonly {input.RowType} row in rows)
            ctx.Emit(new {ProcessorText.Out}({string.Join(", ", input.Columns.Select(column => "row." + column.Member))}));
        """)
    {
        OnInitial = "_seen += row.Count;",
    };

    private static ProcessorText MaxEventTime(ProcessorInput input, SqlColumn key, long seconds) => new(
        input,
        isKeyed: false,
        [key, ProcessorText.Column("value", SqlType.Long.NotNull())],
        "[State] private ValueState<long> _max;",
        $$"""
        long max = _max.TryGet(out long before) ? before : 0;
        foreach (ref readonly {{input.RowType}} row in rows)
            max = Math.Max(max, {{input.Millis}});
        _max.Set(max);
        ctx.TimeoutAt(DateTimeOffset.FromUnixTimeMilliseconds(max + {{seconds * 1000}}));
        ctx.Emit(new {{ProcessorText.Out}}(ctx.Key, max));
        """)
    {
        OnTime = $"_max.Clear();\nctx.Emit(new {ProcessorText.Out}(ctx.Key, -1));",
        OnInitial = "_max.Set(row.Count);",
    };
}
