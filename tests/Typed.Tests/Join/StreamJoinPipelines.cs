using static Typed.Durations;

namespace Typed.Tests.Join;

// The first three and the first pipeline are the example of docs/operators/joins.md, word for word.
[StreamRecord]
public readonly partial record struct Impression(string AdId, string Site, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Click(string AdId, string UserId, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Attribution(string AdId, string Site, DateTimeOffset Shown, DateTimeOffset? Clicked, string? By);

[Pipeline(OutputMode.Append)]
public sealed partial class Attributions
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .LeftJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10),
            select: (i, c) => new Attribution(i.AdId, i.Site, i.Time, c?.Time, c?.UserId));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClickedOnly
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .Join(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10),
            select: (i, c) => new Attribution(i.AdId, i.Site, i.Time, c.Time, c.UserId));
}

/// <summary>Ten whole minutes are up to eleven, and no more than a minute the other way; the bounds that the search and the state follow are as far.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class ClickedInWholeMinutes
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .LeftJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && (long)(c.Time - i.Time).TotalMinutes >= 0 && (long)(c.Time - i.Time).TotalMinutes <= 10,
            select: (i, c) => new Attribution(i.AdId, i.Site, i.Time, c?.Time, c?.UserId));
}

/// <summary>Says nothing of what <c>int</c> cannot hold: the bounds are those of the other comparisons.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class ClickedInFewMinutes
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .LeftJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time - Minutes(30) && c.Time <= i.Time + Minutes(30)
                && (int)(c.Time - i.Time).TotalMinutes >= 0 && (int)(c.Time - i.Time).TotalMinutes <= 10,
            select: (i, c) => new Attribution(i.AdId, i.Site, i.Time, c?.Time, c?.UserId));
}

/// <summary>What is behind the join may refuse its rows.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class ClickedByOthers
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .Join(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10),
            select: (i, c) => new Attribution(i.AdId, i.Site, i.Time, c.Time, c.UserId))
        .Expect("others", a => a.By != "robot", OnViolation.Fail);
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClickedAtAll
{
    public static Stream<Impression> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .SemiJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10));
}

[Pipeline(OutputMode.Append)]
public sealed partial class NeverClicked
{
    public static Stream<Impression> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .AntiJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10));
}

public enum Region
{
    North,
    South,
}

/// <summary>A row with keys of many types.</summary>
[StreamRecord]
public readonly partial record struct Offer(
    int Id, string? Item, [Precision(10, 2)] decimal? Price, Region? Region, Guid? Token, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct OfferPair(int? Left, int? Right);

[Pipeline(OutputMode.Append)]
public sealed partial class OffersOfOneItem
{
    public static Stream<OfferPair> Define(Stream<Offer> offers, Stream<Offer> bids) => offers
        .WithWatermark(o => o.Time, "5 minutes")
        .FullJoin(bids.WithWatermark(b => b.Time, "5 minutes"),
            on: (o, b) => o.Item == b.Item && b.Time >= o.Time - Minutes(1) && b.Time <= o.Time + Minutes(1),
            select: (o, b) => new OfferPair(o?.Id, b?.Id));
}

[Pipeline(OutputMode.Append)]
public sealed partial class OffersByAllKeys
{
    public static Stream<OfferPair> Define(Stream<Offer> offers, Stream<Offer> bids) => offers
        .WithWatermark(o => o.Time, "5 minutes")
        .RightJoin(bids.WithWatermark(b => b.Time, "5 minutes"),
            on: (o, b) => o.Item == b.Item && o.Price == b.Price && NullSafe.Equal(o.Region, b.Region) && o.Token == b.Token
                && b.Time >= o.Time - Minutes(1) && b.Time <= o.Time + Minutes(1),
            select: (o, b) => new OfferPair(o?.Id, b.Id));
}

[StreamRecord]
public readonly partial record struct SiteHour(string Site, DateTimeOffset Hour, long Shown, long? Clicked);

/// <summary>Windows of two streams, joined on the window (semantics 6.2.1, 20.2).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class ShownAndClicked
{
    public static Stream<SiteHour> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .GroupBy(i => i.AdId, Window.Tumbling("1 hour"))
        .Select(g => new { g.Key, g.Window, Shown = g.Count() })
        .LeftJoin(
            clicks.WithWatermark(c => c.Time, "5 minutes")
                .GroupBy(c => c.AdId, Window.Tumbling("1 hour"))
                .Select(g => new { g.Key, g.Window, Clicked = g.Count() }),
            on: (i, c) => i.Key == c.Key && i.Window == c.Window,
            select: (i, c) => new SiteHour(i.Key, i.Window.Start, i.Shown, c?.Clicked));
}

[StreamRecord]
public readonly partial record struct Journey(string AdId, DateTimeOffset Shown, DateTimeOffset Clicked, int? Bought);

/// <summary>A join over a join: what was shown, then clicked, then bought or not (semantics 2.2.3).</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Journeys
{
    public static Stream<Journey> Define(Stream<Impression> impressions, Stream<Click> clicks, Stream<Offer> orders) => impressions
        .WithWatermark(i => i.Time, "5 minutes")
        .Join(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10),
            select: (i, c) => new { i.AdId, Waited = c.Time - i.Time, c.Time })
        .LeftJoin(orders.WithWatermark(o => o.Time, "5 minutes"),
            on: (j, o) => j.AdId == o.Item && o.Time >= j.Time && o.Time <= j.Time + Minutes(30),
            select: (j, o) => new Journey(j.AdId, j.Time - j.Waited, j.Time, o?.Id));
}
