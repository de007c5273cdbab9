using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Waits for the end of a query that would be stopped as soon as it has started.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WaitFix))]
[Shared]
public sealed class WaitFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED6041"];

    private protected override Task OfferAsync(FixPlace place)
    {
        SyntaxNode node = place.Root.FindNode(place.Diagnostic.Location.SourceSpan);
        if (node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Identifier.ValueText: var query } || node.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { } started)
            return Task.CompletedTask;
        StatementSyntax wait = SyntaxFactory.ParseStatement($"await {query}.Completion;").WithTrailingTrivia(started.GetTrailingTrivia());
        SyntaxTriviaList indent = [.. started.GetLeadingTrivia().Reverse().TakeWhile(one => one.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse()];

        // A statement at the top of a file is a member of it.
        if (started.Parent is GlobalStatementSyntax top)
            place.OfferBehind($"Wait for '{query}'", top, SyntaxFactory.GlobalStatement(wait.WithLeadingTrivia(indent)));
        else
            place.OfferBehind($"Wait for '{query}'", started, wait.WithLeadingTrivia(indent));
        return Task.CompletedTask;
    }
}
