using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Says over which time windows are cut: marks the time of the record, or names one of several where the windows are.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EventTimeFix))]
[Shared]
public sealed class EventTimeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED1017"];

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
            if (PlanSyntax.CallAt(root, diagnostic) is not { } call || PlanSyntax.ReceiverOf(call) is not { } stream || PlanSyntax.RowsOf(model.GetTypeInfo(stream).Type) is not { } rows)
                continue;
            IPropertySymbol[] times = [.. PlanSyntax.TimesOf(rows)];
            if (times.Length == 1 && await FieldOfAsync(context.Document.Project.Solution, times[0], context.CancellationToken).ConfigureAwait(false) is { } field)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Mark '{times[0].Name}' of '{rows.Name}' as the event time",
                        cancellation => MarkAsync(field.Document, field.Field, cancellation),
                        equivalenceKey: diagnostic.Id + "mark"),
                    diagnostic);
            }

            string row = PlanSyntax.RowNameOf(call);
            foreach (string time in times.Select(time => time.Name))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Cut the windows over '{time}'",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call, call.AddArgumentListArguments(Named($"{row} => {row}.{time}"))))),
                        equivalenceKey: diagnostic.Id + time),
                    diagnostic);
            }
        }
    }

    private static ArgumentSyntax Named(string lambda) =>
        SyntaxFactory.Argument(SyntaxFactory.ParseExpression(lambda)).WithNameColon(SyntaxFactory.NameColon("on").WithTrailingTrivia(SyntaxFactory.Space)).WithLeadingTrivia(SyntaxFactory.Space);

    private static async Task<(Document Document, ParameterSyntax Field)?> FieldOfAsync(Solution solution, IPropertySymbol time, CancellationToken cancellation)
    {
        if (time.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference || solution.GetDocument(reference.SyntaxTree) is not { } document)
            return null;
        return await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false) is ParameterSyntax field ? (document, field) : null;
    }

    private static async Task<Document> MarkAsync(Document document, ParameterSyntax field, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        AttributeListSyntax mark = SyntaxFactory.ParseCompilationUnit("[EventTime] class _ { }").Members[0].AttributeLists[0].WithTrailingTrivia(SyntaxFactory.Space);
        return document.WithSyntaxRoot(root.ReplaceNode(field, field.WithoutLeadingTrivia().WithAttributeLists(field.AttributeLists.Insert(0, mark)).WithLeadingTrivia(field.GetLeadingTrivia())));
    }
}
