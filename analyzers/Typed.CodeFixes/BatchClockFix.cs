using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Reads the clock of the batch, which is the same when the batch is run again, in the place of that of the machine.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BatchClockFix))]
[Shared]
public sealed class BatchClockFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED4001"];

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
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is not { } clock
                || model.GetSymbolInfo(clock, context.CancellationToken).Symbol?.ToDisplayString() is not ("System.DateTimeOffset.UtcNow" or "System.DateTimeOffset.Now"))
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    "Use the clock of the batch",
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(clock, SyntaxFactory.ParseExpression("Batch.Now").WithTriviaFrom(clock)))),
                    equivalenceKey: diagnostic.Id),
                diagnostic);
        }
    }
}
