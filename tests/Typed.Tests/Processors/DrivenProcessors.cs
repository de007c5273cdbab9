namespace Typed.Tests.Processors;

/// <summary>A row that tells a processor what to do with the state of its key.</summary>
[StreamRecord]
public readonly partial record struct Order(string? Key, string Do, string Name, long Number, [EventTime] DateTimeOffset? At);

/// <summary>What a processor has after a call.</summary>
[StreamRecord]
public readonly partial record struct Report(string? Key, string What, DateTimeOffset? At)
{
    /// <summary>Rows in an order of their own: which key comes first is promised to nobody.</summary>
    internal static string Text(List<Report> reports) => string.Join('\n', reports.Select(r => r.ToString()).Order(StringComparer.Ordinal));
}

/// <summary>A row of an initial state.</summary>
[StreamRecord]
public readonly partial record struct Given(string? Key, string Name, long Number);

/// <summary>Every kind of state, half of it with a lifetime of ten seconds; timers by the clock of the batch.</summary>
[Processor(Time = TimeMode.ProcessingTime)]
public sealed partial class ByClock : KeyedProcessor<string?, Order, Report, Given>
{
    [State] private long _count;
    [State] private string? _name;
    [State] private Place? _place;
    [State] private ListState<string> _list;
    [State] private MapState<string, long> _map;
    [State(Ttl = "10 seconds")] private ValueState<long> _freshValue;
    [State(Ttl = "10 seconds")] private ListState<string> _freshList;
    [State(Ttl = "10 seconds")] private MapState<string, long> _freshMap;

    public override void OnInitial(Given row, Context<string?, Report> ctx)
    {
        _count += row.Number;
        _freshMap[row.Name] = row.Number;
        ctx.TimerAt(DateTimeOffset.UnixEpoch.AddSeconds(row.Number));
        Tell("initial", ctx);
    }

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (ref readonly Order order in rows)
        {
            switch (order.Do)
            {
                case "add": _count += order.Number; break;
                case "name": _name = order.Number == 0 ? null : order.Name; break;
                case "place": _place = order.Number == 0 ? null : new Place(order.Name, (int)order.Number, Mood.Tense); break;
                case "append": _list.Append(order.Name); break;
                case "replace": _list.Set(order.Name, "and", order.Name); break;
                case "unlist": _list.Clear(); break;
                case "put": _map[order.Name] = order.Number; break;
                case "remove": _map.Remove(order.Name); break;
                case "unmap": _map.Clear(); break;
                case "fresh value": _freshValue.Value = order.Number; break;
                case "unfresh": _freshValue.Clear(); break;
                case "fresh append": _freshList.Append(order.Name); break;
                case "fresh put": _freshMap[order.Name] = order.Number; break;
                case "fresh remove": _freshMap.Remove(order.Name); break;
                case "timer": ctx.TimerAt(DateTimeOffset.UnixEpoch.AddSeconds(order.Number)); break;
                case "untimer": ctx.DeleteTimer(DateTimeOffset.UnixEpoch.AddSeconds(order.Number)); break;
                case "clear": ctx.Clear(); break;
                default: throw new InvalidOperationException($"There is no {order.Do}.");
            }
        }

        Tell($"{rows.Count} rows", ctx);
    }

    public override void OnTimer(DateTimeOffset time, Context<string?, Report> ctx)
    {
        Tell($"timer {time.ToUnixTimeSeconds()}", ctx);
        if (_count % 2 != 0)
            ctx.TimerAt(time.AddSeconds(_count % 5));
        if (_count % 3 == 0)
            ctx.Clear();
        else
            _count++;
    }

    private void Tell(string call, Context<string?, Report> ctx) => ctx.Emit(new Report(
        ctx.Key,
        $"{call}: {_count} {_name ?? "-"} {(_place is { } place ? place.City + place.Zip : "-")} [{string.Join(' ', _list)}] "
        + $"{{{Texts.Of(_map)}}} {(_freshValue.TryGet(out long fresh) ? fresh : -1)} [{string.Join(' ', _freshList)}] {{{Texts.Of(_freshMap)}}} {Texts.Of(ctx.Timers)}",
        null));
}

