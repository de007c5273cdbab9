using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Makes an integer of a binary fraction that is a key.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RoundedKeyFix))]
[Shared]
public sealed class RoundedKeyFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED3001"];

    // Of a key of several values, or one that is a part of a record, only its author knows which is meant.
    private protected override async Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<SimpleLambdaExpressionSyntax>() is { ExpressionBody: { } key }
            && await place.ModelAsync().ConfigureAwait(false) is { } model
            && model.GetTypeInfo(key, place.Cancellation).Type is { SpecialType: SpecialType.System_Single or SpecialType.System_Double })
        {
            place.Offer("Round the key to an integer", key, SyntaxFactory.ParseExpression($"(long)Math.Round({key.WithoutTrivia()})").WithTriviaFrom(key));
        }
    }
}
