#:package Typed@TYPED_VERSION
#:property PublishAot=false
using Typed;

DateTimeOffset at = new(2025, 1, 1, 10, 1, 0, TimeSpan.Zero);
MemorySource<Sale> sales = new();
sales.Add(new("toys", at), new("toys", at.AddMinutes(2)), new("books", at.AddMinutes(3)), new("toys", at.AddMinutes(40)));
await using StreamingQuery query = await SalesByCategory.From(sales).To(ConsoleSink.Table()).StartAsync(new() { Trigger = Trigger.AvailableNow });
await query.Completion;

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
