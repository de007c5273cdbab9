using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Typed.CodeFixes;

/// <summary>A fix that edits the source at the place of a diagnostic, and may be applied to all of a kind at once.</summary>
public abstract class PlanFix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
            await OfferAsync(new FixPlace(context, root, diagnostic)).ConfigureAwait(false);
    }

    /// <summary>Offers what helps at a place; nothing where no edit would.</summary>
    private protected abstract Task OfferAsync(FixPlace place);
}

/// <summary>The place of a diagnostic in a document.</summary>
internal sealed class FixPlace(CodeFixContext context, SyntaxNode root, Diagnostic diagnostic)
{
    internal SyntaxNode Root => root;

    internal Diagnostic Diagnostic => diagnostic;

    internal Solution Solution => context.Document.Project.Solution;

    internal CancellationToken Cancellation => context.CancellationToken;

    internal Task<SemanticModel?> ModelAsync() => context.Document.GetSemanticModelAsync(context.CancellationToken);

    /// <summary>Offers to put one part of the source in the place of another.</summary>
    /// <param name="title">What the editor shows.</param>
    /// <param name="before">The part there is.</param>
    /// <param name="after">The part that takes its place.</param>
    /// <param name="kind">Tells several offers for one diagnostic apart.</param>
    internal void Offer(string title, SyntaxNode before, SyntaxNode after, string kind = "") =>
        Offer(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(before, after))), kind);

    /// <summary>Offers to take a part of the source away.</summary>
    internal void OfferRemoval(string title, SyntaxNode part) =>
        Offer(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.RemoveNode(part, SyntaxRemoveOptions.KeepNoTrivia)!)));

    /// <summary>Offers to put a part behind another.</summary>
    internal void OfferBehind(string title, SyntaxNode part, SyntaxNode added) =>
        Offer(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.InsertNodesAfter(part, [added]))));

    /// <summary>Offers another change.</summary>
    internal void Offer(string title, Func<CancellationToken, Task<Document>> change, string kind = "") =>
        context.RegisterCodeFix(CodeAction.Create(title, change, equivalenceKey: diagnostic.Id + kind), diagnostic);

    /// <summary>Offers to put parts in the place of others of which some may stand within others.</summary>
    internal void Offer<T>(string title, IEnumerable<T> before, Func<T, T, T> after)
        where T : SyntaxNode =>
        Offer(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNodes(before, after))));
}
