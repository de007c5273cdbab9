using Microsoft.CodeAnalysis;
using Typed.Generator.Emitter.Processors;
using Typed.Plan;

namespace Typed.Generator.Incremental;

/// <summary>A class that derives from a processor: symbol → <see cref="ProcessorSpec"/> → the other part of the class.</summary>
internal static class ProcessorSteps
{
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        // A processor bears no attribute that it must have: it is known by its base.
        IncrementalValuesProvider<ProcessorSpec> processors = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => ProcessorParser.MayBeProcessor(node),
                static (found, cancellation) =>
                    found.SemanticModel.GetDeclaredSymbol(found.Node, cancellation) is INamedTypeSymbol type
                    && ProcessorParser.BaseOf(type) is not null
                    && ProcessorParser.IsFirstPart(type, found.Node, cancellation)
                        ? ProcessorParser.Parse(type, found.SemanticModel.Compilation, cancellation).Accepted()
                        : null)
            .Where(static processor => processor is not null)
            .Select(static (processor, _) => processor!)
            .WithTrackingName(StepNames.ProcessorSpec);
        IncrementalValueProvider<EquatableArray<string>> clashing = GeneratedFile.Clashing(processors.Select(static (processor, _) => processor.Traits.FullName));
        context.RegisterSourceOutput(processors.Combine(clashing), static (output, pair) =>
            GeneratedFile.Add(output, pair.Left.Traits.FullName, pair.Right, "Processor", ProcessorEmitter.Emit(pair.Left)));
    }
}
