using Typed;

/// <summary>A click in a shop.</summary>
/// <param name="Visitor">Who clicked.</param>
/// <param name="Device">With what: television apps are quiet for longer than telephones.</param>
/// <param name="Page">What was opened.</param>
/// <param name="Paid">What was paid, on the page of the order.</param>
/// <param name="Time">When it was clicked, which for a telephone without a net is long before it is known.</param>
[StreamRecord]
public readonly partial record struct Click(
    string Visitor, string Device, string Page, [Precision(10, 2)] decimal? Paid, [EventTime] DateTimeOffset Time);

/// <summary>A visit: the clicks of a visitor without a long pause.</summary>
[StreamRecord]
public readonly partial record struct Visit(
    string Visitor, string Device, DateTimeOffset First, DateTimeOffset Last, long Clicks, string Entry, string Exit,
    [Precision(20, 2)] decimal? Paid);

[Pipeline(OutputMode.Append)]
public sealed partial class UserVisits
{
    public static Stream<Visit> Define(Stream<Click> clicks) => clicks
        .WithWatermark(c => c.Time, "15 minutes")
        .GroupBy(
            c => new { c.Visitor, c.Device },
            sessionGap: c => c.Device == "tv" ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(10))
        .Select(g => new Visit(
            g.Key.Visitor, g.Key.Device, g.Window.Start, g.Max(c => c.Time), g.Count(), g.MinBy(c => c.Page, c => c.Time)!,
            g.MaxBy(c => c.Page, c => c.Time)!, g.Sum(c => c.Paid)));
}
