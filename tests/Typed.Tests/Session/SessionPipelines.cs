namespace Typed.Tests.Session;

[StreamRecord]
public readonly partial record struct Hit(string User, string Page, int? Patience, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Visit(string User, DateTimeOffset Start, DateTimeOffset End, long Hits, IReadOnlyList<string> Pages);

[StreamRecord]
public readonly partial record struct HourOfVisits(DateTimeOffset Hour, long Visits, long Hits);

[Pipeline(OutputMode.Append)]
public sealed partial class Visits
{
    public static Stream<Visit> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "30 minutes")
        .GroupBy(h => h.User, Window.Session("10 minutes"))
        .Select(g => new Visit(g.Key, g.Window.Start, g.Window.End, g.Count(), g.Collect(h => h.Page, max: 1_000)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ShortVisits
{
    public static Stream<Visit> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "30 minutes")
        .GroupBy(h => h.User, Window.Session("5 minutes"))
        .Select(g => new Visit(g.Key, g.Window.Start, g.Window.End, g.Count(), g.Collect(h => h.Page, max: 2)));
}

[Pipeline(OutputMode.Complete)]
public sealed partial class PatientVisits
{
    public static Stream<Visit> Define(Stream<Hit> hits) => hits
        .GroupBy(h => h.User, sessionGap: h => h.Patience == null ? null : TimeSpan.FromMinutes(h.Patience.Value))
        .Select(g => new Visit(g.Key, g.Window.Start, g.Window.End, g.Count(), g.Collect(h => h.Page, max: 1_000)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class VisitsByHour
{
    public static Stream<HourOfVisits> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "30 minutes")
        .GroupBy(h => h.User, Window.Session("10 minutes"))
        .Select(g => new { g.Window.Time, Hits = g.Count() })
        .GroupBy(Window.Tumbling("1 hour"))
        .Select(g => new HourOfVisits(g.Window.Start, g.Count(), g.Sum(v => v.Hits)));
}
