using System.Diagnostics;
using System.Globalization;
using Typed;
using Typed.EnduranceTest;

// Runs a pipeline with state for a while, with less memory than its state needs, and looks whether anything grows that should not: from run to run in the first half of the time, in
// which the query is stopped and started now and then, and within the run that the second half is.
const string usage = "usage: dotnet run -c Release --project tests/Typed.EnduranceTest -- [--minutes M] [--rows-per-second R] [--memory-kb K] [--leak-kb L]";
double minutes = 1;
long rowsPerSecond = 20_000;
long memoryKilobytes = 2048;

// What is held on purpose at each look, to see that the judgement can fail: memory, and a file of that size in the checkpoint.
long leakKilobytes = 0;
for (int i = 0; i < args.Length; i += 2)
{
    bool isNumber = double.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number > 0;
    if (!isNumber || args[i] is not ("--minutes" or "--rows-per-second" or "--memory-kb" or "--leak-kb"))
    {
        Console.Error.WriteLine($"'{string.Join(' ', args)}' is not understood.\n{usage}");
        return 2;
    }

    switch (args[i])
    {
        case "--minutes":
            minutes = number;
            break;
        case "--rows-per-second":
            rowsPerSecond = (long)number;
            break;
        case "--memory-kb":
            memoryKilobytes = (long)number;
            break;
        default:
            leakKilobytes = (long)number;
            break;
    }
}

const int shortRuns = 7;
const int looks = 240;
string root = Directory.CreateTempSubdirectory("typed-endurance-").FullName;
string checkpoint = Path.Combine(root, "checkpoint");
TimeSpan duration = TimeSpan.FromMinutes(minutes);
Stopwatch watch = Stopwatch.StartNew();
List<Sample> samples = [];
List<byte[]> leaked = [];
double told = 0;
long batches = 0;
long rows = 0;
long outputs = 0;
using IDisposable quiet = StreamingQueries.Listen(new StreamingQueryListener { OnWarning = _ => { } });
for (int run = 1; run <= shortRuns + 1; run++)
{
    await using StreamingQuery query = await Traffic
        .From(visits: RateSource.Of(rowsPerSecond, Visit.Of))
        .To(
            pages: ForeachBatch.Run<PageVisits>((batch, _) => Count(batch.Count)),
            sessions: ForeachBatch.Run<UserSession>((batch, _) => Count(batch.Count)))
        .StartAsync(new()
        {
            Checkpoint = checkpoint, SnapshotEvery = "1 second", Retain = 10, Trigger = Trigger.Every("20 milliseconds"), State = StateStore.Faster(memory: $"{memoryKilobytes} KB"),
        });
    TimeSpan end = run <= shortRuns ? duration / 2 * run / shortRuns : duration;
    while (watch.Elapsed < end && query.IsActive)
    {
        await Task.Delay(duration / looks);
        Leak();
        samples.Add(Sample.Now(watch.Elapsed.TotalSeconds, checkpoint));
        if (samples[^1].Seconds < told + 60)
            continue;
        told = samples[^1].Seconds;
        Console.WriteLine(samples[^1]);
    }

    await query.StopAsync();
    QueryTotals totals = await query.Completion;
    batches += totals.Batches;
    rows += totals.InputRows;
    Console.WriteLine(samples[^1]);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows in {batches} batches and {shortRuns + 1} runs, {outputs} rows came out, {watch.Elapsed.TotalSeconds:F0} s"));
int checks = 2;
int failed = (rows > 0 && outputs > 0 ? 0 : 1) + (samples.Exists(one => one.SpilledMegabytes > 0) ? 0 : 1);
if (!samples.Exists(one => one.SpilledMegabytes > 0))
    Console.WriteLine("NEVER  spilled: there was memory for all state; take less (--memory-kb)");

// The first quarter warms up. A median does not mind a collection that is just going to happen, or a file that is just being written.
foreach ((string name, string unit, Func<Sample, double> value, double slack) in Sample.Measures)
{
    Judge(name, unit, "second quarter", Part(2, 4), "last quarter", Part(6, 8), value, slack);
    Judge(name, unit, "fifth eighth", Part(4, 5), "last eighth", Part(7, 8), value, slack);
}

Directory.Delete(root, true);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{checks - failed} passed, {failed} failed"));
return failed == 0 ? 0 : 1;

Task Count(long count)
{
    outputs += count;
    return Task.CompletedTask;
}

// From one eighth of the time to another.
List<Sample> Part(int from, int to) => samples[(samples.Count * from / 8)..(samples.Count * to / 8)];

void Judge(string name, string unit, string before, List<Sample> early, string after, List<Sample> late, Func<Sample, double> value, double slack)
{
    double first = Median(early, value);
    double last = Median(late, value);
    bool isFlat = last <= (first * 1.1) + slack;
    checks++;
    failed += isFlat ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(isFlat ? "flat  " : "GROWS ")} {name}: {first:F1}{unit} in the {before}, {last:F1}{unit} in the {after}"));
}

void Leak()
{
    if (leakKilobytes == 0)
        return;
    byte[] bytes = new byte[leakKilobytes << 10];
    Random.Shared.NextBytes(bytes);
    leaked.Add(bytes);
    File.WriteAllBytes(Path.Combine(checkpoint, "state", $"leak-{leaked.Count}"), bytes);
}

static double Median(List<Sample> of, Func<Sample, double> value)
{
    List<double> sorted = [.. of.Select(value).Order()];
    return sorted[sorted.Count / 2];
}
