using Typed;
using static Typed.Durations;

/// <summary>An advertisement that was shown.</summary>
/// <param name="Id">Which showing it was; a click names it.</param>
/// <param name="Campaign">What for.</param>
/// <param name="Placement">Where on the page.</param>
/// <param name="Time">When.</param>
[StreamRecord]
public readonly partial record struct Impression(string Id, string Campaign, string Placement, [EventTime] DateTimeOffset Time);

/// <summary>A click on an advertisement.</summary>
/// <param name="ImpressionId">Which showing was clicked.</param>
/// <param name="Time">When, which for a telephone without a net is long before it is known.</param>
[StreamRecord]
public readonly partial record struct Click(string ImpressionId, [EventTime] DateTimeOffset Time);

/// <summary>A click that counts for a showing, or a showing that nobody clicked in time.</summary>
[StreamRecord]
public readonly partial record struct Attribution(string Id, string Campaign, string Placement, DateTimeOffset Shown, DateTimeOffset? Clicked);

[Pipeline(OutputMode.Append)]
public sealed partial class ClickAttribution
{
    public static Stream<Attribution> Define(Stream<Impression> impressions, Stream<Click> clicks) => impressions
        .WithWatermark(i => i.Time, "1 minute")
        .LeftJoin(clicks.WithWatermark(c => c.Time, "5 minutes"),
            on: (i, c) => i.Id == c.ImpressionId && c.Time >= i.Time && c.Time <= i.Time + Minutes(10),
            select: (i, c) => new Attribution(i.Id, i.Campaign, i.Placement, i.Time, c?.Time));
}
