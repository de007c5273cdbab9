using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Typed.Analyzers;

namespace Typed.CodeFixes;

/// <summary>Notes in <c>Typed.State.Unshipped.txt</c> what an operator keeps now, or that it is gone; makes the file where there is none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StateBaselineFix))]
[Shared]
public sealed class StateBaselineFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED5001", "TYPED5004", "TYPED5005"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new ProjectFixAll("Note all of it in Typed.State.Unshipped.txt", (project, found, cancellation) => StateBaselineEdit.ApplyAsync(project, found, cancellation));

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.ContainsKey(StateBaselineAnalyzer.BlockKey))
                continue;
            string title = diagnostic.Id == "TYPED5004" ? "Retire the operator in Typed.State.Unshipped.txt" : "Note the state in Typed.State.Unshipped.txt";
            Project project = context.Document.Project;
            context.RegisterCodeFix(
                CodeAction.Create(title, cancellation => StateBaselineEdit.ApplyAsync(project, [diagnostic], cancellation), equivalenceKey: diagnostic.Id),
                diagnostic);
        }

        return Task.CompletedTask;
    }
}
