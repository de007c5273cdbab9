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

[Pipeline(OutputMode.Append)]
public sealed partial class FirstPayments
{
    public static Stream<Payment> Define(Stream<Payment> payments) => payments
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicates(p => p.Account);
}
