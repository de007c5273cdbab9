using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Gives each field of a stored record that has no id the next number that is free.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FieldIdFix))]
[Shared]
public sealed class FieldIdFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED5008"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root.FindToken(diagnostic.Location.SourceSpan.Start).Parent?.FirstAncestorOrSelf<RecordDeclarationSyntax>() is not { ParameterList: { } fields } record)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Give the fields of '{record.Identifier.ValueText}' ids",
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(fields, WithIds(fields)))),
                    equivalenceKey: diagnostic.Id),
                diagnostic);
        }
    }

    private static ParameterListSyntax WithIds(ParameterListSyntax fields)
    {
        int last = fields.Parameters.Select(IdOf).DefaultIfEmpty(0).Max();
        return fields.ReplaceNodes(
            fields.Parameters.Where(field => IdOf(field) == 0),
            (field, _) => field.WithoutLeadingTrivia()
                .WithAttributeLists(field.AttributeLists.Insert(0, Id(++last)))
                .WithLeadingTrivia(field.GetLeadingTrivia()));
    }

    private static int IdOf(ParameterSyntax field)
    {
        foreach (AttributeSyntax attribute in field.AttributeLists.SelectMany(list => list.Attributes))
        {
            if (attribute.Name.ToString().Split('.').Last() is "Id" or "IdAttribute"
                && attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token.Value: int id })
            {
                return id;
            }
        }

        return 0;
    }

    private static AttributeListSyntax Id(int id) =>
        SyntaxFactory.ParseCompilationUnit($"[Id({id.ToString(CultureInfo.InvariantCulture)})] class _ {{ }}").Members[0].AttributeLists[0].WithTrailingTrivia(SyntaxFactory.Space);
}
