using Typed;

/// <summary>One flight, written when it left; the event time is the schedule, so a delayed plane is a late event.</summary>
[StreamRecord]
public readonly partial record struct Flight(
    [EventTime] DateTimeOffset Scheduled, int Delay, int Distance, string Origin, string Destination);

[StreamRecord]
public readonly partial record struct Airport(string Iata, string Name, string City, string State);

/// <summary>An hour in which the planes of one airport left badly late.</summary>
[StreamRecord]
public readonly partial record struct Storm(DateTimeOffset Hour, string Code, string? City, long Flights, double Mean, int Worst);

[Pipeline(OutputMode.Append)]
public sealed partial class DelayStorms
{
    public static Stream<Storm> Define(Stream<Flight> flights, Table<Airport> airports) => flights
        .WithWatermark(f => f.Scheduled, "2 hours")
        .GroupBy(f => f.Origin, Window.Tumbling("1 hour"))
        .Select(g => new { Hour = g.Window.Start, Code = g.Key, Flights = g.Count(),
                           Mean = g.Average(f => f.Delay), Worst = g.Max(f => f.Delay) })
        .Where(h => h.Flights >= 20 && h.Mean >= 60)
        .LeftJoin(airports, on: (h, a) => h.Code == a.Iata,
            select: (h, a) => new Storm(h.Hour, h.Code, a?.City, h.Flights, h.Mean, h.Worst));
}
