extern alias analyzers;
extern alias generator;

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Benchmarks.State;

namespace Typed.Benchmarks.Generator;

/// <summary>
/// What generator and analyzers cost in an editor, for a project of 200 records and 50 pipelines: from nothing; after an edit that changes nothing for them; after one in a
/// lambda; after one in a record. After an edit the analyzers look at the file that was edited, as an editor has them do. What the compiler itself needs to bind what they ask
/// for is part of the time, as it is there; beside it stands what the compiler needs for the file without them.
/// </summary>
internal static class IdeBenchmark
{
    private const int Rounds = 15;
    private const double MostCold = 2000;
    private const double MostPerEdit = 50;

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
    [
        .. typeof(analyzers::Typed.Analyzers.PipelineAnalyzer).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static readonly (string Name, Func<CSharpCompilation, SyntaxTree> File, string Before, Func<int, string> After)[] s_edits =
    [
        ("nothing of ours", IdeProject.Unrelated, "x + 0", round => $"x + {round + 1}"),
        ("one lambda", project => IdeProject.Pipeline(project, 7), "e.Amount > 10", round => $"e.Amount > {11 + round}"),
        ("one record", project => IdeProject.Record(project, 7), "Precision(10, 2)", round => $"Precision({11 + round}, 2)"),
    ];

    public static void Run()
    {
        CSharpCompilation project = IdeProject.Create(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)));
        List<Cost> cold = [];
        Dictionary<string, List<Cost>> edits = s_edits.ToDictionary(edit => edit.Name, _ => new List<Cost>());
        for (int round = 0; round < Rounds; round++)
        {
            CSharpCompilation fresh = project.WithAssemblyName($"Project{round}");
            GeneratorDriver driver = CSharpGeneratorDriver.Create([new generator::Typed.Generator.TypedGenerator().AsSourceGenerator()], parseOptions: IdeProject.Options);
            Microsoft.CodeAnalysis.Compilation updated = fresh;
            Cost cost = new();
            cost.Generator = Time(() => driver = driver.RunGeneratorsAndUpdateCompilation(fresh, out updated, out _), out cost.OfProcessor);
            Check(driver.GetRunResult());

            // In a new compilation, so that nothing is bound yet; the compiler's part comes last of all.
            Microsoft.CodeAnalysis.Compilation unbound = updated.Clone();
            cost.Analyzers = Time(() => Analyzed(unbound).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
            Microsoft.CodeAnalysis.Compilation alone = updated.Clone();
            cost.Compiler = Time(() => alone.GetDiagnostics());
            cold.Add(cost);
            foreach ((string name, Func<CSharpCompilation, SyntaxTree> file, string before, Func<int, string> after) in s_edits)
                edits[name].Add(Edit(driver, fresh, file(fresh), before, after(round)));
        }

        Console.WriteLine($"ide           {IdeProject.Records} records, {IdeProject.Pipelines} pipelines; milliseconds: median of {Rounds} (most), the first round apart, in which all is compiled");
        Print("cold", cold, MostCold);
        foreach ((string name, List<Cost> costs) in edits)
            Print("edit: " + name, costs, MostPerEdit);
    }

    private static Cost Edit(GeneratorDriver driver, CSharpCompilation project, SyntaxTree file, string before, string after)
    {
        CSharpCompilation edited = IdeProject.Edit(project, file, before, after);
        SyntaxTree now = edited.SyntaxTrees.Single(tree => tree.FilePath == file.FilePath);
        Microsoft.CodeAnalysis.Compilation updated = edited;
        Cost cost = new();
        cost.Generator = Time(() => driver.RunGeneratorsAndUpdateCompilation(edited, out updated, out _), out cost.OfProcessor);
        Microsoft.CodeAnalysis.Compilation unbound = updated.Clone();
        cost.Analyzers = Time(() =>
        {
            CompilationWithAnalyzers analyzed = Analyzed(unbound);
            analyzed.GetAnalyzerSyntaxDiagnosticsAsync(now, CancellationToken.None).GetAwaiter().GetResult();
            analyzed.GetAnalyzerSemanticDiagnosticsAsync(unbound.GetSemanticModel(now), null, CancellationToken.None).GetAwaiter().GetResult();
        });
        Microsoft.CodeAnalysis.Compilation alone = updated.Clone();
        cost.Compiler = Time(() => alone.GetSemanticModel(now).GetDiagnostics());
        return cost;
    }

    private static CompilationWithAnalyzers Analyzed(Microsoft.CodeAnalysis.Compilation compilation) =>
        new(compilation, s_analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));

    private static void Check(GeneratorDriverRunResult result)
    {
        // A pipeline is written in two files: its operators, and what is said of them.
        const int Files = IdeProject.Records + (2 * IdeProject.Pipelines);
        if (result.GeneratedTrees.Length != Files)
            throw new InvalidOperationException($"{result.GeneratedTrees.Length} files were generated and not {Files}.", result.Results[0].Exception);
    }

    private static double Time(Action run) => Time(run, out _);

    private static double Time(Action run, out double ofProcessor)
    {
        double used = ThreadClock.Milliseconds;
        long start = Stopwatch.GetTimestamp();
        run();
        double millis = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        ofProcessor = ThreadClock.Milliseconds - used;
        return millis;
    }

    private static void Print(string what, List<Cost> costs, double most)
    {
        double[] sums = [.. costs.Skip(1).Select(cost => cost.Generator + cost.Analyzers).Order()];
        double median = sums[sums.Length / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ide           {what,-22} generator {Median(costs, cost => cost.Generator)} (processor {Median(costs, cost => cost.OfProcessor)}), analyzers {Median(costs, cost => cost.Analyzers)}, both {median,6:F1} ({sums[^1]:F1}); first {costs[0].Generator + costs[0].Analyzers,7:F1}; the compiler alone {Median(costs, cost => cost.Compiler)}; at most {most} ms: {(median <= most ? "holds" : "MISSED")}"));
    }

    private static string Median(List<Cost> costs, Func<Cost, double> part)
    {
        double[] sorted = [.. costs.Skip(1).Select(part).Order()];
        return sorted[sorted.Length / 2].ToString("F1", CultureInfo.InvariantCulture).PadLeft(6);
    }

    private sealed class Cost
    {
        public double Generator;
        public double OfProcessor;
        public double Analyzers;
        public double Compiler;
    }
}
