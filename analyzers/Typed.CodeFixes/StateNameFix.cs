using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Typed.Analyzers;

namespace Typed.CodeFixes;

/// <summary>Puts <c>.Named("…")</c> behind an operator with state. A query expression has no place for it, and gets no such offer.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateNameFix))]
[Shared]
public sealed class StateNameFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED5002"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (place.Diagnostic.Properties.TryGetValue(StateBaselineAnalyzer.SuggestedKey, out string? name) && name is not null && CallAt(place.Root, place.Diagnostic) is { } call)
            place.Offer($"Name the state '{name}'", call, Named(call, name));
        return Task.CompletedTask;
    }

    /// <summary>The call behind which the name goes: for groups that of what is made of them.</summary>
    private static InvocationExpressionSyntax? CallAt(SyntaxNode root, Diagnostic diagnostic)
    {
        if (root.FindToken(diagnostic.Location.SourceSpan.Start).Parent?.FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is not { Parent: InvocationExpressionSyntax call } access)
            return null;
        return access.Name.Identifier.ValueText != "GroupBy" ? call
            : call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Select", Parent: InvocationExpressionSyntax select } ? select
            : null;
    }

    private static InvocationExpressionSyntax Named(InvocationExpressionSyntax call, string name) =>
        SyntaxFactory.InvocationExpression(
                SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, call.WithoutTrailingTrivia(), SyntaxFactory.IdentifierName("Named")),
                SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(
                    SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name))))))
            .WithTrailingTrivia(call.GetTrailingTrivia());
}
