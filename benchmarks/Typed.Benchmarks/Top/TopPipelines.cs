namespace Typed.Benchmarks.Top;

[StreamRecord]
public readonly partial record struct Offer([EventTime] DateTimeOffset Time, long Id, long Price, double Weight);

[Pipeline(OutputMode.Update)]
public sealed partial class LatestOffers
{
    public static Stream<Offer> Define(Stream<Offer> offers) => offers.LastBy(o => o.Id, by: o => o.Time);
}

[Pipeline(OutputMode.Update)]
public sealed partial class DearestOffers
{
    public static Stream<Offer> Define(Stream<Offer> offers) => offers.TopBy(3, group: o => o.Id, by: o => o.Price);
}

[Pipeline(OutputMode.Append)]
public sealed partial class DearestOffersOfWindows
{
    public static Stream<Offer> Define(Stream<Offer> offers) => offers
        .WithWatermark(o => o.Time, "10 seconds")
        .TopBy(3, group: o => new { o.Id, Span = TimeWindow.Of(o.Time, Durations.Seconds(10)) }, by: o => o.Price);
}
