using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Makes a record of a class or struct with a primary constructor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecordFix))]
[Shared]
public sealed class RecordFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED0002"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>() is { ParameterList: not null } type and (ClassDeclarationSyntax or StructDeclarationSyntax)
            && SyntaxFactory.ParseMemberDeclaration(Text(type)) is RecordDeclarationSyntax record)
        {
            place.Offer($"Make '{type.Identifier.ValueText}' a record", type, record);
        }

        return Task.CompletedTask;
    }

    private static string Text(TypeDeclarationSyntax type)
    {
        string keyword = type is StructDeclarationSyntax ? "record struct" : "record";
        string text = type.ToFullString();
        int at = type.Keyword.SpanStart - type.FullSpan.Start;
        return text.Substring(0, at) + keyword + text.Substring(at + type.Keyword.Span.Length);
    }
}
