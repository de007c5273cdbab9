using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Takes a setting out of an initializer that cannot stand there: a filter that streams do not have, the second of two limits.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveSettingFix))]
[Shared]
public sealed class RemoveSettingFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED6022", "TYPED6025"];

    private protected override Task OfferAsync(FixPlace place)
    {
        if (place.Root.FindNode(place.Diagnostic.Location.SourceSpan) is AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax settings } setting)
            place.Offer($"Remove '{setting.Left}'", settings, Without(settings, settings.Expressions.IndexOf(setting)));
        return Task.CompletedTask;
    }

    // What stands behind the last setting stays: the space or the line before the brace.
    private static InitializerExpressionSyntax Without(InitializerExpressionSyntax settings, int index)
    {
        SeparatedSyntaxList<ExpressionSyntax> left = settings.Expressions.RemoveAt(index);
        if (index == left.Count && left.Count > 0)
            left = left.Replace(left[index - 1], left[index - 1].WithTrailingTrivia(settings.Expressions[index].GetTrailingTrivia()));
        return settings.WithExpressions(left);
    }
}
