using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>
/// Bounds what an operator would keep for ever: a time to live for groups, the watermark for deduplication, an approximate count for an exact one.
/// Or has it said why that may be, which is asked for as long as no reason stands there (TYPED2002).
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnboundedStateFix))]
[Shared]
public sealed class UnboundedStateFix : CodeFixProvider
{
    private const string Groups = "TYPED2001";
    private const string DistinctValues = "TYPED2011";
    private const string Keys = "TYPED2050";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Groups, DistinctValues, Keys, "TYPED2054", "TYPED2067", "TYPED2098"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (PlanSyntax.CallAt(root, diagnostic) is { Expression: MemberAccessExpressionSyntax access } call)
                RegisterBound(diagnostic, call, access);
            if (diagnostic.Id != DistinctValues && PlanSyntax.ClassAt(root, diagnostic) is { } type)
                Register(diagnostic, $"Say why '{type.Identifier.ValueText}' may keep it for ever", "reason", type, WithReason(type));
        }

        void RegisterBound(Diagnostic diagnostic, InvocationExpressionSyntax call, MemberAccessExpressionSyntax access)
        {
            if (diagnostic.Id == Groups && call.ArgumentList.Arguments.Count == 1)
                Register(diagnostic, "Forget groups that got no rows for 30 days", "bound", call, call.AddArgumentListArguments(TimeToLive()));
            else if (diagnostic.Id == Keys && access.Name.Identifier.ValueText == "DropDuplicates")
                Register(diagnostic, "Forget keys with the watermark", "bound", call, call.WithExpression(Renamed(access, "DropDuplicatesWithinWatermark")));
            else if (diagnostic.Id == DistinctValues)
                Register(diagnostic, "Count approximately", "bound", call, call.WithExpression(Renamed(access, "ApproxCountDistinct")));
        }

        void Register(Diagnostic diagnostic, string title, string key, SyntaxNode before, SyntaxNode after) => context.RegisterCodeFix(
            CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(before, after))), equivalenceKey: diagnostic.Id + key),
            diagnostic);
    }

    private static MemberAccessExpressionSyntax Renamed(MemberAccessExpressionSyntax access, string name) => access.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(access.Name));

    private static ArgumentSyntax TimeToLive() => SyntaxFactory.Argument(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal("30 days")))
        .WithNameColon(SyntaxFactory.NameColon("ttl").WithTrailingTrivia(SyntaxFactory.Space))
        .WithLeadingTrivia(SyntaxFactory.Space);

    // On a line of its own behind the attributes that are there, with their indentation.
    private static ClassDeclarationSyntax WithReason(ClassDeclarationSyntax type)
    {
        AttributeListSyntax reason = SyntaxFactory.ParseCompilationUnit("[Unbounded(\"\")] class _ { }").Members[0].AttributeLists[0];
        if (type.AttributeLists.LastOrDefault() is not { } last)
            return type.WithoutLeadingTrivia().AddAttributeLists(reason.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)).WithLeadingTrivia(type.GetLeadingTrivia());
        SyntaxTriviaList indentation = [.. last.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
        return type.WithAttributeLists(type.AttributeLists.Add(reason.WithLeadingTrivia(indentation).WithTrailingTrivia(last.GetTrailingTrivia())));
    }
}
