using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Gives each field of a stored record that has no id the next number that is free.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(FieldIdFix))]
[Shared]
public sealed class FieldIdFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED5008"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindToken(place.Diagnostic.Location.SourceSpan.Start).Parent?.FirstAncestorOrSelf<RecordDeclarationSyntax>() is { ParameterList: { } fields } record)
            place.Offer($"Give the fields of '{record.Identifier.ValueText}' ids", fields, WithIds(fields));
        return Task.CompletedTask;
    }

    private static ParameterListSyntax WithIds(ParameterListSyntax fields)
    {
        int last = fields.Parameters.Select(IdOf).DefaultIfEmpty(0).Max();
        return fields.ReplaceNodes(
            fields.Parameters.Where(field => IdOf(field) == 0),
            (field, _) => PlanSyntax.Marked(field, $"Id({(++last).ToString(CultureInfo.InvariantCulture)})"));
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
}
