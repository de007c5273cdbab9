namespace Typed.Tests.Cli;

/// <summary>A sale.</summary>
[StreamRecord]
public readonly partial record struct Sale(long Id, string Shop, long? Desk, [Precision(10, 2)] decimal Amount, [EventTime] DateTimeOffset At);

/// <summary>What a desk of a shop has sold in an hour.</summary>
[StreamRecord]
public readonly partial record struct DeskHour(DateTimeOffset From, string Shop, long? Desk, long Sales, decimal Total, string First);

/// <summary>A query with two operators with state: each sale once, and hours.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class SalesOfHours
{
    public static Stream<DeskHour> Define(Stream<Sale> sales) => sales
        .WithWatermark(sale => sale.At, "1 hour")
        .DropDuplicatesWithinWatermark(sale => sale.Id)
        .GroupBy(sale => new { sale.Shop, sale.Desk }, Window.Tumbling("1 hour"))
        .Select(g => new DeskHour(g.Window.Start, g.Key.Shop, g.Key.Desk, g.Count(), g.Sum(sale => sale.Amount), g.First(sale => sale.Shop)));
}
