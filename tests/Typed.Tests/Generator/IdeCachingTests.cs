extern alias generator;

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using generator::Typed.Generator.Incremental;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Benchmarks.Generator;
using Typed.Tests.Compilation;

namespace Typed.Tests.Generator;

/// <summary>A project of 200 records and 50 pipelines, which wants plan files and tests itself: an edit makes the generator write only what it changes.</summary>
public class IdeCachingTests
{
    private static readonly string[] Steps = [StepNames.RecordSpec, StepNames.PipelineSpec, StepNames.OwnHarness];

    private static readonly Lazy<(CSharpCompilation Project, GeneratorDriver Driver)> Generated = new(() =>
    {
        CSharpCompilation project = IdeProject.Create(CompiledSource.ReferencesTo("Typed.dll", "Typed.Files.dll", "Typed.Testing.dll"));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new generator::Typed.Generator.TypedGenerator().AsSourceGenerator()],
            parseOptions: IdeProject.Options,
            optionsProvider: new Options(),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return (project, driver.RunGenerators(project));
    });

    [Fact]
    public void Everything_is_written_once()
    {
        GeneratorRunResult run = Generated.Value.Driver.GetRunResult().Results[0];
        Assert.Null(run.Exception);
        Assert.Equal(IdeProject.Records + (3 * IdeProject.Pipelines), run.GeneratedSources.Length);
        Assert.Equal([IdeProject.Records, IdeProject.Pipelines, IdeProject.Pipelines], Steps.Select(step => run.TrackedSteps[step].Sum(one => one.Outputs.Length)));
    }

    [Fact]
    public void An_edit_that_changes_nothing_writes_nothing()
    {
        (CSharpCompilation project, _) = Generated.Value;
        AssertChanged(IdeProject.Edit(project, IdeProject.Unrelated(project), "x + 0", "x + 1"), 0, 0, 0, outputs: 0);
        AssertChanged(IdeProject.Edit(project, IdeProject.Unrelated(project), "x + 0", "x +"), 0, 0, 0, outputs: 0);
        AssertChanged(IdeProject.Edit(project, IdeProject.Pipeline(project, 7), "e.Amount > 10", "/* large */ e.Amount  > 10"), 0, 0, 0, outputs: 0);
        AssertChanged(IdeProject.Edit(project, IdeProject.Record(project, 7), "string Id,", "string Id, // of the event\n"), 0, 0, 0, outputs: 0);
    }

    [Fact]
    public void An_edit_in_a_lambda_writes_that_pipeline()
    {
        (CSharpCompilation project, _) = Generated.Value;
        AssertChanged(IdeProject.Edit(project, IdeProject.Pipeline(project, 7), "e.Amount > 10", "e.Amount > 11"), 0, 1, 0, outputs: 1);
    }

    [Fact]
    public void An_edit_in_a_record_writes_it_and_the_pipelines_over_it()
    {
        (CSharpCompilation project, _) = Generated.Value;

        // One pipeline reads it, one writes it.
        AssertChanged(IdeProject.Edit(project, IdeProject.Record(project, 7), "Precision(10, 2)", "Precision(12, 2)"), 1, 2, 0, outputs: 3);
    }

    [Fact]
    public void A_pipeline_that_is_being_typed_has_an_outline_and_all_others_stay()
    {
        (CSharpCompilation project, GeneratorDriver driver) = Generated.Value;
        GeneratorRunResult run = driver.RunGenerators(IdeProject.Edit(project, IdeProject.Pipeline(project, 7), "e.Amount > 10", "e.Amount >"), TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Null(run.Exception);
        Assert.Equal(IdeProject.Records + (3 * (IdeProject.Pipelines - 1)) + 1, run.GeneratedSources.Length);
        Assert.Equal(IdeProject.Records + (2 * (IdeProject.Pipelines - 1)), Reasons(run.TrackedOutputSteps.Values).Count(reason => reason == IncrementalStepRunReason.Cached));
    }

    private static void AssertChanged(CSharpCompilation edited, int records, int pipelines, int harnesses, int outputs)
    {
        GeneratorRunResult run = Generated.Value.Driver.RunGenerators(edited, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Null(run.Exception);
        Assert.Equal([records, pipelines, harnesses], Steps.Select(step => Reasons([run.TrackedSteps[step]]).Count(IsNew)));
        IncrementalStepRunReason[] written = [.. Reasons(run.TrackedOutputSteps.Values)];
        Assert.Equal(outputs, written.Count(IsNew));
        Assert.Equal(IdeProject.Records + (2 * IdeProject.Pipelines) - outputs, written.Count(reason => reason == IncrementalStepRunReason.Cached));
    }

    private static bool IsNew(IncrementalStepRunReason reason) => reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged);

    private static IEnumerable<IncrementalStepRunReason> Reasons(IEnumerable<ImmutableArray<IncrementalGeneratorRunStep>> steps) =>
        steps.SelectMany(step => step).SelectMany(one => one.Outputs).Select(output => output.Reason);

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Properties : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
            {
                value = key switch
                {
                    "build_property.TypedEmitPlans" => "true",
                    "build_property.ProjectDir" => "/shop/",
                    _ => null,
                };
                return value is not null;
            }
        }
    }
}
