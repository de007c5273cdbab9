namespace Typed.Oracle.Nexmark;

/// <summary>Somebody who opens auctions and bids. The columns that no query of the suite reads are left out.</summary>
[StreamRecord]
public readonly partial record struct Person(long Id, string Name, string City, string State, [EventTime] DateTimeOffset Time);

/// <summary>Something on offer.</summary>
[StreamRecord]
public readonly partial record struct Auction(
    long Id, long InitialBid, long Reserve, [EventTime] DateTimeOffset Time, DateTimeOffset Expires, long Seller, int Category);

/// <summary>An offer.</summary>
[StreamRecord]
public readonly partial record struct Bid(long Auction, long Bidder, long Price, string Channel, [EventTime] DateTimeOffset Time);
