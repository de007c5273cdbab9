using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Typed.Tests.House;

namespace Typed.Tests.Rules;

/// <summary>
/// The diagnostics that tests expect, read from their source: an id with the text it points at, as in <c>"TYPED1001 GroupBy"</c>, where a test says what is found. What is
/// said not to be found, what stands in comments, in tests that are skipped and in classes without a test does not count.
/// </summary>
internal static partial class AssertedDiagnostics
{
    private static readonly HashSet<string> Denials = ["DoesNotContain", "NotEqual", "Empty", "DoesNotMatch", "All"];

    /// <summary>The ids that some test expects at a place.</summary>
    public static IReadOnlySet<string> All() => Directory.EnumerateFiles(Checkout.At("tests", "Typed.Tests"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(path => In(File.ReadAllText(path)))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The ids that the tests of a source expect.</summary>
    public static IEnumerable<string> In(string source) =>
        from type in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Members.OfType<MethodDeclarationSyntax>().Any(IsTest)
        from literal in type.DescendantTokens()
        where literal.IsKind(SyntaxKind.StringLiteralToken) || literal.IsKind(SyntaxKind.SingleLineRawStringLiteralToken) || literal.IsKind(SyntaxKind.InterpolatedStringTextToken)
        let expected = Expected().Match(literal.ValueText)
        where expected.Success && IsExpected(literal.Parent!)
        select expected.Groups[1].Value;

    private static bool IsExpected(SyntaxNode literal)
    {
        foreach (SyntaxNode around in literal.Ancestors())
        {
            switch (around)
            {
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } or UnaryPatternSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                    return false;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" }, Name.Identifier.Text: var called } } when Denials.Contains(called):
                    return false;
                case MethodDeclarationSyntax method:
                    return IsTest(method) || method.ReturnType.ToString().StartsWith("TheoryData", StringComparison.Ordinal);
                case FieldDeclarationSyntax or PropertyDeclarationSyntax:
                    return true;
            }
        }

        return false;
    }

    private static bool IsTest(MethodDeclarationSyntax method)
    {
        AttributeSyntax? test = method.AttributeLists.SelectMany(list => list.Attributes).FirstOrDefault(attribute => attribute.Name.ToString() is "Fact" or "Theory");
        return test is not null && !(test.ArgumentList?.Arguments.Any(argument => argument.NameEquals?.Name.Identifier.Text == "Skip") ?? false);
    }

    [GeneratedRegex(@"^(TYPED[0-9]{4}) \S")]
    private static partial Regex Expected();
}
