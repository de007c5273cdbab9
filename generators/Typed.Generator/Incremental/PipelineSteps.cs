using Microsoft.CodeAnalysis;

namespace Typed.Generator.Incremental;

/// <summary>[Pipeline]: symbol → <see cref="Typed.Plan.PipelineSpec"/> → physical plan → the other part of the class.</summary>
internal static class PipelineSteps
{
    public const string Attribute = "Typed.PipelineAttribute";

    public static void Register(IncrementalGeneratorInitializationContext context)
    {
    }
}
