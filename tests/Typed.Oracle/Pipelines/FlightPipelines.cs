using static Typed.Durations;

namespace Typed.Oracle.Pipelines;

/// <summary>A flight; the files have them in the order in which the planes left, so a delayed one comes late.</summary>
[StreamRecord]
public readonly partial record struct Flight([EventTime] DateTimeOffset Scheduled, int Delay, int Distance, string Origin, string Destination);

[StreamRecord]
public readonly partial record struct Hour(DateTimeOffset Start, DateTimeOffset End, string Origin, long Flights, long Delay, double Mean, int Least, int Worst);

[StreamRecord]
public readonly partial record struct Burst(DateTimeOffset Start, DateTimeOffset End, string Origin, string Destination, long Flights, long Distance, int Worst);

[StreamRecord]
public readonly partial record struct Leg(DateTimeOffset Scheduled, string Origin, string Destination);

[StreamRecord]
public readonly partial record struct Return(DateTimeOffset Out, DateTimeOffset? Back, string Origin, string Destination, int? Delay);

// The greatest disorder of the flights is a day and three hours: with a delay of 36 hours no row is late, so a batch query over all of them has to agree.
[Pipeline(OutputMode.Append)]
public sealed partial class HourlyFlights
{
    public static Stream<Hour> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .GroupBy(f => f.Origin, Window.Tumbling("1 hour"))
        .Select(g => new Hour(
            g.Window.Start, g.Window.End, g.Key, g.Count(), g.Sum(f => f.Delay), g.Average(f => f.Delay), g.Min(f => f.Delay), g.Max(f => f.Delay)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class SlidingFlights
{
    public static Stream<Hour> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .GroupBy(f => f.Origin, Window.Sliding("6 hours", every: "90 minutes"))
        .Select(g => new Hour(
            g.Window.Start, g.Window.End, g.Key, g.Count(), g.Sum(f => f.Delay), g.Average(f => f.Delay), g.Min(f => f.Delay), g.Max(f => f.Delay)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class RouteSessions
{
    public static Stream<Burst> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .GroupBy(f => new { f.Origin, f.Destination }, Window.Session("2 hours"))
        .Select(g => new Burst(
            g.Window.Start, g.Window.End, g.Key.Origin, g.Key.Destination, g.Count(), g.Sum(f => f.Distance), g.Max(f => f.Delay)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class DistinctFlights
{
    public static Stream<Leg> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .DropDuplicates(f => new { f.Origin, f.Destination, f.Scheduled })
        .Select(f => new Leg(f.Scheduled, f.Origin, f.Destination));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ReturnFlights
{
    public static Stream<Return> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .Join(
            flights.WithWatermark(f => f.Scheduled, "36 hours"),
            on: (a, b) => a.Destination == b.Origin && a.Origin == b.Destination && b.Scheduled >= a.Scheduled + Hours(1) && b.Scheduled <= a.Scheduled + Hours(3),
            select: (a, b) => new Return(a.Scheduled, b.Scheduled, a.Origin, a.Destination, b.Delay));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ReturnFlightsOrNone
{
    public static Stream<Return> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .LeftJoin(
            flights.WithWatermark(f => f.Scheduled, "36 hours"),
            on: (a, b) => a.Destination == b.Origin && a.Origin == b.Destination && b.Scheduled >= a.Scheduled + Hours(1) && b.Scheduled <= a.Scheduled + Hours(3),
            select: (a, b) => new Return(a.Scheduled, b?.Scheduled, a.Origin, a.Destination, b?.Delay));
}

[Pipeline(OutputMode.Append)]
public sealed partial class FlightsWithReturn
{
    public static Stream<Leg> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .SemiJoin(
            flights.WithWatermark(f => f.Scheduled, "36 hours"),
            on: (a, b) => a.Destination == b.Origin && a.Origin == b.Destination && b.Scheduled >= a.Scheduled + Hours(1) && b.Scheduled <= a.Scheduled + Hours(3))
        .Select(f => new Leg(f.Scheduled, f.Origin, f.Destination));
}

[Pipeline(OutputMode.Append)]
public sealed partial class FlightsWithoutReturn
{
    public static Stream<Leg> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "36 hours")
        .AntiJoin(
            flights.WithWatermark(f => f.Scheduled, "36 hours"),
            on: (a, b) => a.Destination == b.Origin && a.Origin == b.Destination && b.Scheduled >= a.Scheduled + Hours(1) && b.Scheduled <= a.Scheduled + Hours(3))
        .Select(f => new Leg(f.Scheduled, f.Origin, f.Destination));
}
