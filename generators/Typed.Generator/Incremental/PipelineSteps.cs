using Microsoft.CodeAnalysis;
using Typed.Generator.Emitter;
using Typed.Generator.Emitter.Operators;
using Typed.Generator.Emitter.Sheets;
using Typed.Generator.Planner;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Incremental;

/// <summary>[Pipeline]: symbol → <see cref="PipelineSpec"/> → physical plan → the other part of the class.</summary>
internal static class PipelineSteps
{
    public const string Attribute = "Typed.PipelineAttribute";

    private const string Faster = "Typed.Faster";

    /// <returns>The pipelines, for steps that make more of them.</returns>
    public static IncrementalValuesProvider<PipelineSpec> Register(IncrementalGeneratorInitializationContext context)
    {
        // The analyzer reports what is wrong with a pipeline; nothing is written for one that has an error.
        IncrementalValuesProvider<PipelineSpec> pipelines = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Attribute,
                static (_, _) => true,
                static (found, cancellation) =>
                    PipelineParser.Parse((INamedTypeSymbol)found.TargetSymbol, found.SemanticModel.Compilation, cancellation).Accepted() is { } accepted
                        ? accepted with { SourcePath = found.TargetNode.SyntaxTree.FilePath }
                        : null)
            .Where(static pipeline => pipeline is not null)
            .Select(static (pipeline, _) => pipeline!)
            .WithTrackingName(StepNames.PipelineSpec);

        // Where FASTER is referenced, it is where state goes by default that memory has no room for.
        IncrementalValueProvider<bool> hasFaster = context.CompilationProvider
            .Select(static (compilation, _) => compilation.ReferencedAssemblyNames.Any(reference => reference.Name == Faster));
        IncrementalValueProvider<string?> folder = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => PlanFileSource.ProjectFolder(options.GlobalOptions));
        context.RegisterSourceOutput(pipelines.Combine(hasFaster.Combine(folder)), static (output, pair) =>
        {
            (PipelineSpec pipeline, (bool faster, string? project)) = pair;
            PhysicalPlan plan = PlanBuilder.Build(pipeline);
            PlanSheet sheet = PlanSheets.Of(plan, StageEmitter.Describe);
            GeneratedFile.Add(output, pipeline.FullName, "Pipeline", PipelineEmitter.Emit(plan, sheet, faster));
            GeneratedFile.Add(output, pipeline.FullName, "Plan", PlanEmitter.Emit(pipeline.Declaration, sheet, project is null ? null : PlanFileSource.Relative(pipeline.SourcePath, project)));
        });
        return pipelines;
    }
}
