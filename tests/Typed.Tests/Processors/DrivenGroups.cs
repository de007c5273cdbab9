namespace Typed.Tests.Processors;

/// <summary>Any number of rows for a call, time-outs by the clock, an initial state.</summary>
[GroupProcessor(Timeout = TimeMode.ProcessingTime)]
public sealed partial class GroupByClock : GroupProcessor<string?, Order, Report, Given>
{
    [State] private long _count;
    [State] private string? _name;
    [State] private ListState<string> _list;
    [State] private MapState<string, long> _map;

    public override void OnInitial(Given row) => (_count, _name) = (row.Number, row.Name);

    public override void OnRows(Rows<Order> rows, GroupContext<string?, Report> ctx)
    {
        foreach (ref readonly Order order in rows)
        {
            switch (order.Do)
            {
                case "add": _count += order.Number; break;
                case "name": _name = order.Number == 0 ? null : order.Name; break;
                case "append": _list.Append(order.Name); break;
                case "put": _map[order.Name] = order.Number; break;
                case "time out": ctx.TimeoutAfter(TimeSpan.FromSeconds(order.Number + 1)); break;
                case "clear": ctx.Clear(); break;
            }
        }

        for (long i = 0; i < rows.Count % 3; i++)
            Tell($"{rows.Count} rows", ctx);
    }

    public override void OnTimeout(GroupContext<string?, Report> ctx)
    {
        Tell("time-out", ctx);
        Tell("again", ctx);
        if (_count % 3 == 0)
            ctx.Clear();
        if (_count % 2 == 0)
            ctx.TimeoutAfter("2 seconds");
        _count++;
    }

    private void Tell(string call, GroupContext<string?, Report> ctx) =>
        ctx.Emit(new Report(ctx.Key, $"{call}: {_count} {_name ?? "-"} [{string.Join(' ', _list)}] {{{Texts.Of(_map)}}}", null));
}

/// <summary>One row for each call, time-outs by the watermark.</summary>
[GroupProcessor(Timeout = TimeMode.EventTime, Output = OutputMode.Update, OneRowPerCall = true)]
public sealed partial class GroupByTime : GroupProcessor<string?, Order, Report>
{
    [State] private long _count;
    [State] private DateTimeOffset? _last;

    public override void OnRows(Rows<Order> rows, GroupContext<string?, Report> ctx)
    {
        foreach (ref readonly Order order in rows.OrderedByEventTime())
        {
            _last = order.At ?? _last;
            _count += order.Do == "add" ? 1 : 0;
            if (order.Do == "time out")
                ctx.TimeoutAt(Later(ctx.Watermark, DateTimeOffset.UnixEpoch.AddSeconds(order.Number + 1)));
            if (order.Do == "clear")
                ctx.Clear();
        }

        Tell($"{rows.Count} rows", ctx);
    }

    public override void OnTimeout(GroupContext<string?, Report> ctx)
    {
        Tell("time-out", ctx);
        if (_count % 3 == 0)
            ctx.Clear();
        if (_count % 2 == 0)
            ctx.TimeoutAt(ctx.Watermark.AddSeconds(1));
        _count++;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private void Tell(string call, GroupContext<string?, Report> ctx) =>
        ctx.Emit(new Report(ctx.Key, $"{call}: {_count} {_last?.ToUnixTimeSeconds() ?? -1}", null));
}

[Pipeline(OutputMode.Append)]
public sealed partial class GroupReportsByClock
{
    public static Stream<Report> Define(Stream<Order> orders, Table<Given> given) => orders
        .GroupBy(o => o.Key)
        .Process(new GroupByClock(), "group-by-clock", given, g => g.Key);
}

[Pipeline(OutputMode.Update)]
public sealed partial class GroupReportsByTime
{
    public static Stream<Report> Define(Stream<Order> orders) => orders
        .WithWatermark(o => o.At, "5 seconds")
        .GroupBy(o => o.Key)
        .Process(new GroupByTime(), "group-by-time");
}
