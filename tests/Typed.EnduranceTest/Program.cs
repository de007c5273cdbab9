using System.Diagnostics;
using System.Globalization;
using Typed;
using Typed.EnduranceTest;

// Runs a pipeline with state for a while, stops and starts it now and then, and looks whether anything grows that should not.
const string usage = "usage: dotnet run -c Release --project tests/Typed.EnduranceTest -- [--minutes M] [--rows-per-second R]";
double minutes = 1;
long rowsPerSecond = 50_000;
for (int i = 0; i < args.Length; i += 2)
{
    bool isNumber = double.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0;
    if (!isNumber || args[i] is not ("--minutes" or "--rows-per-second"))
    {
        Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood.\n{usage}");
        return 2;
    }

    (minutes, rowsPerSecond) = args[i] == "--minutes" ? (number, rowsPerSecond) : (minutes, (long)number);
}

const int restarts = 8;
string root = Directory.CreateTempSubdirectory("typed-endurance-").FullName;
string checkpoint = Path.Combine(root, "checkpoint");
TimeSpan duration = TimeSpan.FromMinutes(minutes);
Stopwatch watch = Stopwatch.StartNew();
List<Sample> samples = [];
long batches = 0;
long rows = 0;
long outputs = 0;
using IDisposable quiet = StreamingQueries.Listen(new StreamingQueryListener { OnWarning = _ => { } });
for (int run = 1; run <= restarts; run++)
{
    await using StreamingQuery query = await Traffic
        .From(visits: RateSource.Of(rowsPerSecond, Visit.Of))
        .To(
            pages: ForeachBatch.Run<PageVisits>((batch, _) => Count(batch.Count)),
            sessions: ForeachBatch.Run<UserSession>((batch, _) => Count(batch.Count)))
        .StartAsync(new() { Checkpoint = checkpoint, SnapshotEvery = "1 second", Trigger = Trigger.Every("20 milliseconds") });
    while (watch.Elapsed < duration * run / restarts && query.IsActive)
    {
        await Task.Delay(duration / 240);
        samples.Add(Sample.Now(watch.Elapsed.TotalSeconds, checkpoint));
    }

    await query.StopAsync();
    QueryTotals totals = await query.Completion;
    batches += totals.Batches;
    rows += totals.InputRows;
    Console.WriteLine(samples[^1]);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows in {batches} batches and {restarts} runs, {outputs} rows came out, {watch.Elapsed.TotalSeconds:F0} s"));
int failed = rows > 0 && outputs > 0 ? 0 : 1;
foreach ((string name, string unit, Func<Sample, double> value, double slack) in Sample.Measures)
{
    // The first quarter warms up. A median does not mind a collection that is just going to happen, or a file that is just being written.
    double early = Median(samples[(samples.Count / 4)..(samples.Count / 2)], value);
    double late = Median(samples[(samples.Count * 3 / 4)..], value);
    bool isFlat = late <= (early * 1.1) + slack;
    failed += isFlat ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(isFlat ? "flat  " : "GROWS ")} {name}: {early:F1}{unit} in the second quarter, {late:F1}{unit} in the last"));
}

Directory.Delete(root, true);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Sample.Measures.Length + 1 - failed} passed, {failed} failed"));
return failed == 0 ? 0 : 1;

Task Count(long count)
{
    outputs += count;
    return Task.CompletedTask;
}

static double Median(List<Sample> of, Func<Sample, double> value)
{
    List<double> sorted = [.. of.Select(value).Order()];
    return sorted[sorted.Count / 2];
}
