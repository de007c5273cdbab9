extern alias generator;

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Typed.Benchmarks.Generator;

/// <summary>
/// What the generator costs in the IDE, for a project of 200 records and 50 pipelines: from nothing, after an edit that has nothing to
/// do with any of them, after an edit of one lambda. The time of binding that Roslyn needs anyway after an edit is part of
/// it, as it is in the IDE.
/// </summary>
internal static class GeneratorBenchmark
{
    private const int Records = 200;
    private const int Pipelines = 50;

    public static void Run()
    {
        CSharpParseOptions options = new(LanguageVersion.Latest);
        SyntaxTree[] trees = [.. Sources().Select((text, number) => CSharpSyntaxTree.ParseText(text, options, $"File{number}.cs"))];
        CSharpCompilation project = CSharpCompilation.Create(
            "Project",
            trees,
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        List<double> cold = [];
        List<double> unrelated = [];
        List<double> lambda = [];
        for (int round = 0; round < 7; round++)
        {
            CSharpCompilation fresh = project.WithAssemblyName($"Project{round}");
            GeneratorDriver driver = CSharpGeneratorDriver.Create([new generator::Typed.Generator.TypedGenerator().AsSourceGenerator()], parseOptions: options);
            cold.Add(Time(() => driver = driver.RunGenerators(fresh)));
            GeneratorDriverRunResult result = driver.GetRunResult();
            if (result.GeneratedTrees.Length != Records + Pipelines)
                throw new InvalidOperationException($"{result.GeneratedTrees.Length} files were generated for {Records} records and {Pipelines} pipelines.", result.Results[0].Exception);
            CSharpCompilation edited = fresh.ReplaceSyntaxTree(trees[^1], CSharpSyntaxTree.ParseText($"internal static class Unrelated {{ public static int Of(int x) => x + {round}; }}", options, trees[^1].FilePath));
            unrelated.Add(Time(() => driver = driver.RunGenerators(edited)));
            SyntaxTree pipeline = trees[Records];
            CSharpCompilation typed = edited.ReplaceSyntaxTree(pipeline, pipeline.WithChangedText(SourceText.From(pipeline.ToString().Replace("> 10", $"> {11 + round}", StringComparison.Ordinal), Encoding.UTF8)));
            lambda.Add(Time(() => driver = driver.RunGenerators(typed)));
        }

        Print("cold", cold);
        Print("unrelated edit", unrelated);
        Print("one lambda edited", lambda);
    }

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Print(string what, List<double> millis)
    {
        // The first round compiles the generator itself.
        double first = millis[0];
        millis.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"generator     {what,-18} median {millis[millis.Count / 2],8:F1} ms   first {first,8:F1} ms   ({Records} records, {Pipelines} pipelines)"));
    }

    private static IEnumerable<string> Sources()
    {
        for (int i = 0; i < Records; i++)
        {
            yield return $$"""
                using System;
                using Typed;
                namespace Shop.Records;
                [StreamRecord]
                public readonly partial record struct Event{{i}}(string Id, string? UserId, string Category, [Precision(10, 2)] decimal Amount, int Count, [EventTime] DateTimeOffset Time);
                """;
        }

        for (int i = 0; i < Pipelines; i++)
        {
            yield return $$"""
                using System;
                using Typed;
                using Shop.Records;
                namespace Shop.Pipelines;
                [Pipeline(OutputMode.Append)]
                public sealed partial class Totals{{i}}
                {
                    public static Stream<Event{{i}}> Define(Stream<Event{{i + 1}}> events) => events
                        .Where(e => e.Amount > 10 && e.Category != "none")
                        .WithWatermark(e => e.Time, "10 minutes")
                        .GroupBy(e => e.Category, Window.Sliding("1 hour", every: "5 minutes"))
                        .Select(g => new Event{{i}}("total", null, g.Key, g.Sum(e => e.Amount), (int)g.Count(), g.Window.End));
                }
                """;
        }

        yield return "internal static class Unrelated { public static int Of(int x) => x; }";
    }
}
