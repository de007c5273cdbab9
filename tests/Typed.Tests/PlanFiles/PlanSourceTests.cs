extern alias generator;

using generator::Typed.Generator.Incremental;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Tests.Compilation;

namespace Typed.Tests.PlanFiles;

/// <summary>What the generator says of where a pipeline is written.</summary>
public sealed class PlanSourceTests
{
    [Theory]
    [InlineData("/home/a/shop/Hours.cs", "/home/a/shop/", "Hours.cs")]
    [InlineData("/home/a/shop/Stalls/Hours.cs", "/home/a/shop/", "Stalls/Hours.cs")]
    [InlineData("/home/a/shared/Hours.cs", "/home/a/shop/", "../shared/Hours.cs")]
    [InlineData("C:\\shop\\Stalls\\Hours.cs", "c:\\shop\\", "Stalls/Hours.cs")]
    [InlineData("D:\\other\\Hours.cs", "C:\\shop\\", "Hours.cs")]
    [InlineData("Hours.cs", "/home/a/shop/", "Hours.cs")]
    public void A_path_begins_at_the_project(string path, string folder, string relative) => Assert.Equal(relative, PlanFileSource.Relative(path, folder));

    [Fact]
    public void It_is_said_where_plan_files_are_wanted_and_nowhere_else()
    {
        Assert.EndsWith("\"\"\", Source = \"Stalls/Hours.cs\")]\npartial class Hours\n{\n}\n", Generated("/a/shop/", "true"));
        Assert.EndsWith("\"\"\")]\npartial class Hours\n{\n}\n", Generated("/a/shop/", "false"));

        // On another machine the same.
        Assert.Equal(Generated("/a/shop/", "true"), Generated("/b/c/", "true"));
    }

    [Fact]
    public void An_edit_elsewhere_makes_no_plan_again()
    {
        CSharpCompilation compilation = Compilation("/a/shop/");
        GeneratorDriver driver = Driver("/a/shop/", "true").RunGenerators(compilation, TestContext.Current.CancellationToken);
        GeneratorRunResult run = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Elsewhere;", CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest), "/a/shop/Elsewhere.cs", System.Text.Encoding.UTF8, cancellationToken: TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken)
            .GetRunResult().Results[0];
        Assert.All(run.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs), output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    private static string Generated(string project, string emit) => Driver(project, emit).RunGenerators(Compilation(project), TestContext.Current.CancellationToken).GetRunResult().Results[0]
        .GeneratedSources.Single(source => source.HintName == "Hours.Plan.g.cs").SourceText.ToString();

    private static CSharpCompilation Compilation(string project)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlannedSource.Hours);
        SyntaxTree tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == "Source0.cs");
        return compilation.ReplaceSyntaxTree(tree, tree.WithFilePath(project + "Stalls/Hours.cs"));
    }

    private static GeneratorDriver Driver(string project, string emit) =>
        CompiledSource.CreateDriver().WithUpdatedAnalyzerConfigOptions(new Options(new() { ["build_property.ProjectDir"] = project, ["build_property.TypedEmitPlans"] = emit }));

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
        }
    }
}
