extern alias generator;

using generator::Typed.Generator.Incremental;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;

namespace Typed.Tests.Generator;

/// <summary>An edit makes the generator do over only what the edit concerns.</summary>
public class CachingTests
{
    private const string Record =
        """
        using System;
        using Typed;

        [StreamRecord]
        public readonly partial record struct Click(string User, int Count, [EventTime] DateTimeOffset Time);
        """;

    private const string Pipeline =
        """
        using Typed;

        [Pipeline(OutputMode.Append)]
        public sealed partial class Busy
        {
            public static Stream<Click> Define(Stream<Click> clicks) => clicks.Where(c => c.Count > 1);
        }
        """;

    private const string Elsewhere = "public static class Elsewhere { public static int One => 1; }";

    [Theory]
    [InlineData("public static class Elsewhere { public static int Two => 2; }")]
    [InlineData("// a comment")]
    [InlineData("public static class Elsewhere { public static int One => ; }")]
    public void An_edit_elsewhere_is_cached(string edited)
    {
        GeneratorRunResult run = RunAfterEdit(Elsewhere, edited);
        AssertUntouched(Reasons(run, StepNames.RecordSpec));
        AssertUntouched(Reasons(run, StepNames.PipelineSpec));
        Assert.All(Outputs(run), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_a_pipeline_leaves_records_alone()
    {
        GeneratorRunResult run = RunAfterEdit(Pipeline, Pipeline.Replace("> 1", "> 2"));
        AssertUntouched(Reasons(run, StepNames.RecordSpec));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(run, StepNames.PipelineSpec));
        Assert.Equal(1, Outputs(run).Count(reason => reason == IncrementalStepRunReason.Cached));
        Assert.Equal(1, Outputs(run).Count(reason => reason == IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void White_space_and_comments_in_a_pipeline_change_nothing()
    {
        GeneratorRunResult run = RunAfterEdit(Pipeline, Pipeline.Replace("clicks.Where(", "clicks\n    // only those\n    .Where("));
        AssertUntouched(Reasons(run, StepNames.PipelineSpec));
        Assert.All(Outputs(run), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_a_record_reaches_the_pipelines_that_use_it()
    {
        GeneratorRunResult run = RunAfterEdit(Record, Record.Replace("int Count", "long Count"));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(run, StepNames.RecordSpec));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(run, StepNames.PipelineSpec));
    }

    [Fact]
    public void An_outline_is_written_for_a_pipeline_with_an_error()
    {
        string wrong = Pipeline.Replace("clicks.Where(c => c.Count > 1)", "clicks.Skip(3)");
        CSharpCompilation compilation = CompiledSource.CreateCompilation(Record, wrong);
        GeneratorRunResult run = CompiledSource.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Equal(["Click.Record.g.cs", "Busy.Outline.g.cs"], run.GeneratedSources.Select(source => source.HintName));
        Assert.Empty(run.Diagnostics);
    }

    private static void AssertUntouched(IEnumerable<IncrementalStepRunReason> reasons)
    {
        Assert.NotEmpty(reasons);
        Assert.All(reasons, reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));
    }

    private static GeneratorRunResult RunAfterEdit(string before, string after)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(Record, Pipeline, Elsewhere);
        GeneratorDriver driver = CompiledSource.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        Assert.Equal(3, driver.GetRunResult().GeneratedTrees.Length);
        SyntaxTree old = compilation.SyntaxTrees.Single(tree => tree.ToString() == before);
        SyntaxTree edited = old.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(after, System.Text.Encoding.UTF8));
        return driver.RunGenerators(compilation.ReplaceSyntaxTree(old, edited), TestContext.Current.CancellationToken).GetRunResult().Results[0];
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult run, string step) =>
        run.TrackedSteps[step].SelectMany(one => one.Outputs).Select(output => output.Reason);

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRunResult run) =>
        run.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(one => one.Outputs).Select(output => output.Reason);
}
