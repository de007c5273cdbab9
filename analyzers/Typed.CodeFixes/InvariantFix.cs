using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Writes the method that does not ask for the culture of the machine, or passes the invariant one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InvariantFix))]
[Shared]
public sealed class InvariantFix : PlanFix
{
    private const string Invariant = "CultureInfo.InvariantCulture";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED3053"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Expression: MemberAccessExpressionSyntax access } call)
            return Task.CompletedTask;
        string name = access.Name.Identifier.ValueText;
        SeparatedSyntaxList<ArgumentSyntax> given = call.ArgumentList.Arguments;
        if (name is "ToUpper" or "ToLower" && given.Count == 0)
            place.Offer($"Use {name}Invariant", access.Name, SyntaxFactory.IdentifierName(name + "Invariant").WithTriviaFrom(access.Name));
        else if ((name == "ToString" && (given.Count == 0 || given is [{ Expression: LiteralExpressionSyntax }])) || (name == "Parse" && given.Count == 1))
            place.Offer($"Pass {Invariant}", call, call.AddArgumentListArguments(Culture(place.Root, given.Count > 0)));
        return Task.CompletedTask;
    }

    private static ArgumentSyntax Culture(SyntaxNode root, bool follows)
    {
        bool isNamed = root is CompilationUnitSyntax unit && unit.Usings.Any(one => one.Name?.ToString() == "System.Globalization");
        ArgumentSyntax argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression((isNamed ? "" : "System.Globalization.") + Invariant));
        return follows ? argument.WithLeadingTrivia(SyntaxFactory.Space) : argument;
    }
}
