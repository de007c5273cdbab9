namespace Typed.Tests.Processors.Page;

[StreamRecord]
public readonly partial record struct Charge(string Card, [Precision(10, 2)] decimal Amount, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Alert(string Card, [Precision(10, 2)] decimal Small, [Precision(10, 2)] decimal Large, DateTimeOffset Time);

[Processor(Time = TimeMode.EventTime)]
public sealed partial class SmallThenLarge : KeyedProcessor<string, Charge, Alert>
{
    [State] private Charge? _small;

    public decimal Limit { get; init; } = 500;

    public override void OnRows(Rows<Charge> rows, Context<string, Alert> ctx)
    {
        foreach (Charge charge in rows.OrderedByEventTime())
        {
            if (charge.Amount < 1)
            {
                if (_small is { } before)
                    ctx.DeleteTimer(before.Time.AddMinutes(1));
                _small = charge;
                ctx.TimerAt(charge.Time.AddMinutes(1));
            }
            else if (charge.Amount > Limit && _small is { } small && charge.Time <= small.Time.AddMinutes(1))
            {
                ctx.Emit(new Alert(charge.Card, small.Amount, charge.Amount, charge.Time));
            }
        }
    }

    public override void OnTimer(DateTimeOffset time, Context<string, Alert> ctx) => ctx.Clear();
}

[Pipeline(OutputMode.Append)]
public sealed partial class CardWatch
{
    public decimal Limit { get; init; } = 500;

    public Stream<Alert> Define(Stream<Charge> charges) => charges
        .WithWatermark(c => c.Time, "10 seconds")
        .GroupBy(c => c.Card)
        .Process(new SmallThenLarge { Limit = Limit }, "small-then-large");
}

[StreamRecord]
public readonly partial record struct Login(string User, DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Seen(string User, long Count, bool Ended);

[GroupProcessor(Timeout = TimeMode.ProcessingTime)]
public sealed partial class Activity : GroupProcessor<string, Login, Seen>
{
    [State] private long _count;

    public override void OnRows(Rows<Login> rows, GroupContext<string, Seen> ctx)
    {
        _count += rows.Count;
        ctx.Emit(new Seen(ctx.Key, _count, false));
        ctx.TimeoutAfter("10 minutes");
    }

    public override void OnTimeout(GroupContext<string, Seen> ctx)
    {
        ctx.Emit(new Seen(ctx.Key, _count, true));
        ctx.Clear();
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class UserActivity
{
    public static Stream<Seen> Define(Stream<Login> logins) => logins
        .GroupBy(l => l.User)
        .Process(new Activity(), "activity");
}
