using Typed.Oracle.Nexmark;
using static Typed.Durations;

namespace Typed.Oracle.Pipelines;

[StreamRecord]
public readonly partial record struct AuctionBids(DateTimeOffset Start, DateTimeOffset End, long Auction, long Bids, long Highest);

[StreamRecord]
public readonly partial record struct NewSeller(DateTimeOffset Start, long Person, string Name, long Auctions);

[StreamRecord]
public readonly partial record struct BidderSession(DateTimeOffset Start, DateTimeOffset End, long Bidder, long Bids);

[StreamRecord]
public readonly partial record struct AuctionBid(long Auction, long Bidder, long Price, int Category, DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Pairing(long? Auction, long? Seller, DateTimeOffset? Opened, long? Bidder, DateTimeOffset? Bid);

[StreamRecord]
public readonly partial record struct FirstBid(long Person, string City, long? Auction, long? Price);

[StreamRecord]
public readonly partial record struct Opened(long Auction, long Seller, DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct AuctionPrice(long Auction, long Bidder, long Price);

[StreamRecord]
public readonly partial record struct ChannelUse(long Bidder, string Channel, DateTimeOffset Time);

/// <summary>Bids of each auction in sliding windows (query 5 of the benchmark, without the choice of the hottest).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class BidsInWindows
{
    public static Stream<AuctionBids> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .GroupBy(b => b.Auction, Window.Sliding("10 seconds", every: "2 seconds"))
        .Select(g => new AuctionBids(g.Window.Start, g.Window.End, g.Key, g.Count(), g.Max(b => b.Price)));
}

/// <summary>Persons who opened auctions in the same ten seconds in which they joined (query 8).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class NewSellers
{
    public static Stream<NewSeller> Define(Stream<Person> persons, Stream<Auction> auctions) => persons
        .WithWatermark(p => p.Time, "4 seconds")
        .GroupBy(p => new { p.Id, p.Name }, Window.Tumbling("10 seconds"))
        .Select(g => new { g.Window, g.Key.Id, g.Key.Name, Joined = g.Count() })
        .Join(
            auctions.WithWatermark(a => a.Time, "4 seconds").GroupBy(a => a.Seller, Window.Tumbling("10 seconds"))
                .Select(g => new { g.Window, Seller = g.Key, Auctions = g.Count() }),
            on: (p, a) => p.Id == a.Seller && p.Window == a.Window,
            select: (p, a) => new NewSeller(p.Window.Start, p.Id, p.Name, a.Auctions));
}

/// <summary>Sessions of bidders (query 11).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class BidderSessions
{
    public static Stream<BidderSession> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .GroupBy(b => b.Bidder, Window.Session("1 second"))
        .Select(g => new BidderSession(g.Window.Start, g.Window.End, g.Key, g.Count()));
}

/// <summary>Bids with their auction (query 20, bounded in time: a bid counts for five seconds after the auction was opened).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class BidsWithAuction
{
    public static Stream<AuctionBid> Define(Stream<Bid> bids, Stream<Auction> auctions) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .Join(
            auctions.WithWatermark(a => a.Time, "4 seconds"),
            on: (b, a) => b.Auction == a.Id && b.Time >= a.Time && b.Time <= a.Time + Seconds(5) && b.Price >= a.InitialBid,
            select: (b, a) => new AuctionBid(a.Id, b.Bidder, b.Price, a.Category, b.Time));
}

/// <summary>Auctions and bids by time, those without a counterpart on either side too.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class AllPairings
{
    public static Stream<Pairing> Define(Stream<Auction> auctions, Stream<Bid> bids) => auctions
        .WithWatermark(a => a.Time, "4 seconds")
        .FullJoin(
            bids.WithWatermark(b => b.Time, "4 seconds"),
            on: (a, b) => a.Id == b.Auction && b.Time >= a.Time - Seconds(1) && b.Time <= a.Time + Seconds(2),
            select: (a, b) => new Pairing(a?.Id, a?.Seller, a?.Time, b?.Bidder, b?.Time));
}

/// <summary>Persons and what they bid in their first two seconds; persons who did not bid too.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class BidsOfPersons
{
    public static Stream<FirstBid> Define(Stream<Bid> bids, Stream<Person> persons) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .RightJoin(
            persons.WithWatermark(p => p.Time, "4 seconds"),
            on: (b, p) => b.Bidder == p.Id && b.Time >= p.Time && b.Time <= p.Time + Seconds(2),
            select: (b, p) => new FirstBid(p.Id, p.City, b?.Auction, b?.Price));
}

/// <summary>Auctions with a bid in their first second.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class AuctionsWithBids
{
    public static Stream<Opened> Define(Stream<Auction> auctions, Stream<Bid> bids) => auctions
        .WithWatermark(a => a.Time, "4 seconds")
        .SemiJoin(bids.WithWatermark(b => b.Time, "4 seconds"), on: (a, b) => a.Id == b.Auction && b.Time >= a.Time && b.Time <= a.Time + Seconds(1))
        .Select(a => new Opened(a.Id, a.Seller, a.Time));
}

/// <summary>Each bid once: one that is delivered again comes at the same time.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class BidsOnce
{
    public static Stream<AuctionPrice> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .DropDuplicatesWithinWatermark(b => new { b.Auction, b.Bidder, b.Price, b.Channel })
        .Select(b => new AuctionPrice(b.Auction, b.Bidder, b.Price));
}

/// <summary>Each use of a channel by a bidder at an instant, once.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class DistinctChannels
{
    public static Stream<ChannelUse> Define(Stream<Bid> bids) => bids
        .WithWatermark(b => b.Time, "4 seconds")
        .DropDuplicates(b => new { b.Bidder, b.Channel, b.Time })
        .Select(b => new ChannelUse(b.Bidder, b.Channel, b.Time));
}
