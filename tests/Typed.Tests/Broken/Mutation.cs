using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Typed.Tests.Broken;

/// <summary>A file as it may look while somebody types in it.</summary>
/// <param name="Name">The file, the place and what was done there, by which it is found again.</param>
/// <param name="Text">The file.</param>
internal sealed record Mutation(string Name, SourceText Text)
{
    private static readonly string[] Others =
    [
        "class", "{", "}", "(", ")", "[", "]", ";", "=>", "<", ">", ",", ".", "\"text\"", "\"", "$\"{", "'", "null", "default", "0", "1e999", "-1", "@event", "größe", "Missing",
        "string", "int?", "dynamic", "void", "static", "new", "new()", "this", "base", "await", "async", "return", "x => ", "x => x.", "(a, b) => ", "Stream<", "Stream<int>", "List<>", "partial record",
        "/*", "//", "#if NEVER\n", "#endif\n", "global::", "?", "!", "=", "==", "is not", "switch { _ => ", "from x in ", "\\uD800", "unsafe int*", "typeof(", "nameof(", "ref", "params", "where T : ",
    ];

    /// <summary>Everything that is done to a file: each at each of its tokens.</summary>
    public static IEnumerable<Mutation> Of(string file, SyntaxNode root, SourceText text)
    {
        SyntaxToken[] tokens = [.. root.DescendantTokens().Where(token => token.Span.Length > 0)];
        for (int i = 0; i < tokens.Length; i++)
        {
            SyntaxToken token = tokens[i];
            string written = token.Text;

            // Both are prime to their count, so that in a long file every token meets many others.
            string other = Others[i * 7 % Others.Length];
            string third = Others[((i * 13) + 5) % Others.Length];
            yield return Changed("cut before", TextSpan.FromBounds(token.SpanStart, text.Length), "");
            yield return Changed("without", token.Span, "");
            yield return Changed("twice", token.Span, written + " " + written);
            yield return Changed($"'{other}' for", token.Span, other);
            yield return Changed($"'{third}' before", new TextSpan(token.SpanStart, 0), third + " ");
            yield return Changed("line cut before", TextSpan.FromBounds(token.SpanStart, text.Lines.GetLineFromPosition(token.SpanStart).End), "");
            if (i + 1 < tokens.Length)
                yield return Changed("swapped", TextSpan.FromBounds(token.SpanStart, tokens[i + 1].Span.End), tokens[i + 1].Text + " " + written);
            if (token.Parent?.FirstAncestorOrSelf<LambdaExpressionSyntax>() is { } lambda && lambda.SpanStart < token.SpanStart)
            {
                yield return Changed("lambda cut before", TextSpan.FromBounds(token.SpanStart, lambda.Span.End), "");
                yield return Changed("lambda from", TextSpan.FromBounds(lambda.SpanStart, token.SpanStart), "");
            }

            if (token.Parent?.FirstAncestorOrSelf<ArgumentListSyntax>() is { } list && list.SpanStart < token.SpanStart)
                yield return Changed("call cut before", TextSpan.FromBounds(token.SpanStart, list.Span.End), "");

            Mutation Changed(string what, TextSpan span, string now) => new($"{file}({text.Lines.GetLinePosition(token.SpanStart)}) {what} {written}", text.WithChanges(new TextChange(span, now)));
        }
    }
}
