using Typed;

// A week of earthquakes as one JSON document: the regions that shook most, as a sorted complete result.
string folder = args is [string given, ..] ? given : "samples/data/earthquakes";
await using StreamingQuery query = await BusiestRegions
    .From(JsonFiles.In<Feature>(folder, new() { Layout = JsonLayout.Document, Rows = "features" }))
    .To(ConsoleSink.Table())
    .StartAsync(new() { Checkpoint = "checkpoints/quakes", Trigger = Trigger.AvailableNow });
await query.Completion;
