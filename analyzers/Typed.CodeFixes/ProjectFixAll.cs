using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Typed.CodeFixes;

/// <summary>Applies fixes that change other files than the one in which something is said: all those of a project in one change.</summary>
/// <param name="title">What the change is called.</param>
/// <param name="apply">Applies the fixes of a project to its solution.</param>
internal sealed class ProjectFixAll(string title, Func<Project, ImmutableArray<Diagnostic>, CancellationToken, Task<Solution>> apply) : FixAllProvider
{
    /// <inheritdoc/>
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    /// <inheritdoc/>
    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(CodeAction.Create(
        title,
        async cancellation =>
        {
            Solution solution = fixAllContext.Solution;
            IEnumerable<Project> projects = fixAllContext.Scope == FixAllScope.Solution ? solution.Projects : [fixAllContext.Project];
            foreach (ProjectId id in projects.Select(project => project.Id).ToArray())
            {
                ImmutableArray<Diagnostic> found = fixAllContext is { Scope: FixAllScope.Document, Document: { } document }
                    ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                    : await fixAllContext.GetAllDiagnosticsAsync(fixAllContext.Solution.GetProject(id)!).ConfigureAwait(false);
                solution = await apply(solution.GetProject(id)!, found, cancellation).ConfigureAwait(false);
            }

            return solution;
        },
        fixAllContext.CodeActionEquivalenceKey));
}
