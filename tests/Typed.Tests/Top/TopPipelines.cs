using static Typed.Durations;

namespace Typed.Tests.Top;

[StreamRecord]
public readonly partial record struct Bid(
    string? Item, int Shop, double? Price, [Precision(10, 2)] decimal? Amount, ulong Ticket, IReadOnlyList<string?> Tags, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct RankedBid(string? Item, int Rank, double? Price, ulong Ticket, IReadOnlyList<string?> Tags, DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Popular(DateTimeOffset Start, string? Item, long Bids);

[Pipeline(OutputMode.Update)]
public sealed partial class LatestBids
{
    public static Stream<Bid> Define(Stream<Bid> bids) => bids.LastBy(b => b.Item, by: b => b.Time);
}

[Pipeline(OutputMode.Complete)]
public sealed partial class DearestBids
{
    public static Stream<Bid> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "10 seconds")
        .LastBy(b => new { b.Item, b.Time }, by: b => b.Price);
}

[Pipeline(OutputMode.Append)]
public sealed partial class LatestBidsOfWindows
{
    public static Stream<Bid> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "10 seconds")
        .LastBy(b => new { b.Item, Span = TimeWindow.Of(b.Time, Seconds(10)) }, by: b => b.Amount);
}

[Pipeline(OutputMode.Update)]
public sealed partial class LatestBidsForAWhile
{
    public static Stream<Bid> Define(Stream<Bid> bids) => bids.LastBy(b => new { b.Item, b.Shop }, by: b => b.Ticket, ttl: "3 seconds");
}

[Pipeline(OutputMode.Append)]
public sealed partial class TopBidsOfWindows
{
    public static Stream<RankedBid> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "10 seconds")
        .TopBy(3, group: b => new { b.Shop, Span = TimeWindow.Of(b.Time, Seconds(10)) }, by: b => b.Price,
            select: (b, rank) => new RankedBid(b.Item, rank, b.Price, b.Ticket, b.Tags, b.Time));
}

[Pipeline(OutputMode.Update)]
public sealed partial class TopBidsSoFar
{
    public static Stream<RankedBid> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "10 seconds")
        .TopBy(3, group: b => new { b.Shop, b.Time }, by: b => b.Amount,
            select: (b, rank) => new RankedBid(b.Item, rank, b.Price, b.Ticket, b.Tags, b.Time));
}

[Pipeline(OutputMode.Complete)]
public sealed partial class FirstTickets
{
    public static Stream<Bid> Define(Stream<Bid> bids) => bids.TopBy(20, group: b => b.Shop, by: b => -(long)b.Ticket);
}

[Pipeline(OutputMode.Append)]
public sealed partial class PopularItems
{
    public static Stream<Popular> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "10 seconds")
        .GroupBy(b => b.Item, Window.Tumbling("10 seconds"))
        .Select(g => new { g.Window, Item = g.Key, Bids = g.Count() })
        .TopBy(2, group: c => c.Window, by: c => c.Bids)
        .Select(c => new Popular(c.Window.Start, c.Item, c.Bids));
}
