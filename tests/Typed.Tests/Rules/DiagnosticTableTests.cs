extern alias analyzers;
extern alias plans;

using System.Collections.Immutable;
using System.Reflection;
using analyzers::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Tests.Compilation;
using Typed.Tests.House;
using Typed.Tests.Plan;
using PlanFileDiagnostics = plans::Typed.PlanFiles.PlanFileDiagnostics;

namespace Typed.Tests.Rules;

/// <summary>The table of diagnostics, the release notes, the pages and the tests hold the same ids.</summary>
public class DiagnosticTableTests
{
    private static readonly ImmutableArray<DiagnosticDescriptor> Descriptors =
    [
        .. typeof(analyzers::Typed.Analyzers.PipelineAnalyzer).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics),
    ];

    [Fact]
    public void Ids_are_unique_and_have_one_form()
    {
        Assert.Equal(Descriptors.Select(one => one.Id).Distinct(), Descriptors.Select(one => one.Id));
        Assert.All(Descriptors, one => Assert.Matches("^TYPED[0-9]{4}$", one.Id));
    }

    [Fact]
    public void Every_rule_that_is_declared_is_in_the_table()
    {
        IEnumerable<string> declared = typeof(DiagnosticRule).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(DiagnosticRule))
            .Select(field => ((DiagnosticRule)field.GetValue(null)!).Id);
        Assert.Equal(Diagnostics.All.Select(rule => rule.Id).Order(), declared.Order());
    }

    [Fact]
    public void Every_diagnostic_has_a_page_with_its_title_and_severity()
    {
        (string Id, string Title, string Severity)[] all =
        [
            .. Descriptors.Select(one => (one.Id, one.Title.ToString(), one.DefaultSeverity.ToString())),
            .. PlanFileDiagnostics.All.Select(one => (one.Id, one.Title, one.Severity)),
        ];
        foreach ((string id, string title, string severity) in all)
        {
            string path = Checkout.At("docs", "diagnostics", id + ".md");
            Assert.True(File.Exists(path), path + " is missing");
            string page = File.ReadAllText(path);
            Assert.StartsWith($"# {id}: {title}\n", page);
            Assert.Contains($"Severity: {(severity == "Info" ? "information" : severity.ToLowerInvariant())}\n", page);
            foreach (string part in (string[])["Cause", "What would happen", "Fix", "When to suppress"])
                Assert.Contains($"\n## {part}\n", page);
            foreach (string example in (string[])["Before", "After"])
                Assert.Contains($"\n{example}:\n\n```", page);
        }

        Assert.Equal(
            all.Select(one => one.Id).Order(),
            Directory.EnumerateFiles(Checkout.At("docs", "diagnostics"), "TYPED*.md").Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Fact]
    public void Every_diagnostic_has_an_entry_in_the_release_notes()
    {
        string[] entries =
        [
            .. new[] { "Shipped", "Unshipped" }
                .SelectMany(name => File.ReadAllLines(Checkout.At("analyzers", "Typed.Analyzers", $"AnalyzerReleases.{name}.md")))
                .Where(line => line.StartsWith("TYPED", StringComparison.Ordinal)),
        ];
        Assert.Equal(
            Descriptors.Select(one => $"{one.Id} | {one.Category} | {one.DefaultSeverity} | {one.Title}").Order(StringComparer.Ordinal),
            entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_diagnostic_is_expected_by_a_test_at_its_place() =>
        Assert.Empty(Descriptors.Select(one => one.Id).Except(AssertedDiagnostics.All()));

    [Theory]
    [InlineData("[Fact] public void Is() => Assert.Equal(\"TYPED0001 x\", Place(found));", true)]
    [InlineData("[Theory] [InlineData(\"rows\", \"TYPED0001 x\")] public void Is(string body, string expected) => Assert.Equal(expected, Found(body));", true)]
    [InlineData("private static readonly string[] Table = [\"TYPED0001 x\"]; [Fact] public void Is() => Assert.Equal(Table, Found());", true)]
    [InlineData("[Fact] public void Is() => Assert.Equal(\"TYPED0001\", found.Id);", false)]
    [InlineData("[Fact] public void Is() => Assert.DoesNotContain(\"TYPED0001 x\", found);", false)]
    [InlineData("[Fact] public void Is() => Assert.NotEqual(\"TYPED0001 x\", Place(found));", false)]
    [InlineData("[Fact] public void Is() => Assert.Contains(found, one => one != \"TYPED0001 x\");", false)]
    [InlineData("[Fact] public void Is() => Assert.True(found is not \"TYPED0001 x\");", false)]
    [InlineData("[Fact] public void Is() { /* \"TYPED0001 x\" */ }", false)]
    [InlineData("[Fact(Skip = \"slow\")] public void Is() => Assert.Equal(\"TYPED0001 x\", Place(found));", false)]
    [InlineData("[Fact] public void Is() { } private string Other() => \"TYPED0001 x\";", false)]
    [InlineData("private string Other = \"TYPED0001 x\";", false)]
    public void What_a_test_expects_is_told_from_what_it_mentions(string members, bool isExpected) =>
        Assert.Equal(isExpected ? ["TYPED0001"] : [], AssertedDiagnostics.In($"public class Tests {{ {members} }}"));

    [Fact]
    public void Messages_take_the_arguments_that_findings_have()
    {
        foreach (DiagnosticRule rule in Diagnostics.All)
        {
            Assert.DoesNotContain("{3}", rule.Message);
            Assert.EndsWith(rule.Message.EndsWith('}') ? "}" : ".", rule.Message);
        }
    }

    [Fact]
    public void Every_error_is_reported_once_and_nothing_is_generated()
    {
        string source = PlanReading.Records + PlanReading.Pipeline("rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))");
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Diagnostic error = Assert.Single(compiled.Errors);
        Assert.Equal("TYPED1001", error.Id);
        Assert.Equal("GroupBy", error.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(error.Location.SourceSpan));
        Assert.Equal(
            "'GroupBy' will never write a row: in append mode a group is written once it is finished, and no watermark says when that is. "
            + "Call WithWatermark(x => x.Time, \"10 minutes\") and group by a window as well, or use OutputMode.Update.",
            error.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["Query.Outline.g.cs"], compiled.GeneratedSources.Keys.Where(name => name.Contains("Query")).Select(name => name.Split('-').Last()));
    }

    [Fact]
    public void A_good_pipeline_is_generated_and_nothing_is_said()
    {
        string source = PlanReading.Records + PlanReading.Pipeline("rows.Where(p => p.Quantity > 1).Select(p => new Result(p.UserId, 1))")
            .Replace(", Stream<Purchase> more, Table<Product> products", "");
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Assert.Empty(compiled.Diagnostics.Where(one => one.Id.StartsWith("TYPED", StringComparison.Ordinal)));
        Assert.Contains(compiled.GeneratedSources.Keys, name => name.Contains("Query"));
    }
}
