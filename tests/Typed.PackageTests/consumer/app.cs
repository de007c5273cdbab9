#:package Typed@TYPED_VERSION
#:property PublishAot=false
using Typed;

DateTimeOffset at = new(2025, 1, 1, 10, 1, 0, TimeSpan.Zero);
MemorySource<Sale> sales = new();
sales.Add(new("toys", at), new("toys", at.AddMinutes(2)), new("books", at.AddMinutes(3)), new("toys", at.AddMinutes(40)));
await using StreamingQuery query = await SalesByCategory.From(sales).To(ConsoleSink.Table()).StartAsync(new() { Trigger = Trigger.AvailableNow });
await query.Completion;

MemorySource<Price> prices = new();
prices.Add(new Price("toys", 5, at), new("books", 7, at));
MemoryTable<Shelf> shelves = new(new Shelf("toys", 11), new Shelf("books", 12));
await using StreamingQuery priced = await PricedSales.From(sales, prices, shelves).To(ConsoleSink.Table())
    .StartAsync(new() { Trigger = Trigger.AvailableNow, State = StateStore.Faster(memory: "0 B") });
await priced.Completion;
Console.WriteLine($"spilled bytes: {priced.LastProgress!.StateOperators.Sum(one => one.SpillWrittenBytes)}");

[StreamRecord]
public readonly partial record struct Sale(string Category, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Total(string Category, long Sales);

[Pipeline(OutputMode.Append)]
public sealed partial class SalesByCategory
{
    public static Stream<Total> Define(Stream<Sale> sales) => sales
        .WithWatermark(s => s.Time, "10 minutes")
        .GroupBy(s => s.Category, Window.Tumbling("5 minutes"))
        .Select(g => new Total(g.Key, g.Count()));
}

[StreamRecord]
public readonly partial record struct Price(string Category, int Amount, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Shelf(string Category, int Number);

[StreamRecord]
public readonly partial record struct PricedSale(string Category, DateTimeOffset Time, int Amount, int Shelf);

[Pipeline(OutputMode.Append)]
public sealed partial class PricedSales
{
    public static Stream<PricedSale> Define(Stream<Sale> sales, Stream<Price> prices, Table<Shelf> shelves) => sales
        .WithWatermark(s => s.Time, "10 minutes")
        .Join(prices.WithWatermark(p => p.Time, "10 minutes"),
            on: (s, p) => s.Category == p.Category && p.Time <= s.Time && p.Time >= s.Time - Durations.Hours(1),
            select: (s, p) => new { s.Category, s.Time, p.Amount })
        .Join(shelves, on: (s, h) => s.Category == h.Category, select: (s, h) => new PricedSale(s.Category, s.Time, s.Amount, h.Number));
}
