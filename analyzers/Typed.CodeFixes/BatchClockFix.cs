using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Reads the clock of the batch, which is the same when the batch is run again, in the place of that of the machine.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BatchClockFix))]
[Shared]
public sealed class BatchClockFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED4001"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is { } clock
            && await place.ModelAsync().ConfigureAwait(false) is { } model
            && model.GetSymbolInfo(clock, place.Cancellation).Symbol?.ToDisplayString() is "System.DateTimeOffset.UtcNow" or "System.DateTimeOffset.Now" or "System.DateTime.UtcNow" or "System.DateTime.Now")
        {
            place.Offer("Use the clock of the batch", clock, SyntaxFactory.ParseExpression("Batch.Now").WithTriviaFrom(clock));
        }
    }
}
