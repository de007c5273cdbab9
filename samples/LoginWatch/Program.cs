using Typed;

// A day of sign-ins with some attacks among them: who guesses passwords, and who got in.
int signIns = args is [string count, ..] && int.TryParse(count, out int given) && given > 0 ? given : 60_000;
const string Checkpoint = "out/login-watch";
People people = new(signIns, attacks: 120);
Report report = new(Console.Out);
try
{
    // The sign-ins are made anew by each run, so there is nothing to go on from.
    if (Directory.Exists(Checkpoint))
        Directory.Delete(Checkpoint, recursive: true);
    await using StreamingQuery query = await LoginWatch
        .From(people.SignIns().AsSource(new() { MaxRowsPerTrigger = 200 }), new LoginWatch { Limit = 5 })
        .To(ForeachBatch.Run<Alarm>(report.Alarms))
        .StartAsync(new() { Checkpoint = Checkpoint, Trigger = Trigger.AvailableNow });
    await query.Completion;
    report.Print(query.Totals, people.Attacks);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
