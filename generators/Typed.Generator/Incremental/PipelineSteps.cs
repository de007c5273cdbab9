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
        IncrementalValuesProvider<ReadPipeline> read = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Attribute,
                DeclarationReader.IsType,
                static (found, cancellation) => DeclarationReader.FirstMarked(found, Attribute, cancellation) is { } type ? Read(type, found, cancellation) : null)
            .Where(static pipeline => pipeline?.FullName is not null)
            .Select(static (pipeline, _) => pipeline!);
        IncrementalValueProvider<EquatableArray<string>> clashing = GeneratedFile.Clashing(read.Select(static (pipeline, _) => pipeline.FullName!));
        IncrementalValuesProvider<PipelineSpec> pipelines = read
            .Where(static pipeline => pipeline.Spec is not null)
            .Select(static (pipeline, _) => pipeline.Spec!)
            .WithTrackingName(StepNames.PipelineSpec);
        WriteOutlines(context, read.Where(static pipeline => pipeline.Outline is not null).Select(static (pipeline, _) => pipeline.Outline!), clashing);

        // Where FASTER is referenced, it is where state goes by default that memory has no room for.
        IncrementalValueProvider<bool> hasFaster = context.CompilationProvider
            .Select(static (compilation, _) => compilation.ReferencedAssemblyNames.Any(reference => reference.Name == Faster));
        IncrementalValueProvider<string?> folder = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => PlanFileSource.ProjectFolder(options.GlobalOptions));
        context.RegisterSourceOutput(pipelines.Combine(hasFaster.Combine(folder)).Combine(clashing), static (output, pair) =>
        {
            ((PipelineSpec pipeline, (bool faster, string? project)), EquatableArray<string> clashing) = pair;
            PhysicalPlan plan = PlanBuilder.Build(pipeline);
            PlanSheet sheet = PlanSheets.Of(plan, StageEmitter.Describe);
            GeneratedFile.Add(output, pipeline.FullName, clashing, "Pipeline", PipelineEmitter.Emit(plan, sheet, faster));
            GeneratedFile.Add(output, pipeline.FullName, clashing, "Plan", PlanEmitter.Emit(pipeline.Declaration, sheet, project is null ? null : PlanFileSource.Relative(pipeline.SourcePath, project)));
        });
        return pipelines;
    }

    private static ReadPipeline Read(INamedTypeSymbol type, GeneratorAttributeSyntaxContext found, CancellationToken cancellation)
    {
        Compilation compilation = found.SemanticModel.Compilation;
        ParsedPipeline parsed = PipelineParser.Parse(type, compilation, cancellation);
        if (parsed.Accepted() is { } accepted)
            return new ReadPipeline(accepted with { SourcePath = found.TargetNode.SyntaxTree.FilePath }, null);
        IEnumerable<string> errors = parsed.AllFindings().Select(finding => finding.DiagnosticId).Where(Diagnostics.IsError);
        if (TypeReader.IsMarked(type))
            return new ReadPipeline(null, null);
        return new ReadPipeline(null, PipelineParser.Outline(type, compilation, errors, cancellation));
    }

    private static void WriteOutlines(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<PipelineOutline> outlines, IncrementalValueProvider<EquatableArray<string>> clashing)
    {
        context.RegisterSourceOutput(outlines.Combine(clashing), static (output, pair) =>
            GeneratedFile.Add(output, pair.Left.FullName, pair.Right, "Outline", OutlineEmitter.Emit(pair.Left)));

        // Several pipelines may name one record, and refuse it for other reasons.
        IncrementalValuesProvider<RecordOutline> records = outlines.SelectMany(static (outline, _) => outline.Records).Collect()
            .SelectMany(static (records, _) => records.GroupBy(record => record.FullName).Select(same => same.First()));
        context.RegisterSourceOutput(records.Combine(GeneratedFile.Clashing(records.Select(static (record, _) => record.FullName))), static (output, pair) =>
            GeneratedFile.Add(output, pair.Left.FullName, pair.Right, "RecordOutline", OutlineEmitter.Emit(pair.Left)));
    }

    /// <param name="Spec">The pipeline; null if it is refused.</param>
    /// <param name="Outline">What stands in for it then; null if nothing can.</param>
    private sealed record ReadPipeline(PipelineSpec? Spec, PipelineOutline? Outline)
    {
        /// <summary>The name under which something is written; null for nothing.</summary>
        public string? FullName => Spec?.FullName ?? Outline?.FullName;
    }
}
