using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Typed.Tests.Compilation;

namespace Typed.Tests.House;

/// <summary>
/// The C# in README and docs compiles. A block that declares types is taken as it stands; any other is a fragment, which is put into a
/// method where the names that the pages use exist (<see cref="Names"/>). Pages of diagnostics show code that must not compile: those
/// are the rules' own tests. The page about tests shows those of a sample, whose project is built and run with all others.
/// </summary>
public sealed partial class DocumentationTests
{
    private const string Names = """
        using Typed;
        using static Typed.Durations;

        [StreamRecord] public readonly partial record struct Event(
            string EventId, string? UserId, string? CustomerId, string Type, string Platform, decimal Amount, int Day, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Flight([EventTime] DateTimeOffset Scheduled, int Delay, string Origin);
        [StreamRecord] public readonly partial record struct Sale(string Category, decimal Amount, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Order(string Id, string OrderId, string CustomerId, decimal Amount, List<Item> Items);
        [StreamRecord] public readonly partial record struct Item(string Sku, int Count);
        [StreamRecord] public readonly partial record struct Line(string OrderId, string Sku, int Count);
        [StreamRecord] public readonly partial record struct Customer(string Id, string Segment);
        [StreamRecord] public readonly partial record struct Enriched(string OrderId, string? Segment, decimal Amount);
        [StreamRecord] public readonly partial record struct Visits(string Page, long Count);
        [StreamRecord] public readonly partial record struct Total(DateTimeOffset Start, string Category, long Sales, decimal Revenue);
        """;

    private const string Scope =
        "Stream<Event> events, Stream<Event> web, Stream<Event> mobile, Stream<Flight> flights, Stream<Sale> sales, Stream<Order> orders, "
        + "Table<Customer> customers, Stream<Visits> counts, PipelineStart<Visits> start";

    private const string TestingPage = "docs/testing.md";

    public static TheoryData<string> Pages()
    {
        TheoryData<string> pages = [];
        foreach (string page in Directory.EnumerateFiles(Checkout.At("docs"), "*.md", SearchOption.AllDirectories).Append(Checkout.At("README.md")))
        {
            string name = Path.GetRelativePath(Checkout.Root, page).Replace('\\', '/');
            if (!name.StartsWith("docs/diagnostics/", StringComparison.Ordinal) && name != TestingPage && File.ReadAllText(page).Contains("```csharp", StringComparison.Ordinal))
                pages.Add(name);
        }

        return pages;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_code_compiles(string page)
    {
        StringBuilder types = new("using Typed;\n");
        StringBuilder fragments = new("using Typed;\nusing static Typed.Durations;\n#pragma warning disable\ninternal static class Fragments\n{\n");
        int number = 0;
        foreach (Match block in CodeBlock().Matches(File.ReadAllText(Checkout.At(page))))
        {
            string code = block.Groups[1].Value;
            if (code.Contains("[StreamRecord]", StringComparison.Ordinal) || code.Contains("[Pipeline", StringComparison.Ordinal))
                types.Append(code);
            else
                fragments.Append("static async Task Block").Append(number++).Append('(').Append(Scope).Append(")\n{\n").Append(Statements(code)).Append("}\n");
        }

        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(Names, types.ToString(), fragments.Append("}\n").ToString());
        Diagnostic[] errors = [.. compiled.Errors];
        Assert.True(errors.Length == 0, $"{page}:\n{string.Join('\n', errors.Select(error => error.ToString()))}");
    }

    /// <summary>What a page shows as a whole pipeline runs: over rows made up for its records it comes to its end, and writes. Those of custom state have tests of their own.</summary>
    [Theory]
    [InlineData("docs/operators/deduplication.md")]
    [InlineData("docs/operators/joins.md")]
    [InlineData("docs/operators/outputs.md")]
    [InlineData("docs/operators/sessions.md")]
    [InlineData("docs/operators/top-and-last.md")]
    [InlineData("docs/operators/watermarks.md")]
    public async Task Its_pipelines_run(string page)
    {
        StringBuilder types = new("using Typed;\n");
        foreach (Match block in CodeBlock().Matches(File.ReadAllText(Checkout.At(page))))
        {
            if (block.Groups[1].Value.Contains("[StreamRecord]", StringComparison.Ordinal) || block.Groups[1].Value.Contains("[Pipeline", StringComparison.Ordinal))
                types.Append(block.Groups[1].Value);
        }

        using CompiledSource compiled = CompiledSource.Compile(Names, types.ToString());
        Type[] pipelines = [.. PageRun.Pipelines(compiled.Assembly)];
        Assert.NotEmpty(pipelines);
        foreach (Type pipeline in pipelines)
        {
            QueryTotals totals = await PageRun.RunAsync(pipeline, TestContext.Current.CancellationToken);
            Assert.True(totals.InputRows > 0 && totals.OutputRows > 0, $"{page}: {pipeline.Name} read {totals.InputRows} rows and wrote {totals.OutputRows}");
        }
    }

    [Fact]
    public void The_tests_it_shows_are_run()
    {
        string tests = string.Concat(Directory.EnumerateFiles(Checkout.At("samples", "DelayStorms.Tests"), "*.cs").Select(File.ReadAllText));
        MatchCollection blocks = CodeBlock().Matches(File.ReadAllText(Checkout.At(TestingPage)));
        Assert.NotEmpty(blocks);
        foreach (Match block in blocks)
        {
            // Types stand as they are, all else in a method.
            string indent = block.Groups[1].Value.StartsWith("public ", StringComparison.Ordinal) ? "" : "        ";
            Assert.Contains(string.Concat(block.Groups[1].Value.TrimEnd().Split('\n').Select(line => $"{indent}{line}\n")), tests);
        }
    }

    [Fact]
    public void Links_lead_somewhere()
    {
        List<string> broken = [];
        foreach (string page in Directory.EnumerateFiles(Checkout.At("docs"), "*.md", SearchOption.AllDirectories).Append(Checkout.At("README.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
                    broken.Add($"{Path.GetRelativePath(Checkout.Root, page)} -> {target}");
            }
        }

        Assert.Empty(broken);
    }

    /// <summary>A fragment as statements: one begins at each line without indentation; one that begins with a dot goes on from a pipeline's start.</summary>
    private static string Statements(string code)
    {
        if (code.Contains(';', StringComparison.Ordinal))
            return code;
        StringBuilder text = new();
        foreach (string line in code.TrimEnd().Split('\n'))
        {
            if (line.Length > 0 && line[0] is not (' ' or '}' or ')'))
                text.Append(text.Length == 0 ? "" : ";\n").Append("_ = ").Append(line[0] == '.' ? "start" : "");
            else
                text.Append('\n');
            text.Append(line);
        }

        return text.Append(";\n").ToString();
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
