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
    public override FixAllProvider GetFixAllProvider() => new All();

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

    /// <summary>All notes of a project in one change of the file.</summary>
    private sealed class All : FixAllProvider
    {
        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

        public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(CodeAction.Create(
            "Note all of it in Typed.State.Unshipped.txt",
            async cancellation =>
            {
                Solution solution = fixAllContext.Solution;
                IEnumerable<Project> projects = fixAllContext.Scope == FixAllScope.Solution ? solution.Projects : [fixAllContext.Project];
                foreach (ProjectId id in projects.Select(project => project.Id).ToArray())
                {
                    ImmutableArray<Diagnostic> found = fixAllContext is { Scope: FixAllScope.Document, Document: { } document }
                        ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                        : await fixAllContext.GetAllDiagnosticsAsync(fixAllContext.Solution.GetProject(id)!).ConfigureAwait(false);
                    solution = await StateBaselineEdit.ApplyAsync(solution.GetProject(id)!, found, cancellation).ConfigureAwait(false);
                }

                return solution;
            },
            fixAllContext.CodeActionEquivalenceKey));
    }
}
