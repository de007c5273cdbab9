using Typed;

// A day of advertisements and the clicks on them, some of them known late: a click counts for ten minutes, and what nobody clicked by then is settled.
int impressions = args is [string count, ..] && int.TryParse(count, out int given) && given > 0 ? given : 200_000;
const string Checkpoint = "out/click-attribution";
Pages pages = new(impressions);
Report report = new(Console.Out);
try
{
    // The rows are made anew by each run, so there is nothing to go on from.
    if (Directory.Exists(Checkpoint))
        Directory.Delete(Checkpoint, recursive: true);

    // Both streams move through the day at about the same pace.
    await using StreamingQuery query = await ClickAttribution
        .From(
            pages.Impressions().AsSource(new() { MaxRowsPerTrigger = 2_000 }),
            pages.Clicks().AsSource(new() { MaxRowsPerTrigger = Math.Max(1, (int)(2_000L * pages.ClickCount / impressions)) }))
        .To(ForeachBatch.Run<Attribution>(report.Settled))
        .StartAsync(new() { Checkpoint = Checkpoint, Trigger = Trigger.AvailableNow });
    await query.Completion;
    report.Print(pages.ClickCount, query.Totals);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
