using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>
/// Bounds what an operator would keep for ever: a time to live for groups, the watermark for deduplication, an approximate count for an exact one.
/// Or has it said why that may be, which is asked for as long as no reason stands there (TYPED2002).
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnboundedStateFix))]
[Shared]
public sealed class UnboundedStateFix : PlanFix
{
    private const string Groups = "TYPED2001";
    private const string DistinctValues = "TYPED2011";
    private const string Keys = "TYPED2050";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Groups, DistinctValues, Keys, "TYPED2054", "TYPED2067", "TYPED2098"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.CallAt(place.Root, place.Diagnostic) is { Expression: MemberAccessExpressionSyntax access } call)
            OfferBound(place, call, access);
        if (place.Diagnostic.Id != DistinctValues && PlanSyntax.ClassAt(place.Root, place.Diagnostic) is { } type)
            place.Offer($"Say why '{type.Identifier.ValueText}' may keep it for ever", type, WithReason(type), "reason");
        return Task.CompletedTask;
    }

    private static void OfferBound(FixPlace place, InvocationExpressionSyntax call, MemberAccessExpressionSyntax access)
    {
        string id = place.Diagnostic.Id;
        if (id == Groups && call.ArgumentList.Arguments.Count == 1)
            place.Offer("Forget groups that got no rows for 30 days", call, call.AddArgumentListArguments(PlanSyntax.Argument("ttl", "\"30 days\"")), "bound");
        else if (id == Keys && access.Name.Identifier.ValueText == "DropDuplicates")
            place.Offer("Forget keys with the watermark", call, call.WithExpression(Renamed(access, "DropDuplicatesWithinWatermark")), "bound");
        else if (id == DistinctValues)
            place.Offer("Count approximately", call, call.WithExpression(Renamed(access, "ApproxCountDistinct")), "bound");
    }

    private static MemberAccessExpressionSyntax Renamed(MemberAccessExpressionSyntax access, string name) => access.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(access.Name));

    // On a line of its own behind the attributes that are there, with their indentation.
    private static ClassDeclarationSyntax WithReason(ClassDeclarationSyntax type)
    {
        AttributeListSyntax reason = PlanSyntax.Attribute("Unbounded(\"\")");
        if (type.AttributeLists.LastOrDefault() is not { } last)
            return type.WithoutLeadingTrivia().AddAttributeLists(reason.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)).WithLeadingTrivia(type.GetLeadingTrivia());
        SyntaxTriviaList indentation = [.. last.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
        return type.WithAttributeLists(type.AttributeLists.Add(reason.WithLeadingTrivia(indentation).WithTrailingTrivia(last.GetTrailingTrivia())));
    }
}
