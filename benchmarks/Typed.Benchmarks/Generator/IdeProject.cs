using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Typed.Benchmarks.Generator;

/// <summary>A project of 200 records and 50 pipelines, each in a file of its own: windows, joins, deduplication, rows that go through a method of the project.</summary>
internal static class IdeProject
{
    public const int Records = 200;
    public const int Pipelines = 50;

    public static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    /// <param name="references">The framework and Typed.</param>
    public static CSharpCompilation Create(IEnumerable<MetadataReference> references) => CSharpCompilation.Create(
        "Project",
        Sources().Select((text, number) => CSharpSyntaxTree.ParseText(text, Options, $"File{number}.cs", Encoding.UTF8)),
        references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The file of a record.</summary>
    public static SyntaxTree Record(CSharpCompilation project, int number) => project.SyntaxTrees[number];

    /// <summary>The file of a pipeline.</summary>
    public static SyntaxTree Pipeline(CSharpCompilation project, int number) => project.SyntaxTrees[Records + number];

    /// <summary>The file that has to do with none of them.</summary>
    public static SyntaxTree Unrelated(CSharpCompilation project) => project.SyntaxTrees[Records + Pipelines];

    /// <summary>Types something into a file.</summary>
    public static CSharpCompilation Edit(CSharpCompilation project, SyntaxTree file, string before, string after)
    {
        string text = file.ToString();
        string edited = text.Replace(before, after, StringComparison.Ordinal);
        return edited == text
            ? throw new ArgumentException($"'{before}' is not in {file.FilePath}.")
            : project.ReplaceSyntaxTree(file, file.WithChangedText(SourceText.From(edited, Encoding.UTF8)));
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
                    public static Stream<Event{{i}}> Define(Stream<Event{{i + 1}}> events, Stream<Event{{i + 51}}> others) => events
                        .Where(e => e.Amount > 10 && e.Category != "none")
                {{Rest(i)}}
                }
                """;
        }

        yield return "internal static class Unrelated { public static int Of(int x) => x + 0; }";
        yield return "using System;\nnamespace Shop.Pipelines;\ninternal static class Rules { public static bool IsLarge(decimal amount, string category) => amount > 1000 && !category.StartsWith(\"x\", StringComparison.Ordinal); }";
    }

    private static string Rest(int number) => (number % 4) switch
    {
        0 => $"""
                    .Union(others.Where(o => o.Amount > 1).Select(o => new Event{number + 1}(o.Id, o.UserId, o.Category, o.Amount, o.Count, o.Time)))
                    .WithWatermark(e => e.Time, "10 minutes")
                    .GroupBy(e => e.Category, Window.Sliding("1 hour", every: "5 minutes"))
                    .Select(g => new Event{number}("total", null, g.Key, g.Sum(e => e.Amount), (int)g.Count(), g.Window.End));
            """,
        1 => $"""
                    .WithWatermark(e => e.Time, "10 minutes")
                    .Join(others.WithWatermark(o => o.Time, "20 minutes"), on: (e, o) => e.Id == o.Id && o.Time >= e.Time && o.Time <= e.Time + TimeSpan.FromHours(1),
                        select: (e, o) => new Event{number}(e.Id, o.UserId, e.Category, e.Amount + o.Amount, o.Count, e.Time));
            """,
        2 => $"""
                    .Union(others.Select(o => new Event{number + 1}(o.Id, o.UserId, o.Category, o.Amount, o.Count, o.Time)))
                    .WithWatermark(e => e.Time, "10 minutes")
                    .DropDuplicatesWithinWatermark(e => e.Id)
                    .Select(e => new Event{number}(e.Id.Trim(), e.UserId, e.Category.ToUpperInvariant(), e.Amount * 2, e.Count + 1, e.Time));
            """,
        _ => $"""
                    .Where(e => Rules.IsLarge(e.Amount, e.Category))
                    .Union(others.Select(o => new Event{number + 1}(o.Id, o.UserId, o.Category, o.Amount, o.Count, o.Time)))
                    .WithWatermark(e => e.Time, "10 minutes")
                    .GroupBy(e => e.UserId ?? "", Window.Session("10 minutes"))
                    .Select(g => new Event{number}("session", g.Key, "", g.Max(e => e.Amount), (int)g.Count(), g.Window.End));
            """,
    };
}
