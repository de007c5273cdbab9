namespace Typed.Tests.Harness;

[StreamRecord]
public readonly partial record struct Order(string Item, decimal Price, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Bill(DateTimeOffset Start, string Item, long Orders, decimal Sum);

[StreamRecord]
public readonly partial record struct Kind(string Item, string Name);

[StreamRecord]
public readonly partial record struct Labelled(string Item, string? Name, double Rating);

/// <summary>Closes windows; a partition that is silent for 30 seconds is not waited for.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Bills
{
    public static Stream<Bill> Define(Stream<Order> orders) => orders
        .WithWatermark(o => o.Time, "10 minutes", idleAfter: "30 seconds")
        .GroupBy(o => o.Item, Window.Tumbling("5 minutes"))
        .Select(g => new Bill(g.Window.Start, g.Key, g.Count(), g.Sum(o => o.Price)));
}

[Pipeline(OutputMode.Complete)]
public sealed partial class RunningBills
{
    public static Stream<Bill> Define(Stream<Order> orders) => orders
        .GroupBy(o => o.Item)
        .Select(g => new Bill(DateTimeOffset.UnixEpoch, g.Key, g.Count(), g.Sum(o => o.Price)));
}

/// <summary>Has a property that must be given, a table, and inputs whose names a harness has already.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class LabelledOrders
{
    public required double Rating { get; init; }

    public Stream<Labelled> Define(Stream<Order> query, Table<Kind> output) => query
        .Expect("price", o => o.Price > 0, OnViolation.Quarantine)
        .LeftJoin(output, on: (o, k) => o.Item == k.Item, select: (o, k) => new Labelled(o.Item, k?.Name, Rating));
}

[StreamRecord]
public readonly partial record struct Tagged(string Item, decimal Price, List<string>? Tags);

/// <summary>Has no state and no watermark.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class AllTagged
{
    public static Stream<Tagged> Define(Stream<Tagged> items) => items.Where(i => i.Item != "none");
}

[Pipeline(OutputMode.Append)]
public sealed partial class CheapAndDear
{
    [Output]
    public static Stream<Order> Cheap(Stream<Order> orders) => orders.Where(o => o.Price < 10);

    [Output]
    public static Stream<Bill> Clock(Stream<Order> orders) => orders
        .WithWatermark(o => o.Time, "10 minutes")
        .GroupBy(o => o.Item, Window.Tumbling("5 minutes"))
        .Select(g => new Bill(g.Window.Start, g.Key, g.Count(), g.Sum(o => o.Price)));
}

public static partial class Around
{
    [Pipeline(OutputMode.Append)]
    internal sealed partial class Inner
    {
        public static Stream<Order> Define(Stream<Order> orders) => orders;
    }

    /// <summary>No harness can name it.</summary>
    [Pipeline(OutputMode.Append)]
    private sealed partial class Hidden
    {
        public static Stream<Order> Define(Stream<Order> orders) => orders;
    }

    public static string ExplainHidden() => Hidden.From(new MemorySource<Order>()).Explain();
}