/// <summary>State without lifetimes; timers by the watermark; what goes out has a time.</summary>
[Processor(Time = TimeMode.EventTime, OutputEventTime = nameof(Report.At))]
public sealed partial class ByTime : KeyedProcessor<string?, Order, Report>
{
    [State] private int _count;
    [State] private DateTimeOffset? _last;
    [State] private ListState<DateTimeOffset> _times;
    [State] private MapState<DateTimeOffset, string> _names;

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (ref readonly Order order in rows.OrderedByEventTime())
        {
            _last = order.At ?? _last;
            switch (order.Do)
            {
                case "add": _count++; break;
                case "append" when order.At is { } at: _times.Append(at); break;
                case "put" when order.At is { } at: _names[at] = order.Name; break;
                case "unmap": _names.Clear(); break;
                case "timer": ctx.TimerAt(DateTimeOffset.UnixEpoch.AddSeconds(order.Number)); break;
                case "untimer": ctx.DeleteTimer(DateTimeOffset.UnixEpoch.AddSeconds(order.Number)); break;
                case "clear": ctx.Clear(); break;
            }
        }

        Tell($"{rows.Count} rows", ctx, null);
    }

    public override void OnTimer(DateTimeOffset time, Context<string?, Report> ctx)
    {
        Tell($"timer {time.ToUnixTimeSeconds()}", ctx, ctx.Watermark.AddSeconds(1));
        if (_count % 3 == 0)
            ctx.Clear();
        else if (_count % 3 == 1)
            ctx.TimerAt(time.AddSeconds(_count % 7));
        else
            _count = 0;
    }

    private void Tell(string call, Context<string?, Report> ctx, DateTimeOffset? at) => ctx.Emit(new Report(
        ctx.Key,
        $"{call}: {_count} {_last?.ToUnixTimeSeconds() ?? -1} [{string.Join(' ', _times.Select(time => time.ToUnixTimeSeconds()))}] "
        + $"{{{string.Join(' ', _names.OrderBy(one => one.Key).Select(one => $"{one.Key.ToUnixTimeSeconds()}={one.Value}"))}}} {Texts.Of(ctx.Timers)}",
        at));
}

/// <summary>A list and maps that grow, told in the order in which they come.</summary>
[Processor(Time = TimeMode.ProcessingTime)]
public sealed partial class Shelf : KeyedProcessor<string?, Order, Report>
{
    [State] private ListState<string> _list;
    [State] private MapState<string, long> _map;
    [State(Ttl = "3 seconds")] private MapState<string, string> _fresh;
    [State(Ttl = "3 seconds")] private ListState<string> _late;

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (ref readonly Order order in rows)
        {
            _list.Append(order.Name);
            _map[order.Name] = order.Number;
            _fresh[order.Name] = order.Name;
            _late.Append(order.Name);
        }

        ctx.Emit(new Report(
            ctx.Key,
            $"{string.Join(' ', _list)} {string.Join(' ', _map.Select(one => one.Key))} {string.Join(' ', _fresh.Select(one => one.Key))} {string.Join(' ', _late)}",
            null));
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class ShelfReports
{
    public static Stream<Report> Define(Stream<Order> orders) => orders.GroupBy(o => o.Key).Process(new Shelf(), "shelf");
}

/// <summary>State as text.</summary>
internal static class Texts
{
    public static string Of(MapState<string, long> map) =>
        string.Join(' ', map.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value}"));

    public static string Of(TimerList timers)
    {
        List<long> times = [];
        foreach (DateTimeOffset time in timers)
            times.Add(time.ToUnixTimeSeconds());
        return string.Join(' ', times);
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class ReportsByClock
{
    public static Stream<Report> Define(Stream<Order> orders, Table<Given> given) => orders
        .GroupBy(o => o.Key)
        .Process(new ByClock(), "by-clock", given, g => g.Key);
}

[Pipeline(OutputMode.Append)]
public sealed partial class ReportsByTime
{
    public static Stream<Report> Define(Stream<Order> orders) => orders
        .WithWatermark(o => o.At, "5 seconds")
        .GroupBy(o => o.Key)
        .Process(new ByTime(), "by-time");
}
