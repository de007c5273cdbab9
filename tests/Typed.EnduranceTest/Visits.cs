namespace Typed.EnduranceTest;

/// <summary>A page that was looked at; one in ten is told twice.</summary>
[StreamRecord]
public readonly partial record struct Visit(long Id, long User, string Page, [EventTime] DateTimeOffset Time)
{
    private static readonly DateTimeOffset Origin = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Pages = [.. Enumerable.Range(0, 64).Select(i => $"/page/{i}")];

    /// <summary>Visit number <paramref name="n"/>, a millisecond after the one before, up to four seconds out of order.</summary>
    public static Visit Of(long n)
    {
        long id = n % 10 == 9 ? n - 1 : n;
        ulong mixed = (ulong)(id * 2654435761) >> 7;
        return new Visit(id, (long)(mixed % 20_000), Pages[(int)(mixed % 64)], Origin.AddMilliseconds(id - (long)(mixed % 4_000)));
    }
}

/// <summary>The visits of five seconds to a page.</summary>
[StreamRecord]
public readonly partial record struct PageVisits(DateTimeOffset Start, string Page, long Visits, long Users);

/// <summary>What a user did without a pause of twenty seconds.</summary>
[StreamRecord]
public readonly partial record struct UserSession(DateTimeOffset Start, DateTimeOffset End, long User, long Visits);

/// <summary>Three operators with state whose size is bounded by the watermark.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Traffic
{
    [Output]
    public static Stream<PageVisits> Pages(Stream<Visit> visits) => Once(visits)
        .GroupBy(v => v.Page, Window.Tumbling("5 seconds"))
        .Select(g => new PageVisits(g.Window.Start, g.Key, g.Count(), g.Max(v => v.User)));

    [Output]
    public static Stream<UserSession> Sessions(Stream<Visit> visits) => Once(visits)
        .GroupBy(v => v.User, Window.Session("20 seconds"))
        .Select(g => new UserSession(g.Window.Start, g.Window.End, g.Key, g.Count()));

    private static Stream<Visit> Once(Stream<Visit> visits) => visits
        .WithWatermark(v => v.Time, "10 seconds")
        .DropDuplicatesWithinWatermark(v => v.Id);
}
