using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Takes an operator out of a query that says nothing there: a second watermark, a second name or one of nothing, a sort below an aggregation.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveCallFix))]
[Shared]
public sealed class RemoveCallFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED1005", "TYPED2013", "TYPED2021", "TYPED2022"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (PlanSyntax.CallAt(root, diagnostic) is not { } call || PlanSyntax.ReceiverOf(call) is not { } receiver || !Keeps(call))
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Remove '{PlanSyntax.NameOf(call)}'",
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call, receiver.WithTrailingTrivia(call.GetTrailingTrivia())))),
                    equivalenceKey: diagnostic.Id),
                diagnostic);
        }
    }

    // What follows OrderBy may be called on a sorted stream only.
    private static bool Keeps(InvocationExpressionSyntax call) =>
        call.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ThenBy" or "ThenByDescending" };
}
