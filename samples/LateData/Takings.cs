using Typed;

/// <summary>A sale at a stall of a market.</summary>
/// <param name="Stall">What the stall sells.</param>
/// <param name="Till">Which of its tills: one without a net keeps its sales until it is back.</param>
/// <param name="Paid">What was paid.</param>
/// <param name="Known">When the sale became known.</param>
/// <param name="Time">When it was.</param>
[StreamRecord]
public readonly partial record struct Sale(string Stall, int Till, [Precision(10, 2)] decimal Paid, DateTimeOffset Known, [EventTime] DateTimeOffset Time);

/// <summary>What a stall took in an hour, as far as it was known in time.</summary>
[StreamRecord]
public readonly partial record struct Hour(DateTimeOffset Start, string Stall, long Sales, [Precision(20, 2)] decimal Paid);

/// <summary>What a till was slow with, by the clock: that alone makes nothing late.</summary>
[StreamRecord]
public readonly partial record struct SlowTill(string Stall, int Till, TimeSpan Took, [Precision(10, 2)] decimal Paid);

/// <summary>A sale that came when its hour was closed: the sale as it came, and what it missed.</summary>
[StreamRecord]
public readonly partial record struct LateSale(
    string Stall, int Till, [Precision(10, 2)] decimal Paid, DateTimeOffset Known, DateTimeOffset Time,
    string LateOperator, DateTimeOffset LateTime, DateTimeOffset LateWatermark, TimeSpan LateBy, long LateBatch);

/// <summary>What has to be added to an hour that was told already.</summary>
[StreamRecord]
public readonly partial record struct Correction(DateTimeOffset End, string Stall, long Sales, [Precision(20, 2)] decimal Paid, TimeSpan LatestBy);

/// <summary>What each stall takes by the hour, told a quarter of an hour after it; what was slow by the clock is told besides.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Takings
{
    [Output(Comment = "hours that are closed")]
    public static Stream<Hour> Hours(Stream<Sale> sales) => sales
        .WithWatermark(s => s.Time, "15 minutes")
        .GroupBy(s => s.Stall, Window.Tumbling("1 hour"))
        .Select(g => new Hour(g.Window.Start, g.Key, g.Count(), g.Sum(s => s.Paid)));

    [Output(Comment = "sales that took more than ten minutes to become known")]
    public static Stream<SlowTill> Slow(Stream<Sale> sales) => sales
        .Where(s => s.Known - s.Time > TimeSpan.FromMinutes(10))
        .Select(s => new SlowTill(s.Stall, s.Till, s.Known - s.Time, s.Paid));
}

/// <summary>The late sales, read back from where they were kept: what the hours lack.</summary>
[Pipeline(OutputMode.Complete)]
public sealed partial class Corrections
{
    public static Stream<Correction> Define(Stream<LateSale> late) => late
        .GroupBy(l => new { l.LateTime, l.Stall })
        .Select(g => new Correction(g.Key.LateTime, g.Key.Stall, g.Count(), g.Sum(l => l.Paid), g.Max(l => l.LateBy)));
}
