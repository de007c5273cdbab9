using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Processors;

/// <summary>The processors that transformWithState is given in the cases, by their names.</summary>
internal static class KeyedFunctions
{
    private const string Emit = "ctx.Emit(new " + ProcessorText.Out;

    public static ProcessorText Write(string name, JsonElement plan, ProcessorInput input)
    {
        SqlColumn key = ProcessorText.Column("key", input.Key.Type);
        SqlColumn[] texts = [key, ProcessorText.Column("value", SqlType.String)];
        SqlColumn[] numbers = [key, ProcessorText.Column("value", SqlType.Long.NotNull())];
        ProcessorText Text(SqlColumn[] columns, string fields, string onRows) => new(input, isKeyed: true, columns, fields, onRows);
        if (name == "identity")
            return GroupFunctions.Identity(input, isKeyed: true);
        if (StateScripts.TryWrite(name, plan, input, out ProcessorText? script))
            return script;
        if (ProcessorText.Is(name, "running_count(?:_[a-z0-9_]+_at_(\\d+))?", out long limit))
            return RunningCount(Text, texts, plan, limit);
        if (ProcessorText.Is(name, "count_with_proc_timer_(\\d+)s", out long seconds))
            return CountWithTimer(Text, texts, seconds);
        if (name == "count_with_replaced_timer")
            return CountWithReplacedTimer(Text, texts);
        if (ProcessorText.Is(name, "max_event_time_timer_(\\d+)s", out seconds))
            return MaxEventTime(Text, numbers, input, seconds);
        if (name == "emit_before_1970")
        {
            return Text([key, ProcessorText.Column("time", SqlType.Timestamp.NotNull())], "", Emit + "(ctx.Key, DateTimeOffset.UnixEpoch.AddSeconds(-1)));");
        }

        if (name is "min_event_time" or "max_event_time")
            return ExtremeEventTime(Text, numbers, input, name == "min_event_time" ? "Min" : "Max");
        if (ProcessorText.Is(name, "timer_(\\d+)s_per_row", out seconds))
        {
            return Text([key], "", $"for (int i = 0; i < rows.Count; i++)\n    ctx.TimerAt(ctx.Now.AddSeconds({seconds}));") with { OnTime = Emit + "(ctx.Key));" };
        }

        if (name == "register_timer_at_zero")
        {
            string millis = $"ctx.Key{(input.Key.Type.Nullable ? "!.Value" : "")}.ToUnixTimeMilliseconds()";
            return Text([ProcessorText.Column("v", SqlType.Long.NotNull())], "", $"ctx.TimerAt(DateTimeOffset.UnixEpoch);\n{Emit}({millis}));")
                with { OnTime = $"{Emit}({millis} + 30000));" };
        }

        throw new CaseException($"the processor '{name}' is not known");
    }

    private static ProcessorText RunningCount(Func<SqlColumn[], string, string, ProcessorText> text, SqlColumn[] columns, JsonElement plan, long limit)
    {
        // After a restart a case may keep the count in a variable of another kind.
        (string field, string before, string set) = plan.Text("count_state") switch
        {
            "list" => ("[State] private ListState<long> _countState;", "_countState.Count", "_countState.Set(count);"),
            "map" => ("[State] private MapState<string, long> _countState;", "(_countState.TryGet(\"\", out long before) ? before : 0)", "_countState.Set(\"\", count);"),
            "value_ttl" => ("[State(Ttl = \"60 seconds\")] private ValueState<long> _countState;", "(_countState.TryGet(out long before) ? before : 0)", "_countState.Set(count);"),
            _ => ("[State] private ValueState<long> _countState;", "(_countState.TryGet(out long before) ? before : 0)", "_countState.Set(count);"),
        };
        string atLimit = limit == 0 ? "" : $"if (count == {limit})\n{{\n    _countState.Clear();\n    return;\n}}\n\n";
        return text(
            columns,
            field,
            $$"""
            long count = rows.Count + {{before}};
            {{atLimit}}{{set}}
            {{Emit}}(ctx.Key, count.ToString()));
            """)
            with
        { OnInitial = "long count = row.Count;\n" + set };
    }

