namespace Typed.Tests.Processors;

/// <summary>Sets and deletes timers as rows tell it, also one at the end of time.</summary>
[Processor(Time = TimeMode.ProcessingTime)]
public sealed partial class FarTimer : KeyedProcessor<string?, Order, Report>
{
    [State(Ttl = "20000000 days")] private ValueState<long> _lasting;

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (ref readonly Order row in rows)
        {
            switch (row.Do)
            {
                case "far": ctx.TimerAt(DateTimeOffset.MaxValue); break;
                case "timer": ctx.TimerAt(DateTimeOffset.UnixEpoch.AddSeconds(row.Number)); break;
                case "untimer": ctx.DeleteTimer(DateTimeOffset.UnixEpoch.AddSeconds(row.Number)); break;
            }
        }

        _lasting.Set(1);
        ctx.Emit(new Report(ctx.Key, $"{ctx.Timers.Count}", _lasting.ExpiresAt));
    }

    public override void OnTimer(DateTimeOffset time, Context<string?, Report> ctx) => ctx.Emit(new Report(ctx.Key, $"timer {time.ToUnixTimeSeconds()}", null));
}

/// <summary>The same with time-outs.</summary>
[GroupProcessor(Timeout = TimeMode.ProcessingTime)]
public sealed partial class FarTimeout : GroupProcessor<string?, Order, Report>
{
    [State] private long _count;

    public override void OnRows(Rows<Order> rows, GroupContext<string?, Report> ctx)
    {
        _count += rows.Count;
        foreach (ref readonly Order row in rows)
        {
            switch (row.Do)
            {
                case "far": ctx.TimeoutAfter(TimeSpan.MaxValue); break;
                case "far words": ctx.TimeoutAfter("20000000 days"); break;
                case "timer": ctx.TimeoutAfter(TimeSpan.FromSeconds(row.Number)); break;
            }
        }

        ctx.Emit(new Report(ctx.Key, $"{_count}", null));
    }

    public override void OnTimeout(GroupContext<string?, Report> ctx) => ctx.Emit(new Report(ctx.Key, "time-out", null));
}

/// <summary>Waits for the end of time by the watermark.</summary>
[Processor(Time = TimeMode.EventTime)]
public sealed partial class LastTimer : KeyedProcessor<string?, Order, Report>
{
    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx) => ctx.TimerAt(DateTimeOffset.MaxValue);
}

/// <summary>The same with a time-out.</summary>
[GroupProcessor(Timeout = TimeMode.EventTime)]
public sealed partial class LastTimeout : GroupProcessor<string?, Order, Report>
{
    [State] private long _count;

    public override void OnRows(Rows<Order> rows, GroupContext<string?, Report> ctx)
    {
        _count += rows.Count;
        ctx.TimeoutAt(DateTimeOffset.MaxValue);
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class FarTimers
{
    public static Stream<Report> Define(Stream<Order> orders) => orders.GroupBy(o => o.Key).Process(new FarTimer(), "far");
}

[Pipeline(OutputMode.Append)]
public sealed partial class FarTimeouts
{
    public static Stream<Report> Define(Stream<Order> orders) => orders.GroupBy(o => o.Key).Process(new FarTimeout(), "far");
}

[Pipeline(OutputMode.Append)]
public sealed partial class LastTimers
{
    public static Stream<Report> Define(Stream<Order> orders) => orders.WithWatermark(o => o.At, "10 seconds").GroupBy(o => o.Key).Process(new LastTimer(), "last");
}

[Pipeline(OutputMode.Append)]
public sealed partial class LastTimeouts
{
    public static Stream<Report> Define(Stream<Order> orders) => orders.WithWatermark(o => o.At, "10 seconds").GroupBy(o => o.Key).Process(new LastTimeout(), "last");
}
