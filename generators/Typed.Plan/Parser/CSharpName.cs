using Microsoft.CodeAnalysis.CSharp;

namespace Typed.Plan;

/// <summary>Names as they have to stand in C# text.</summary>
internal static class CSharpName
{
    /// <summary>The identifier, with <c>@</c> where it would be read as a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;
}
