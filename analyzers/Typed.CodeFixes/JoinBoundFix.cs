using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Bounds the time between the rows that a join of two streams brings together, so that those without a match can be settled and forgotten.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(JoinBoundFix))]
[Shared]
public sealed class JoinBoundFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED2062", "TYPED2063", "TYPED2064", "TYPED2065", "TYPED2066", "TYPED2067", "TYPED2069"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (PlanSyntax.CallAt(place.Root, place.Diagnostic) is not { } join || ConditionOf(join) is not { ExpressionBody: { } condition, ParameterList.Parameters: [{ } left, { } right] }
            || await place.ModelAsync().ConfigureAwait(false) is not { } model
            || PlanSyntax.TimeOf(model, PlanSyntax.ReceiverOf(join)) is not { } leftTime || PlanSyntax.TimeOf(model, join.ArgumentList.Arguments[0].Expression) is not { } rightTime)
        {
            return;
        }

        string before = $"{left.Identifier.Text}.{leftTime}";
        string after = $"{right.Identifier.Text}.{rightTime}";
        place.Offer($"Bound the time between both: {after} at most an hour after {before}", condition, Bounded(condition, before, after));
    }

    private static ExpressionSyntax Bounded(ExpressionSyntax condition, string before, string after)
    {
        ExpressionSyntax own = condition.IsKind(SyntaxKind.LogicalOrExpression) || condition.IsKind(SyntaxKind.ConditionalExpression) || condition.IsKind(SyntaxKind.CoalesceExpression)
            ? SyntaxFactory.ParenthesizedExpression(condition.WithoutTrivia())
            : condition.WithoutTrivia();
        return SyntaxFactory.ParseExpression($"{own} && {after} >= {before} && {after} <= {before} + TimeSpan.FromHours(1)").WithTriviaFrom(condition);
    }

    private static ParenthesizedLambdaExpressionSyntax? ConditionOf(InvocationExpressionSyntax join) =>
        (join.ArgumentList.Arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == "on") ?? join.ArgumentList.Arguments.ElementAtOrDefault(1))?.Expression as ParenthesizedLambdaExpressionSyntax;
}
