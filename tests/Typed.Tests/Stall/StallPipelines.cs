namespace Typed.Tests.Stall;

[StreamRecord]
public readonly partial record struct Seen(string Ad, [EventTime] DateTimeOffset? Time)
{
    public static Seen At(double minute, string ad = "a") => new(ad, Minute(minute));

    public static DateTimeOffset Minute(double minute) => new DateTimeOffset(2025, 1, 1, 10, 0, 0, TimeSpan.Zero).AddMinutes(minute);
}

[StreamRecord]
public readonly partial record struct SeenCount(DateTimeOffset Start, string Ad, long Count);

[StreamRecord]
public readonly partial record struct SeenPair(string Ad, DateTimeOffset? Shown, DateTimeOffset? Clicked);

/// <summary>Two inputs, one aggregation.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class SeenByMinute
{
    public static Stream<SeenCount> Define(Stream<Seen> shown, Stream<Seen> clicks) => shown
        .WithWatermark(s => s.Time, "10 seconds").Union(clicks.WithWatermark(c => c.Time, "20 seconds"))
        .GroupBy(s => s.Ad, Window.Tumbling("1 minute"))
        .Select(g => new SeenCount(g.Window.Start, g.Key, g.Count()));
}

/// <summary>One input, whose silent partitions are left out, and clocks that are far ahead.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class SeenInTime
{
    public static Stream<SeenCount> Define(Stream<Seen> shown) => shown
        .WithWatermark(s => s.Time, "10 seconds", idleAfter: "30 seconds", maxAhead: "1 hour")
        .GroupBy(s => s.Ad, Window.Tumbling("1 minute"))
        .Select(g => new SeenCount(g.Window.Start, g.Key, g.Count()));
}

/// <summary>An outer join whose rows are counted: the second operator lags by what the first one waits for.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class ClicksOfShown
{
    public static Stream<SeenPair> Define(Stream<Seen> shown, Stream<Seen> clicks) => shown
        .WithWatermark(s => s.Time, "0 seconds")
        .LeftJoin(
            clicks.WithWatermark(c => c.Time, "0 seconds"),
            on: (s, c) => s.Ad == c.Ad && c.Time >= s.Time && c.Time <= s.Time + TimeSpan.FromMinutes(5),
            select: (s, c) => new SeenPair(s.Ad, s.Time, c?.Time));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClicksByMinute
{
    public static Stream<SeenCount> Define(Stream<Seen> shown, Stream<Seen> clicks) => shown
        .WithWatermark(s => s.Time, "0 seconds")
        .LeftJoin(
            clicks.WithWatermark(c => c.Time, "0 seconds"),
            on: (s, c) => s.Ad == c.Ad && c.Time >= s.Time && c.Time <= s.Time + TimeSpan.FromMinutes(5),
            select: (s, c) => new { s.Ad, s.Time })
        .GroupBy(p => p.Ad, Window.Tumbling("1 minute"))
        .Select(g => new SeenCount(g.Window.Start, g.Key, g.Count()));
}

[Pipeline(OutputMode.Append)]
public sealed partial class AdsOnly
{
    public static Stream<Seen> Define(Stream<Seen> shown) => shown.Where(s => s.Ad != "");
}
