using Typed;

// Counts purchases by category in windows of five minutes. The last window stays open: its end has not passed the watermark.
await using StreamingQuery query = await CountByCategory
    .From(JsonFiles.In<Purchase>(args is [string folder, ..] ? folder : "samples/data/purchases"))
    .To(ConsoleSink.Table())
    .StartAsync(new() { Checkpoint = "checkpoints/first", Trigger = Trigger.AvailableNow });
await query.Completion;

[StreamRecord]
public readonly partial record struct Purchase(string Category, [Precision(10, 2)] decimal Amount, [EventTime] DateTimeOffset Timestamp);

[StreamRecord]
public readonly partial record struct CategoryCount(DateTimeOffset Start, DateTimeOffset End, string Category, long Purchases);

[Pipeline(OutputMode.Append)]
public sealed partial class CountByCategory
{
    public static Stream<CategoryCount> Define(Stream<Purchase> purchases) => purchases
        .WithWatermark(p => p.Timestamp, "10 minutes")
        .GroupBy(p => p.Category, Window.Tumbling("5 minutes"))
        .Select(g => new CategoryCount(g.Window.Start, g.Window.End, g.Key, g.Count()));
}
