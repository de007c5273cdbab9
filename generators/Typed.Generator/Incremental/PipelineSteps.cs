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
        // The analyzer reports what is wrong with a pipeline; no plan is written for one that has an error.
        IncrementalValuesProvider<ReadPipeline> read = context.SyntaxProvider.ForAttributeWithMetadataName(Attribute, static (_, _) => true, Read);
        IncrementalValuesProvider<PipelineSpec> pipelines = read
            .Where(static pipeline => pipeline.Spec is not null)
            .Select(static (pipeline, _) => pipeline.Spec!)
            .WithTrackingName(StepNames.PipelineSpec);
        WriteOutlines(context, read.Where(static pipeline => pipeline.Outline is not null).Select(static (pipeline, _) => pipeline.Outline!));

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

    private static ReadPipeline Read(GeneratorAttributeSyntaxContext found, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)found.TargetSymbol;
        Compilation compilation = found.SemanticModel.Compilation;
        ParsedPipeline parsed = PipelineParser.Parse(type, compilation, cancellation);
        if (parsed.Accepted() is { } accepted)
            return new ReadPipeline(accepted with { SourcePath = found.TargetNode.SyntaxTree.FilePath }, null);
        IEnumerable<string> errors = parsed.AllFindings().Select(finding => finding.DiagnosticId).Where(Diagnostics.IsError);
        return new ReadPipeline(null, PipelineParser.Outline(type, compilation, errors, cancellation));
    }

    private static void WriteOutlines(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<PipelineOutline> outlines)
    {
        context.RegisterSourceOutput(outlines, static (output, outline) => GeneratedFile.Add(output, outline.FullName, "Outline", OutlineEmitter.Emit(outline)));
        context.RegisterSourceOutput(
            outlines.SelectMany(static (outline, _) => outline.Records).Collect().SelectMany(static (records, _) => records.Distinct()),
            RecordSteps.WriteOutline);
    }

    /// <param name="Spec">The pipeline; null if it is refused.</param>
    /// <param name="Outline">What stands in for it then; null if nothing can.</param>
    private sealed record ReadPipeline(PipelineSpec? Spec, PipelineOutline? Outline);
}
