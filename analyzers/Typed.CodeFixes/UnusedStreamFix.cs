using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Removes an input or a local stream that nothing reads.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnusedStreamFix))]
[Shared]
public sealed class UnusedStreamFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED6009", "TYPED6016"];

    private protected override Task OfferAsync(FixPlace place)
    {
        SyntaxNode node = place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement } } stream)
            place.OfferRemoval($"Remove '{stream.Identifier.ValueText}'", statement);
        else if (node.FirstAncestorOrSelf<ParameterSyntax>() is { Parent: ParameterListSyntax { Parent: MethodDeclarationSyntax } } input)
            place.OfferRemoval($"Remove the input '{input.Identifier.ValueText}'", input);
        return Task.CompletedTask;
    }
}
