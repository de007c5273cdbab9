namespace Typed.Benchmarks.Aggregate;

[StreamRecord]
public readonly partial record struct Reading([EventTime] DateTimeOffset Time, long Id, long Value, string Name);

[StreamRecord]
public readonly partial record struct Total(DateTimeOffset Start, long Id, long Count, long Sum, double Mean);

[StreamRecord]
public readonly partial record struct NameTotal(DateTimeOffset Start, string Name, long Count, long Sum, double Mean);

[StreamRecord]
public readonly partial record struct KeyTotal(long Id, long Count, long Sum);

[Pipeline(OutputMode.Append)]
public sealed partial class Tumbling10
{
    public static Stream<Total> Define(Stream<Reading> readings) => readings
        .WithWatermark(r => r.Time, "5 seconds")
        .GroupBy(r => r.Id, Window.Tumbling("10 seconds"))
        .Select(g => new Total(g.Window.Start, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class TumblingNames
{
    public static Stream<NameTotal> Define(Stream<Reading> readings) => readings
        .WithWatermark(r => r.Time, "5 seconds")
        .GroupBy(r => r.Name, Window.Tumbling("10 seconds"))
        .Select(g => new NameTotal(g.Window.Start, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Tumbling60
{
    public static Stream<Total> Define(Stream<Reading> readings) => readings
        .WithWatermark(r => r.Time, "5 seconds")
        .GroupBy(r => r.Id, Window.Tumbling("60 seconds"))
        .Select(g => new Total(g.Window.Start, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Sliding60By10
{
    public static Stream<Total> Define(Stream<Reading> readings) => readings
        .WithWatermark(r => r.Time, "5 seconds")
        .GroupBy(r => r.Id, Window.Sliding("60 seconds", every: "10 seconds"))
        .Select(g => new Total(g.Window.Start, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Sliding60By1
{
    public static Stream<Total> Define(Stream<Reading> readings) => readings
        .WithWatermark(r => r.Time, "5 seconds")
        .GroupBy(r => r.Id, Window.Sliding("60 seconds", every: "1 second"))
        .Select(g => new Total(g.Window.Start, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class RunningTotals
{
    public static Stream<Total> Define(Stream<Reading> readings) => readings
        .GroupBy(r => r.Id)
        .Select(g => new Total(DateTimeOffset.UnixEpoch, g.Key, g.Count(), g.Sum(r => r.Value), g.Average(r => r.Value)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class KeyTotals
{
    public static Stream<KeyTotal> Define(Stream<Reading> readings) => readings
        .GroupBy(r => r.Id)
        .Select(g => new KeyTotal(g.Key, g.Count(), g.Sum(r => r.Value)));
}
