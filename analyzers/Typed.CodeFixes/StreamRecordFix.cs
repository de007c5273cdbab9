using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Marks a record as one of columns that is the rows of an input or of what comes out, wherever in the project it is declared.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StreamRecordFix))]
[Shared]
public sealed class StreamRecordFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED0053", "TYPED0054"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        SyntaxNode node = place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        TypeSyntax? stream = node.FirstAncestorOrSelf<ParameterSyntax>()?.Type ?? node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.ReturnType;
        if (stream is null || await place.ModelAsync().ConfigureAwait(false) is not { } model
            || model.GetTypeInfo(stream, place.Cancellation).Type is not INamedTypeSymbol { Name: "Stream" or "Table", TypeArguments: [INamedTypeSymbol { IsRecord: true, DeclaringSyntaxReferences: [var reference] } rows] }
            || rows.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "StreamRecordAttribute")
            || place.Solution.GetDocument(reference.SyntaxTree) is not { } document
            || await reference.GetSyntaxAsync(place.Cancellation).ConfigureAwait(false) is not RecordDeclarationSyntax record)
        {
            return;
        }

        place.Offer($"Mark '{rows.Name}' as a record of columns", cancellation => MarkAsync(document, record, cancellation));
    }

    private static async Task<Document> MarkAsync(Document document, RecordDeclarationSyntax record, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(root.ReplaceNode(record, PlanSyntax.MarkedType(root, record, "StreamRecord")));
    }
}
