using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Takes what there is in batches that fit, in the place of one that has all.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TriggerOnceFix))]
[Shared]
public sealed class TriggerOnceFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED6028"];

    private protected override Task OfferAsync(FixPlace place)
    {
        SyntaxNode read = place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        SimpleNameSyntax? once = read is MemberAccessExpressionSyntax { Name: var member } ? member : read as IdentifierNameSyntax;
        if (once is { Identifier.ValueText: "Once" })
            place.Offer("Use Trigger.AvailableNow", once, SyntaxFactory.IdentifierName("AvailableNow").WithTriviaFrom(once));
        return Task.CompletedTask;
    }
}
