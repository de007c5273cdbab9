using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Makes a field of a record that is a DateTime a DateTimeOffset.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InstantFix))]
[Shared]
public sealed class InstantFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED0004", "TYPED0006"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ParameterSyntax>() is not { Type: { } type } field
            || await place.ModelAsync().ConfigureAwait(false) is not { } model)
        {
            return;
        }

        TypeSyntax bare = type is NullableTypeSyntax nullable ? nullable.ElementType : type;
        if (model.GetTypeInfo(bare, place.Cancellation).Type?.SpecialType == SpecialType.System_DateTime)
            place.Offer($"Make '{field.Identifier.ValueText}' a DateTimeOffset", bare, SyntaxFactory.ParseTypeName(bare is QualifiedNameSyntax ? "System.DateTimeOffset" : "DateTimeOffset").WithTriviaFrom(bare));
    }
}
