namespace Typed.Benchmarks.Spill;

[StreamRecord]
public readonly partial record struct Payment([EventTime] DateTimeOffset Time, long Account, long Cents);

[StreamRecord]
public readonly partial record struct AccountTotal(long Account, long Payments, long Cents);

[Pipeline(OutputMode.Update)]
public sealed partial class AccountTotals
{
    public static Stream<AccountTotal> Define(Stream<Payment> payments) => payments
        .GroupBy(p => p.Account)
        .Select(g => new AccountTotal(g.Key, g.Count(), g.Sum(p => p.Cents)));
}

[StreamRecord]
public readonly partial record struct Refund(long Account, long Paid, long Back);

/// <summary>Says after an hour what was paid.</summary>
[Processor(Time = TimeMode.EventTime)]
public sealed partial class HourlyBill : KeyedProcessor<long, Payment, AccountTotal>
{
    [State] private long _payments;
    [State] private long _cents;

    public override void OnRows(Rows<Payment> rows, Context<long, AccountTotal> ctx)
    {
        if (_payments == 0)
            ctx.TimerAt(rows[0].Time.AddHours(1));
        _payments += rows.Count;
        foreach (ref readonly Payment payment in rows)
            _cents += payment.Cents;
    }

    public override void OnTimer(DateTimeOffset time, Context<long, AccountTotal> ctx)
    {
        ctx.Emit(new AccountTotal(ctx.Key, _payments, _cents));
        ctx.Clear();
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class Bills
{
    public static Stream<AccountTotal> Define(Stream<Payment> payments) => payments
        .WithWatermark(p => p.Time, "10 seconds")
        .GroupBy(p => p.Account)
        .Process(new HourlyBill(), "bills");
}

[Pipeline(OutputMode.Append)]
public sealed partial class HourlyTotals
{
    public static Stream<AccountTotal> Define(Stream<Payment> payments) => payments
        .WithWatermark(p => p.Time, "10 seconds")
        .GroupBy(p => p.Account, Window.Tumbling("1 hour"))
        .Select(g => new AccountTotal(g.Key, g.Count(), g.Sum(p => p.Cents)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class SessionTotals
{
    public static Stream<AccountTotal> Define(Stream<Payment> payments) => payments
        .WithWatermark(p => p.Time, "10 seconds")
        .GroupBy(p => p.Account, Window.Session("1 hour"))
        .Select(g => new AccountTotal(g.Key, g.Count(), g.Sum(p => p.Cents)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Refunds
{
    public static Stream<Refund> Define(Stream<Payment> payments, Stream<Payment> refunds) => payments
        .Where(p => p.Cents >= 25_000)
        .WithWatermark(p => p.Time, "10 seconds")
        .Join(refunds.Where(r => r.Cents < 25_000).WithWatermark(r => r.Time, "10 seconds"),
            on: (p, r) => p.Account == r.Account && r.Time >= p.Time && r.Time <= p.Time + Durations.Minutes(60),
            select: (p, r) => new Refund(p.Account, p.Cents, r.Cents));
}

[Pipeline(OutputMode.Append)]
public sealed partial class FirstPayments
{
    public static Stream<Payment> Define(Stream<Payment> payments) => payments
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicates(p => p.Account);
}
