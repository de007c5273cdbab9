using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Gives a pipeline the output mode in which its query can run.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OutputModeFix))]
[Shared]
public sealed class OutputModeFix : PlanFix
{
    private static readonly ImmutableDictionary<string, string[]> s_modes = new Dictionary<string, string[]>
    {
        ["TYPED1001"] = ["Update"],
        ["TYPED2014"] = ["Complete"],
        ["TYPED2016"] = ["Append"],
        ["TYPED2017"] = ["Append"],
        ["TYPED2018"] = ["Append"],
        ["TYPED2040"] = ["Append", "Complete"],
        ["TYPED2053"] = ["Update"],
        ["TYPED2060"] = ["Append"],
        ["TYPED2080"] = ["Update"],
        ["TYPED2081"] = ["Update"],
        ["TYPED2082"] = ["Append"],
        ["TYPED2083"] = ["Append", "Update"],
        ["TYPED6001"] = ["Append"],
    }.ToImmutableDictionary();

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. s_modes.Keys.OrderBy(id => id, StringComparer.Ordinal)];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (await ModeOfAsync(place).ConfigureAwait(false) is not { } present)
            return;
        foreach (string mode in s_modes[place.Diagnostic.Id])
            place.Offer($"Use OutputMode.{mode}", cancellation => ChangeAsync(present.Document, present.Mode, mode, cancellation), mode);
    }

    // The attribute may stand at another part of the class, in another file; where rows go to a sink, the diagnostic says where it is.
    private static async Task<(Document Document, SimpleNameSyntax Mode)?> ModeOfAsync(FixPlace place)
    {
        SyntaxNode? mark = PlanSyntax.ClassAt(place.Root, place.Diagnostic) is { } pipeline && await place.ModelAsync().ConfigureAwait(false) is { } model
            ? AttributeOf(model.GetDeclaredSymbol(pipeline, place.Cancellation), place.Cancellation)
            : null;
        if (place.Diagnostic.Id == "TYPED6001")
            mark = place.Diagnostic.AdditionalLocations.Select(one => one.SourceTree?.GetRoot(place.Cancellation).FindNode(one.SourceSpan).FirstAncestorOrSelf<AttributeSyntax>()).FirstOrDefault(one => one is not null);
        return mark is AttributeSyntax { ArgumentList.Arguments: [{ Expression: MemberAccessExpressionSyntax mode }, ..] } && place.Solution.GetDocument(mark.SyntaxTree) is { } document
            ? (document, mode.Name)
            : null;
    }

    private static SyntaxNode? AttributeOf(INamedTypeSymbol? pipeline, CancellationToken cancellation) => pipeline?.GetAttributes()
        .FirstOrDefault(one => one.AttributeClass?.ToDisplayString() == "Typed.PipelineAttribute")?.ApplicationSyntaxReference?.GetSyntax(cancellation);

    private static async Task<Document> ChangeAsync(Document document, SimpleNameSyntax place, string mode, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        return document.WithSyntaxRoot(root.ReplaceNode(place, SyntaxFactory.IdentifierName(mode).WithTriviaFrom(place)));
    }
}
