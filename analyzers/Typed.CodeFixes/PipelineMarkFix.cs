using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Typed.CodeFixes;

/// <summary>Marks a class as a pipeline.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PipelineMarkFix))]
[Shared]
public sealed class PipelineMarkFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED0064"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.ClassAt(place.Root, place.Diagnostic) is { } type)
            place.Offer($"Make '{type.Identifier.ValueText}' a pipeline", type, PlanSyntax.MarkedType(place.Root, type, "Pipeline(OutputMode.Append)"));
        return Task.CompletedTask;
    }
}
