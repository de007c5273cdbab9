using System.Diagnostics;
using Typed;

// Real flights, in the order in which they left, one file a batch; the event time is the schedule, so a delayed plane is a late event.
string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and int i && i + 1 < args.Length ? args[i + 1] : otherwise;
string output = Option("--out", "out/delay-storms");
string late = Path.Combine(output, "late");

Report report = new(Console.Out, live: !Console.IsOutputRedirected);
long started = Stopwatch.GetTimestamp();
try
{
    await using StreamingQuery query = await DelayStorms
        .From(
            flights: JsonFiles.In<Flight>(Option("--flights", "samples/data/flights"), new() { MaxFilesPerTrigger = 1, Order = FileOrder.Path }),
            airports: CsvFiles.In<Airport>(Option("--airports", "samples/data/airports.csv")))
        .To(ForeachBatch.Run<Storm>(report.Storms))
        .LateTo(JsonFiles.Out(late))
        .StartAsync(new() { Checkpoint = Path.Combine(output, "checkpoint"), Trigger = Trigger.AvailableNow });
    Console.CancelKeyPress += (_, pressed) =>
    {
        // The running batch is finished and committed; the next start goes on behind it.
        pressed.Cancel = true;
        report.Stopping();
        _ = query.StopAsync();
    };
    using IDisposable listening = StreamingQueries.Listen(new() { OnProgress = report.Batch });
    await query.Completion;
    report.Account(query, Stopwatch.GetElapsedTime(started), late);
    return 0;
}
catch (Exception problem) when (problem is QueryStartException or StreamingQueryException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
