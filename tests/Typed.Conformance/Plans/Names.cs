using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Typed.Conformance.Plans;

/// <summary>Names of the cases as C# identifiers.</summary>
internal static class Names
{
    public static string Identifier(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
            text.Append(char.IsLetterOrDigit(c) || c == '_' ? c : '_');
        if (text.Length == 0 || char.IsDigit(text[0]))
            text.Insert(0, '_');
        string identifier = text.ToString();
        return SyntaxFacts.GetKeywordKind(identifier) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(identifier) != SyntaxKind.None
            ? "@" + identifier
            : identifier;
    }

    /// <summary>The identifier, changed until it is not among those that are taken.</summary>
    public static string Unique(string name, IEnumerable<string> taken)
    {
        HashSet<string> all = [.. taken];
        string identifier = Identifier(name);
        for (int i = 2; all.Contains(identifier); i++)
            identifier = Identifier($"{name}_{i}");
        return identifier;
    }
}
