using Typed;

// A day of clicks, some of them known late, as visits: a visit ends when its visitor was quiet for ten minutes, or half an hour before a television.
int visits = args is [string count, ..] && int.TryParse(count, out int given) && given > 0 ? given : 20_000;
string checkpoint = Path.Combine(Path.GetTempPath(), "typed-user-sessions-" + Guid.NewGuid().ToString("N"));
Report report = new(Console.Out);
try
{
    await using StreamingQuery query = await UserVisits
        .From(Shop.Clicks(visits).AsSource(new() { MaxRowsPerTrigger = 4_000 }))
        .To(ForeachBatch.Run<Visit>(report.Visits))
        .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow });
    await query.Completion;
    report.Print(query.Totals);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
finally
{
    // The clicks are made anew by each run, so there is nothing to go on from.
    if (Directory.Exists(checkpoint))
        Directory.Delete(checkpoint, recursive: true);
}
