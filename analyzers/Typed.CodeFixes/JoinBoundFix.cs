using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Bounds the time between the rows that a join of two streams brings together, so that those without a match can be settled and forgotten.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(JoinBoundFix))]
[Shared]
public sealed class JoinBoundFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED2062", "TYPED2063", "TYPED2064", "TYPED2065", "TYPED2066", "TYPED2067", "TYPED2069"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (PlanSyntax.CallAt(root, diagnostic) is not { } join || ConditionOf(join) is not { ExpressionBody: { } condition, ParameterList.Parameters: [{ } left, { } right] }
                || TimeOf(model, PlanSyntax.ReceiverOf(join)) is not { } leftTime || TimeOf(model, join.ArgumentList.Arguments[0].Expression) is not { } rightTime)
            {
                continue;
            }

            string before = $"{left.Identifier.Text}.{leftTime}";
            string after = $"{right.Identifier.Text}.{rightTime}";
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Bound the time between both: {after} at most an hour after {before}",
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(condition, Bounded(condition, before, after)))),
                    equivalenceKey: diagnostic.Id),
                diagnostic);
        }
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

    private static string? TimeOf(SemanticModel model, ExpressionSyntax? stream) =>
        stream is not null && PlanSyntax.RowsOf(model.GetTypeInfo(stream).Type) is { } rows ? PlanSyntax.EventTimeOf(rows)?.Name : null;
}
