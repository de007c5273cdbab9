namespace Typed.Tests.Processors;

/// <summary>What a handler is to do wrong.</summary>
[StreamRecord]
public readonly partial record struct Wrong(string Key, string Do, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Result(string Key, DateTimeOffset Time);

/// <summary>What the rules that look into a class cannot see, since it is outside of it.</summary>
internal static class Elsewhere
{
    public static Context<string, Result>? Kept { get; set; }

    public static void Do(string what, Wrong row, Context<string, Result> ctx)
    {
        switch (what)
        {
            case "timer":
                ctx.TimerAt(row.Time);
                break;
            case "timers":
                _ = ctx.Timers.Count;
                break;
            case "untimer":
                ctx.DeleteTimer(row.Time);
                break;
            case "watermark":
                ctx.Emit(new Result("", ctx.Watermark));
                break;
            case "key of another call":
                Kept = ctx;
                break;
            case "throw":
                throw new FormatException("This is not a number.");
        }
    }

    public static void Do(string what, GroupContext<string, Result> ctx)
    {
        switch (what)
        {
            case "after":
                ctx.TimeoutAfter(TimeSpan.FromSeconds(1));
                break;
            case "after nothing":
                ctx.TimeoutAfter(TimeSpan.Zero);
                break;
            case "after minus":
                ctx.TimeoutAfter("-1 second");
                break;
            case "after words":
                ctx.TimeoutAfter("a while");
                break;
            case "at":
                ctx.TimeoutAt(DateTimeOffset.UnixEpoch.AddDays(9));
                break;
            case "at zero":
                ctx.TimeoutAt(DateTimeOffset.UnixEpoch);
                break;
            case "at passed":
                ctx.TimeoutAt(ctx.Watermark.AddMilliseconds(-1));
                break;
            case "at watermark":
                ctx.TimeoutAt(ctx.Watermark);
                break;
            case "watermark":
                ctx.Emit(new Result("", ctx.Watermark));
                break;
            case "two rows":
                ctx.Emit(new Result("", default));
                ctx.Emit(new Result("", default));
                break;
            case "one row":
                ctx.Emit(new Result("", DateTimeOffset.UnixEpoch));
                break;
        }
    }
}

public sealed partial class Careless : KeyedProcessor<string, Wrong, Result>
{
    [State] private ValueState<string> _value;
    [State] private ListState<string> _list;
    [State] private MapState<string, string> _map;

    /// <summary>Reads state before there is any.</summary>
    public bool Early
    {
        get => field;
        init
        {
            field = value;
            if (value)
                _list.Clear();
        }
    }

    public override void OnRows(Rows<Wrong> rows, Context<string, Result> ctx)
    {
        foreach (Wrong row in rows)
        {
            switch (row.Do)
            {
                case "absent value":
                    _ = _value.Value;
                    break;
                case "absent entry":
                    _ = _map["x"];
                    break;
                case "null value":
                    _value.Set(null!);
                    break;
                case "null element":
                    _list.AppendAll("a", null!);
                    break;
                case "no elements":
                    _list.Set();
                    break;
                case "null map key":
                    _map.Remove(null!);
                    break;
                case "null map value":
                    _map.Set("x", null!);
                    break;
                default:
                    Elsewhere.Do(row.Do, row, ctx);
                    break;
            }
        }
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class CarelessOnes
{
    public bool Early { get; init; }

    public Stream<Result> Define(Stream<Wrong> wrongs) => wrongs.GroupBy(w => w.Key).Process(new Careless { Early = Early }, "careless");
}

[Processor(Time = TimeMode.EventTime, OutputEventTime = nameof(Result.Time))]
public sealed partial class Late : KeyedProcessor<string, Wrong, Result>
{
    public override void OnRows(Rows<Wrong> rows, Context<string, Result> ctx)
    {
        foreach (Wrong row in rows)
            ctx.Emit(new Result(row.Key, row.Do == "late" ? ctx.Watermark.AddSeconds(-1) : row.Time));
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateOnes
{
    public static Stream<Result> Define(Stream<Wrong> wrongs) => wrongs.WithWatermark(w => w.Time, "0 seconds").GroupBy(w => w.Key).Process(new Late(), "late");
}

[GroupProcessor(Timeout = TimeMode.EventTime, Output = OutputMode.Append)]
public sealed partial class ByEvent : GroupProcessor<string, Wrong, Result>
{
    [State] private long _count;

    public override void OnRows(Rows<Wrong> rows, GroupContext<string, Result> ctx)
    {
        _count += rows.Count;
        foreach (Wrong row in rows)
            Elsewhere.Do(row.Do, ctx);
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class ByEventOnes
{
    public static Stream<Result> Define(Stream<Wrong> wrongs) => wrongs.WithWatermark(w => w.Time, "0 seconds").GroupBy(w => w.Key).Process(new ByEvent(), "by-event");
}

[GroupProcessor(Timeout = TimeMode.ProcessingTime, Output = OutputMode.Update, OneRowPerCall = true)]
public sealed partial class RunningOut : GroupProcessor<string, Wrong, Result>
{
    [State] private long _count;

    public override void OnRows(Rows<Wrong> rows, GroupContext<string, Result> ctx)
    {
        _count += rows.Count;
        foreach (Wrong row in rows)
            Elsewhere.Do(row.Do, ctx);
    }
}

[Pipeline(OutputMode.Update)]
public sealed partial class ByClockOnes
{
    public static Stream<Result> Define(Stream<Wrong> wrongs) => wrongs.GroupBy(w => w.Key).Process(new RunningOut(), "by-clock");
}
