using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Typed.Conformance.Cases;
using Typed.Conformance.Compilation;
using Typed.Conformance.Facts;
using Typed.Conformance.Plans;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Running;

/// <summary>Runs the cases of a file: writes all as C#, compiles them in portions, and executes each portion when it is compiled, a portion on each core.</summary>
/// <param name="settings">How to run them.</param>
internal sealed class SuiteRun(Settings settings)
{
    private const int CasesPerAssembly = 80;
    private readonly ConcurrentDictionary<int, Outcome> _outcomes = [];

    /// <summary>Runs the cases; the outcomes come in their order.</summary>
    public IReadOnlyList<Outcome> Run(IReadOnlyList<ConformanceCase> cases)
    {
        List<(ConformanceCase Case, WrittenPlan Plan, string Source)> written = [];
        foreach (ConformanceCase one in cases)
        {
            if (LaterOperators.Find(one) is string later)
                Done(one, Result.Skipped, later);
            else if (!FactCases.TryRun(one, out Outcome? fact))
                Write(one, written);
            else
                _outcomes[one.Number] = fact;
        }

        // Refused plans apart: their errors make the others of an assembly compile twice.
        IEnumerable<(ConformanceCase Case, WrittenPlan Plan, string Source)[]> portions =
            written.Where(entry => entry.Case.ExpectedError is null).Chunk(CasesPerAssembly)
                .Concat(written.Where(entry => entry.Case.ExpectedError is not null).Chunk(CasesPerAssembly));
        Parallel.ForEach(
            portions,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            portion => RunPortion(portion));
        return [.. cases.Select(one => _outcomes[one.Number])];
    }

    private static string OutputMode(JsonElement query) => query.Text("output_mode") switch
    {
        "update" => "Update",
        "complete" => "Complete",
        "append" or "n/a" or null => "Append",
        string other => throw new CaseException($"the output mode '{other}' is not known"),
    };

    // What is started in place of the query at a restart.
    private static JsonElement? ChangedQuery(ConformanceCase one) =>
        one.Steps.Select(step => step.Get("restart")?.Get("query")).FirstOrDefault(query => query is not null);

    private void Write(ConformanceCase one, List<(ConformanceCase Case, WrittenPlan Plan, string Source)> written)
    {
        try
        {
            WrittenPlan plan = PlanWriter.Write(one.Query);
            (WrittenPlan, string)? changed = ChangedQuery(one) is JsonElement query ? (PlanWriter.Write(query), OutputMode(query)) : null;
            written.Add((one, plan, CaseSource.Write(one, plan, OutputMode(one.Query), changed)));
        }
        catch (NoFormException e) when (one.ExpectedError is string rule)
        {
            if (Refusals.NoForm.TryGetValue(rule, out string? reason))
                Done(one, Result.Passed, $"no form: {reason}");
            else
                Done(one, Result.Failed, $"expected a refusal by rule '{rule}'\n    seen     a plan that cannot be written: {e.Message}");
        }
        catch (NoFormException e) when (Refusals.OrdinaryCode.TryGetValue(e.Message, out string? reason))
        {
            Done(one, Result.Passed, $"no form: {reason}");
        }
        catch (Exception e) when (e is NoFormException or CaseException)
        {
            Done(one, Result.Failed, $"the plan cannot be written: {e.Message}");
        }
    }

    private void RunPortion(IReadOnlyList<(ConformanceCase Case, WrittenPlan Plan, string Source)> portion)
    {
        CompiledCases compiled = CompiledCases.Compile(portion.ToDictionary(entry => entry.Case.Number, entry => entry.Source), load: true);
        if (compiled.CommonErrors.Count > 0 && portion.Count > 1)
        {
            // What breaks the whole compilation, such as a generator that crashes, has to be pinned on the case that causes it.
            RunPortion([.. portion.Take(portion.Count / 2)]);
            RunPortion([.. portion.Skip(portion.Count / 2)]);
            return;
        }

        foreach ((ConformanceCase one, WrittenPlan plan, string source) in portion)
        {
            IReadOnlyList<Diagnostic> errors = compiled.Errors(one.Number);
            if (compiled.CommonErrors.Count > 0)
                Done(one, Result.Failed, "it does not compile: " + string.Join("; ", compiled.CommonErrors.Take(3)));
            else if (errors.Count > 0)
                Refused(one, errors, source, compiled.Generated(one.Number));
            else if (one.Steps.All(step => step.Has("expect_supported")))
                Done(one, Result.Passed, "");
            else
                Execute(one, plan, compiled.Create(one.Number), ChangedQuery(one) is null ? null : compiled.CreateChanged(one.Number));
        }
    }

    private void Refused(ConformanceCase one, IReadOnlyList<Diagnostic> errors, string source, string generated)
    {
        string seen = string.Join("\n             ", errors.Take(4).Select(error => error.ToString()));
        if (one.ExpectedError is not string rule)
        {
            Done(one, Result.Failed, $"it does not compile: {seen}\n{source}\n{generated}");
            return;
        }

        bool byTyped = errors.Any(error => error.Descriptor.CustomTags.Contains("conformance:" + rule));
        // In the query itself: what uses the pipeline does not compile either once nothing is generated.
        int query = source.IndexOf(CaseSource.ProgramDeclaration, StringComparison.Ordinal);
        bool byCSharp = Refusals.ByCSharp.ContainsKey(rule)
            && errors.Any(error => error.Id.StartsWith("CS", StringComparison.Ordinal) && error.Location.SourceSpan.Start < query);
        if (byTyped || byCSharp)
            Done(one, Result.Passed, byTyped ? "refused at build time" : "refused by C#: " + Refusals.ByCSharp[rule]);
        else
            Done(one, Result.Failed, $"expected a refusal by rule '{rule}'\n    seen     {seen}\n{source}");
    }

    private void Execute(ConformanceCase one, WrittenPlan plan, CaseProgram program, CaseProgram? changed)
    {
        try
        {
            RunAsync(one, plan, program, changed).GetAwaiter().GetResult();
            Done(one, Result.Passed, settings.RestartEveryBatch && !CaseRun.RestartsChangeNothing(plan) ? "not restarted: several watermark nodes begin anew (semantics 2.1.7)" : "");
        }
        catch (QueryStartException e) when (e.Rule == one.ExpectedError)
        {
            Done(one, Result.Passed, "refused at start");
        }
        catch (Exception e) when (e is MismatchException or CaseException)
        {
            Done(one, Result.Failed, e.Message);
        }
        catch (Exception e)
        {
            Done(one, Result.Failed, e.ToString());
        }
    }

    private async Task RunAsync(ConformanceCase one, WrittenPlan plan, CaseProgram program, CaseProgram? changed)
    {
        await using CaseRun run = new(one, plan, program, settings) { Changed = changed };
        await run.RunAsync();
    }

    private void Done(ConformanceCase one, Result result, string reason) => _outcomes[one.Number] = new Outcome(one, result, reason);
}
