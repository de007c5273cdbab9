using Typed.Conformance.Cases;
using Typed.Conformance.Running;

namespace Typed.Tests.Conformance;

/// <summary>A handful of cases through the whole way: written as C#, generated, compiled, run, compared. All of them are run by the project Typed.Conformance.</summary>
public sealed class RunnerTests
{
    private static readonly string[] Few =
    [
        "window-010", "wm-004", "wm-005", "agg-append-006", "agg-complete-003", "agg-complete-004", "static-005", "limit-008", "union-001", "file-001",
        "malformed-001", "delay-008", "delay-neg-003", "plan-109", "plan-171", "plan-184", "plan-200",
    ];

    [Theory]
    [InlineData(null, false)]
    [InlineData(1, true)]
    public void A_handful_of_cases_pass(int? batchSize, bool restarts)
    {
        IReadOnlyList<Outcome> outcomes = Run(new Settings(batchSize, restarts), ConformanceCase.Read(CasesPath).Where(one => Few.Contains(one.Id)));
        Assert.Equal(Few.Length, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.True(outcome.Result == Result.Passed, $"{outcome.Case.Id}: {outcome.Reason}"));
    }

    [Fact]
    public void A_handful_of_cases_pass_with_other_numbers_of_workers_at_each_start()
    {
        IReadOnlyList<Outcome> outcomes = Run(new Settings(2, true) { Workers = [2, 7, 1] }, ConformanceCase.Read(CasesPath).Where(one => Few.Contains(one.Id)));
        Assert.All(outcomes, outcome => Assert.True(outcome.Result == Result.Passed, $"{outcome.Case.Id}: {outcome.Reason}"));
    }

    [Fact]
    public void A_wrong_expectation_fails()
    {
        ConformanceCase one = ConformanceCase.Read(CasesPath).First(one => one.Id == "window-001");
        ConformanceCase wrong = one with { Steps = [one.Steps[0], System.Text.Json.JsonDocument.Parse("""{"expect_output": [[1459107570000, 1459107580000, 2]], "kind": "update"}""").RootElement] };
        Outcome outcome = Assert.Single(Run(new Settings(null, false), [wrong]));
        Assert.Equal(Result.Failed, outcome.Result);
        Assert.Contains("expected rows [[1459107570000, 1459107580000, 2]]", outcome.Reason);
        Assert.Contains("[[1459107570000, 1459107580000, 1]]", outcome.Reason);
    }

    private static string CasesPath => Environment.GetEnvironmentVariable("TYPED_CONFORMANCE") is { Length: > 0 } folder
        ? Path.Combine(folder, "cases.json")
        : Path.Combine(AppContext.BaseDirectory, "Cases", "cases.json");

    private static IReadOnlyList<Outcome> Run(Settings settings, IEnumerable<ConformanceCase> cases) => new SuiteRun(settings).Run([.. cases]);
}
