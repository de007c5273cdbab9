using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Tests.Rules.Metamorphic;

/// <summary>Another way to write the class of a plan, and how what is found in it compares with what was found before.</summary>
internal abstract partial class Rewriting
{
    /// <summary>The files that stand for the class.</summary>
    public abstract IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model);

    /// <summary>What a finding would point at in either way of writing.</summary>
    public virtual string Common(string found) => found;

    public static Rewriting Of(string name) => name switch
    {
        "variables" => new Variables(),
        "helpers" => new Helpers(),
        "renamed" => new Renamed(),
        "queries" => new Queries(),
        "returns" => new Returns(),
        "two files" => new TwoFiles(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such rewriting."),
    };

    private static ArrowExpressionClauseSyntax BodyOf(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(method => method.Identifier.Text == "Define").ExpressionBody!;

    private static bool IsStream(ITypeSymbol? type) => type is { ContainingNamespace.Name: "Typed", Name: "Stream" or "OrderedStream" or "GroupedStream" or "WindowedStream" };

    /// <summary>Every step gets a variable of its own.</summary>
    private sealed class Variables : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            ArrowExpressionClauseSyntax body = BodyOf(tree);
            Steps steps = new(model);
            string result = steps.Visit(body.Expression).ToString();
            string text = tree.ToString();
            yield return $"{text[..body.SpanStart]}{{\n{string.Concat(steps.Statements)}return {result};\n}}{text[(body.Span.End + 1)..]}";
        }

        private sealed class Steps(SemanticModel model) : CSharpSyntaxRewriter
        {
            public List<string> Statements { get; } = [];

            public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
            {
                bool isStream = IsStream(model.GetTypeInfo(node).Type);
                SyntaxNode visited = base.VisitInvocationExpression(node)!;
                if (!isStream)
                    return visited;
                string name = "step" + Statements.Count;
                Statements.Add($"var {name} = {visited};\n");
                return SyntaxFactory.IdentifierName(name);
            }

            public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => node;

            public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => node;

            public override SyntaxNode? VisitQueryExpression(QueryExpressionSyntax node) => node;
        }
    }

    /// <summary>The whole plan stands in a helper, and its streams come through another.</summary>
    private sealed class Helpers : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            ArrowExpressionClauseSyntax body = BodyOf(tree);
            string text = tree.ToString();
            string alias = body.DescendantTokens().Any(token => token.Text == "more") ? "Stream<Purchase> more = other;" : "";
            yield return $$"""
                {{text[..body.SpanStart]}}=> Whole(Same(rows), other: more, products);
                private static Stream<Purchase> Same(Stream<Purchase> given) => given;
                private static Stream<Result> Whole(Stream<Purchase> rows, Stream<Purchase> other, Table<Product> products)
                {
                    {{alias}}
                    return {{body.Expression}};
                }
                {{text[(body.Span.End + 1)..]}}
                """;
        }
    }

    /// <summary>The parameters of lambdas have other names.</summary>
    private sealed partial class Renamed : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            ArrowExpressionClauseSyntax body = BodyOf(tree);
            IEnumerable<SyntaxToken> names = body.DescendantNodes().Select(node => node switch
            {
                ParameterSyntax parameter => parameter.Identifier,
                IdentifierNameSyntax name when model.GetSymbolInfo(name).Symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } }
                    && name.Parent is not AnonymousObjectMemberDeclaratorSyntax { NameEquals: null } => name.Identifier,
                _ => default,
            });
            SyntaxNode root = tree.GetRoot();
            yield return root.ReplaceTokens(names.Where(token => token != default), (token, _) => SyntaxFactory.Identifier(token.LeadingTrivia, token.Text + "_renamed", token.TrailingTrivia)).ToString();
        }

        public override string Common(string found) => found.Replace("_renamed", "", StringComparison.Ordinal);
    }

    /// <summary>What has a query clause is written as one.</summary>
    private sealed partial class Queries : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            ArrowExpressionClauseSyntax body = BodyOf(tree);
            string text = tree.ToString();
            yield return text[..body.Expression.SpanStart] + new Clauses(model).Visit(body.Expression) + text[body.Expression.Span.End..];
        }

        // A clause has neither the name of its operator nor an arrow.
        public override string Common(string found)
        {
            found = Arrow().Replace(found, "$1");
            return found[10..] switch
            {
                "where" => found[..10] + "Where",
                "select" => found[..10] + "Select",
                "group" => found[..10] + "GroupBy",
                "orderby" => found[..10] + "OrderBy",
                _ => found,
            };
        }

        [GeneratedRegex("^(TYPED[0-9]{4} )[a-z] => ")]
        private static partial Regex Arrow();

        // Names of arguments that are keywords in a query.
        [GeneratedRegex(@"\b(?<!@)(group|on|by|select)(?=: )")]
        private static partial Regex Keywords();

        private sealed class Clauses(SemanticModel model) : CSharpSyntaxRewriter
        {
            public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
            {
                if (node is not { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: var name } access, ArgumentList.Arguments: [{ NameColon: null, Expression: SimpleLambdaExpressionSyntax { ExpressionBody: { } value, Parameter: var row } }] }
                    || model.GetSymbolInfo(node).Symbol is not IMethodSymbol { Parameters.Length: 1 } || !IsStream(model.GetTypeInfo(access.Expression).Type))
                {
                    return base.VisitInvocationExpression(node);
                }

                string from = $"from {row} in {Keywords().Replace(Visit(access.Expression).ToString(), "@$0")} ";
                string? query = name switch
                {
                    "Where" => $"where {value} select {row}",
                    "Select" => $"select {value}",
                    "GroupBy" => $"group {row} by {value}",
                    "OrderBy" => $"orderby {value} select {row}",
                    _ => null,
                };
                return query is null ? base.VisitInvocationExpression(node) : SyntaxFactory.ParseExpression($"({from}{query})");
            }

            public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => node;

            public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => node;
        }
    }

    /// <summary>Lambdas are blocks that return.</summary>
    private sealed partial class Returns : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            ArrowExpressionClauseSyntax body = BodyOf(tree);
            string text = tree.ToString();
            yield return text[..body.Expression.SpanStart] + new Blocks().Visit(body.Expression) + text[body.Expression.Span.End..];
        }

        public override string Common(string found) => Block().Replace(found, "=> $1");

        [GeneratedRegex("=> { return (.*); }$")]
        private static partial Regex Block();

        private sealed class Blocks : CSharpSyntaxRewriter
        {
            public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => Block(node);

            public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => Block(node);

            private static ExpressionSyntax Block(LambdaExpressionSyntax node)
            {
                string text = node.ToString();
                int arrow = node.ArrowToken.Span.End - node.SpanStart;
                return SyntaxFactory.ParseExpression($"{text[..arrow]} {{ return {text[arrow..].TrimStart()}; }}");
            }
        }
    }

    /// <summary>The attribute and the other members stand in one file, Define in another.</summary>
    private sealed class TwoFiles : Rewriting
    {
        public override IEnumerable<string> Apply(SyntaxTree tree, SemanticModel model)
        {
            string text = tree.ToString();
            MethodDeclarationSyntax define = (MethodDeclarationSyntax)BodyOf(tree).Parent!;
            ClassDeclarationSyntax pipeline = (ClassDeclarationSyntax)define.Parent!;
            yield return text[..define.SpanStart] + text[define.Span.End..];
            yield return Plan.PlanReading.Usings + $"partial class {pipeline.Identifier} {{ {define} }}";
        }
    }
}