    private static ProcessorText CountWithTimer(Func<SqlColumn[], string, string, ProcessorText> text, SqlColumn[] columns, long seconds) => text(
        columns,
        "[State] private ValueState<long> _count;",
        $$"""
        long before = _count.TryGet(out long kept) ? kept : 0;
        if (before == 0 && ctx.Key is "a" or "c")
            ctx.TimerAt(ctx.Now.AddSeconds({{seconds}}));
        long count = before + 1;
        if (count == 3)
        {
            _count.Clear();
            return;
        }

        _count.Set(count);
        {{Emit}}(ctx.Key, count.ToString()));
        """)
        with
    {
        OnTime = $"_count.Clear();\n{Emit}(ctx.Key, \"-1\"));",
        OnInitial = "_count.Set(row.Count);",
    };

    /// <summary>Only the key "a" has timers: one 5 s after its first row, which one 7.5 s after its second replaces.</summary>
    private static ProcessorText CountWithReplacedTimer(Func<SqlColumn[], string, string, ProcessorText> text, SqlColumn[] columns)
    {
        return text(
            columns,
            "[State] private ValueState<long> _count;\n[State] private ValueState<DateTimeOffset> _timer;",
            $"Count(rows.Count, ctx.Key == \"a\", ctx.Now, ctx.TimerAt, ctx.DeleteTimer);\n{Emit}(ctx.Key, _count.Value.ToString()));")
            with
        {
            OnTime = $"_timer.Clear();\n{Emit}(ctx.Key, \"-1\"));",
            OnInitial = "Count((int)row.Count, ctx.Key == \"a\", ctx.Now, ctx.TimerAt, ctx.DeleteTimer);",
            More = """
                private void Count(int rows, bool hasTimers, DateTimeOffset now, Action<DateTimeOffset> register, Action<DateTimeOffset> delete)
                {
                    long before = _count.TryGet(out long kept) ? kept : 0;
                    _count.Set(before + rows);
                    if (!hasTimers || before > 1)
                        return;
                    if (before == 1 && _timer.TryGet(out DateTimeOffset old))
                        delete(old);
                    DateTimeOffset next = now.AddSeconds(before == 0 ? 5 : 7.5);
                    register(next);
                    _timer.Set(next);
                }
                """,
        };
    }

    private static ProcessorText MaxEventTime(Func<SqlColumn[], string, string, ProcessorText> text, SqlColumn[] columns, ProcessorInput input, long seconds) => text(
        columns,
        "[State] private ValueState<long> _max;\n[State] private ValueState<DateTimeOffset> _timer;",
        $$"""
        long max = _max.TryGet(out long before) ? before : 0;
        foreach (ref readonly {{input.RowType}} row in rows)
            max = Math.Max(max, {{input.Millis}});
        DateTimeOffset next = DateTimeOffset.FromUnixTimeMilliseconds(max + {{seconds * 1000}});
        _max.Set(max);
        bool hasTimer = _timer.TryGet(out DateTimeOffset old);
        if (!hasTimer || next > old)
        {
            if (hasTimer)
                ctx.DeleteTimer(old);
            ctx.TimerAt(next);
            _timer.Set(next);
        }

        {{Emit}}(ctx.Key, max));
        """)
        with
    { OnTime = $"_max.Clear();\n_timer.Clear();\n{Emit}(ctx.Key, -1));" };

    private static ProcessorText ExtremeEventTime(Func<SqlColumn[], string, string, ProcessorText> text, SqlColumn[] columns, ProcessorInput input, string function) => text(
        columns,
        "[State] private ValueState<long> _extreme;",
        $$"""
        long? extreme = _extreme.TryGet(out long before) ? before : null;
        foreach (ref readonly {{input.RowType}} row in rows)
            extreme = Math.{{function}}(extreme ?? {{input.Millis}}, {{input.Millis}});
        _extreme.Set(extreme!.Value);
        {{Emit}}(ctx.Key, extreme.Value));
        """);
}
