using Typed;

// A day of clicks, some of them known late, as visits: a visit ends when its visitor was quiet for ten minutes, or half an hour before a television.
int visits = args is [string count, ..] && int.TryParse(count, out int given) && given > 0 ? given : 20_000;
const string Checkpoint = "out/user-sessions";
Report report = new(Console.Out);
try
{
    // The clicks are made anew by each run, so there is nothing to go on from.
    if (Directory.Exists(Checkpoint))
        Directory.Delete(Checkpoint, recursive: true);
    await using StreamingQuery query = await UserVisits
        .From(Shop.Clicks(visits).AsSource(new() { MaxRowsPerTrigger = 1_000 }))
        .To(ForeachBatch.Run<Visit>(report.Visits))
        .StartAsync(new() { Checkpoint = Checkpoint, Trigger = Trigger.AvailableNow });
    await query.Completion;
    report.Print(query.Totals);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
