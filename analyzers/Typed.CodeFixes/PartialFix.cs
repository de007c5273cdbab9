using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Writes <c>partial</c> before a record, a pipeline or a processor, and before the types around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialFix))]
[Shared]
public sealed class PartialFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED0001", "TYPED0051", "TYPED0070"];

    private protected override Task OfferAsync(FixPlace place)
    {
        TypeDeclarationSyntax[] types =
        [
            .. place.Root.FindNode(place.Diagnostic.Location.SourceSpan).AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Where(type => !type.Modifiers.Any(SyntaxKind.PartialKeyword)),
        ];
        if (types.Length > 0)
            place.Offer($"Make '{types[0].Identifier.ValueText}' partial", types, (_, type) => Partial(type));
        return Task.CompletedTask;
    }

    // The modifier stands last; without others it takes over what stands before the keyword.
    internal static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? type.AddModifiers(partial)
            : type.WithKeyword(type.Keyword.WithLeadingTrivia()).AddModifiers(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia));
    }
}
