using Typed;

// A day at a market: hours are told when they are over, and what comes too late for them is kept, and told afterwards.
int sales = args is [string count, ..] && int.TryParse(count, out int given) && given > 0 ? given : 60_000;
const string Folder = "out/late-data";
Report report = new(Console.Out);
try
{
    // The sales are made anew by each run, so there is nothing to go on from.
    if (Directory.Exists(Folder))
        Directory.Delete(Folder, recursive: true);
    string late = Path.Combine(Folder, "late");
    await using StreamingQuery query = await Takings
        .From(Market.Sales(sales).AsSource(new() { MaxRowsPerTrigger = 500 }))
        .To(hours: ForeachBatch.Run<Hour>(report.Hours), slow: ForeachBatch.Run<SlowTill>(report.Slow))
        .LateTo(JsonFiles.Out(late))
        .StartAsync(new() { Checkpoint = Path.Combine(Folder, "checkpoint"), Trigger = Trigger.AvailableNow });
    await query.Completion;

    // A sale that came too late lies there with the hour it missed, so what the hours lack can be counted at any time.
    MemorySink<Correction> corrections = new();
    await using StreamingQuery replay = await Corrections
        .From(JsonFiles.In<LateSale>(late))
        .To(corrections)
        .StartAsync(new() { Trigger = Trigger.AvailableNow });
    await replay.Completion;
    report.Print(query.Totals, corrections.Rows, late);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
