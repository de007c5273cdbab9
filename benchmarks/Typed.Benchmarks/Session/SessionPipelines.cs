namespace Typed.Benchmarks.Session;

[StreamRecord]
public readonly partial record struct Click([EventTime] DateTimeOffset Time, long User, long Value, TimeSpan Gap);

[StreamRecord]
public readonly partial record struct Visit(DateTimeOffset Start, DateTimeOffset End, long User, long Clicks, long Value);

[Pipeline(OutputMode.Append)]
public sealed partial class Visits
{
    public static Stream<Visit> Define(Stream<Click> clicks) => clicks
        .WithWatermark(c => c.Time, "5 seconds")
        .GroupBy(c => c.User, Window.Session("10 seconds"))
        .Select(g => new Visit(g.Window.Start, g.Window.End, g.Key, g.Count(), g.Sum(c => c.Value)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class VisitsByOwnGap
{
    public static Stream<Visit> Define(Stream<Click> clicks) => clicks
        .WithWatermark(c => c.Time, "5 seconds")
        .GroupBy(c => c.User, sessionGap: c => c.Gap)
        .Select(g => new Visit(g.Window.Start, g.Window.End, g.Key, g.Count(), g.Sum(c => c.Value)));
}
