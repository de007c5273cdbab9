namespace Typed.CrashTest;

/// <summary>An advertisement that was shown; it may be told more than once.</summary>
[StreamRecord]
public readonly partial record struct Showing(string Id, string Place, [EventTime] DateTimeOffset Time);

/// <summary>A click on it; it may be told more than once.</summary>
[StreamRecord]
public readonly partial record struct Click(string Id, string ShowingId, [EventTime] DateTimeOffset Time);

/// <summary>A click and what was clicked.</summary>
[StreamRecord]
public readonly partial record struct Clicked(string Place, string ShowingId, string ClickId, [EventTime] DateTimeOffset Shown, long Seconds);

/// <summary>The clicks of ten seconds at one place.</summary>
[StreamRecord]
public readonly partial record struct PlaceClicks(DateTimeOffset Start, string Place, long Clicks, long Seconds, string First, string Last);

/// <summary>
/// Four operators with state in a row, and two outputs: files, and a function that keeps a batch by its number. What was shown is not late with
/// the delays given here, so the answer does not depend on how files fall into batches, hence not on when the process dies.
/// </summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Placements
{
    [Output]
    public static Stream<PlaceClicks> Windows(Stream<Showing> showings, Stream<Click> clicks) => Matched(showings, clicks)
        .GroupBy(c => c.Place, Window.Tumbling("10 seconds"))
        .Select(g => new PlaceClicks(g.Window.Start, g.Key, g.Count(), g.Sum(c => c.Seconds), g.Min(c => c.ClickId), g.Max(c => c.ClickId)));

    [Output]
    public static Stream<Clicked> Pairs(Stream<Showing> showings, Stream<Click> clicks) => Matched(showings, clicks);

    private static Stream<Clicked> Matched(Stream<Showing> showings, Stream<Click> clicks) => showings
        .WithWatermark(s => s.Time, "20 seconds")
        .DropDuplicatesWithinWatermark(s => s.Id)
        .Join(
            clicks.WithWatermark(c => c.Time, "20 seconds").DropDuplicatesWithinWatermark(c => c.Id),
            on: (s, c) => s.Id == c.ShowingId && c.Time >= s.Time && c.Time <= s.Time + Durations.Minutes(1),
            select: (s, c) => new Clicked(s.Place, s.Id, c.Id, s.Time, (long)(c.Time - s.Time).TotalSeconds));
}
