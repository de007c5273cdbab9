using System.Diagnostics;
using System.Text.Json;
using Typed.Conformance;
using Typed.Conformance.Cases;
using Typed.Conformance.Metamorphic;
using Typed.Conformance.Running;

// Where the numbers of random plans begin, behind those of any file.
const int Plans = 50_000;
Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

// Warnings of queries (a checkpoint among temporary files, say) are no outcome of a case.
using IDisposable quiet = Typed.StreamingQueries.Listen(new() { OnWarning = _ => { } });
Stopwatch watch = Stopwatch.StartNew();
List<ConformanceCase> cases = [.. ConformanceCase.Read(arguments.Path).Where(arguments.Takes)];
IReadOnlyList<Outcome> outcomes = arguments.Metamorphic is int seed
    ? new MetamorphicRun(arguments.Settings, seed).Run([.. cases, .. RandomPlans.Make(seed, Plans, 60).Where(arguments.Takes)])
    : new SuiteRun(arguments.Settings).Run(cases);
foreach (Outcome failed in outcomes.Where(outcome => outcome.Result == Result.Failed))
    Console.WriteLine($"FAILED {failed.Case.Id} ({failed.Case.Feature})\n    {failed.Reason}");
foreach (IGrouping<string, Outcome> skipped in outcomes.Where(outcome => outcome.Result == Result.Skipped).GroupBy(outcome => outcome.Reason).OrderBy(group => group.Key))
    Console.WriteLine($"skipped {skipped.Count()}: {skipped.Key}");
foreach (IGrouping<string, Outcome> passed in outcomes.Where(outcome => outcome.Result == Result.Passed && outcome.Reason.Length > 0).GroupBy(outcome => outcome.Reason).OrderBy(group => group.Key))
    Console.WriteLine($"passed {passed.Count()}: {passed.Key}");
if (arguments.Report is string report)
{
    File.WriteAllText(report, JsonSerializer.Serialize(
        outcomes.Select(outcome => new { id = outcome.Case.Id, feature = outcome.Case.Feature, result = outcome.Result.ToString().ToLowerInvariant(), reason = outcome.Reason }),
        new JsonSerializerOptions { WriteIndented = true }));
}

int Count(Result result) => outcomes.Count(outcome => outcome.Result == result);
Console.WriteLine($"{watch.Elapsed.TotalSeconds:F1} s");
Console.WriteLine($"{Count(Result.Passed)} passed, {Count(Result.Failed)} failed, {Count(Result.Skipped)} skipped");
return Count(Result.Failed) == 0 ? 0 : 1;
