extern alias analyzers;
extern alias plans;

using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Tests.Fixes;
using Typed.Tests.House;
using PlanFileDiagnostics = plans::Typed.PlanFiles.PlanFileDiagnostics;

namespace Typed.Tests.Rules;

/// <summary>
/// The lists of diagnostics in the docs and in the release notes are made from the descriptors. With TYPED_REWRITE=1 in the environment the
/// tests write the files instead. The pages are written by hand, and <see cref="DiagnosticTableTests"/> holds them against the descriptors.
/// </summary>
public class DiagnosticFilesTests
{
    private const string TableHead = "| Id | Severity | Title | Fix |\n|---|---|---|---|\n";

    private static readonly (char Band, string Title, string Note)[] Sections =
    [
        ('0', "Records and pipelines", ""),
        ('1', "Time", ""),
        ('2', "State, output modes, joins", ""),
        ('3', "Keys, types, expressions", ""),
        ('4', "Determinism", ""),
        ('5', "State that was shipped", "Only in a project that keeps a [state baseline](../state-baseline.md).\n\n"),
        ('6', "Delivery and graph", ""),
    ];

    private static readonly ImmutableArray<DiagnosticDescriptor> Descriptors =
    [
        .. typeof(analyzers::Typed.Analyzers.PipelineAnalyzer).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
            .OrderBy(one => one.Id, StringComparer.Ordinal),
    ];

    [Fact]
    public void The_index_lists_every_diagnostic()
    {
        StringBuilder text = new("# Diagnostics\n\nWhat the compiler refuses, and why: each page says what would happen at run time and the usual ways out. Those with a fix can be mended by the editor, or by\n`dotnet format analyzers --diagnostics TYPEDnnnn`, all of a kind at once.\n");
        HashSet<string> fixable = [.. FixedProject.Fixes.SelectMany(fix => fix.FixableDiagnosticIds)];
        foreach ((char band, string title, string note) in Sections)
        {
            text.Append($"\n## {title}\n\n{note}{TableHead}");
            foreach (DiagnosticDescriptor one in Descriptors.Where(one => one.Id[5] == band))
                text.Append($"| [{one.Id}]({one.Id}.md) | {Severity(one)} | {one.Title} | {(fixable.Contains(one.Id) ? "yes" : "")} |\n");
        }

        text.Append("\n## Plan files\n\nSaid by the build where it writes [plan files](../plan-files.md); the compiler does not know them.\n\n").Append(TableHead);
        foreach (var one in PlanFileDiagnostics.All)
            text.Append($"| [{one.Id}]({one.Id}.md) | {one.Severity.ToLowerInvariant()} | {one.Title} |  |\n");

        IsAsCommitted(Checkout.At("docs", "diagnostics", "README.md"), text.ToString());
    }

    [Fact]
    public void The_release_notes_list_every_diagnostic_once()
    {
        string shipped = File.ReadAllText(Checkout.At("analyzers", "Typed.Analyzers", "AnalyzerReleases.Shipped.md"));
        string path = Checkout.At("analyzers", "Typed.Analyzers", "AnalyzerReleases.Unshipped.md");
        string[] head = [.. File.ReadLines(path).TakeWhile(line => !line.StartsWith("TYPED", StringComparison.Ordinal))];
        IEnumerable<string> lines = Descriptors.Where(one => !shipped.Contains(one.Id, StringComparison.Ordinal))
            .Select(one => $"{one.Id} | {one.Category} | {one.DefaultSeverity} | {one.Title}");
        IsAsCommitted(path, string.Concat(head.Concat(lines).Select(line => line + "\n")));
    }

    [Fact]
    public void Every_diagnostic_leads_to_its_page() =>
        Assert.All(Descriptors, one => Assert.Equal($"docs/diagnostics/{one.Id}.md", one.HelpLinkUri));

    private static string Severity(DiagnosticDescriptor one) =>
        one.DefaultSeverity == DiagnosticSeverity.Info ? "information" : one.DefaultSeverity.ToString().ToLowerInvariant();

    private static void IsAsCommitted(string path, string now)
    {
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
            File.WriteAllText(path, now);
        Assert.Equal(now, File.ReadAllText(path));
    }
}
