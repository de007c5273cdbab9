using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Typed.Generator.Incremental;

/// <summary>How generated files are named and handed over.</summary>
internal static class GeneratedFile
{
    /// <summary>Adds the file for a type: its full C# name, in characters that file names may have.</summary>
    public static void Add(SourceProductionContext context, string fullName, string kind, string text)
    {
        StringBuilder name = new();
        string bare = fullName.StartsWith("global::", StringComparison.Ordinal) ? fullName.Substring("global::".Length) : fullName;
        foreach (char one in bare)
            name.Append(char.IsLetterOrDigit(one) || one is '.' or '_' ? one : '-');
        context.AddSource(name.Append('.').Append(kind).Append(".g.cs").ToString(), SourceText.From(text, Encoding.UTF8));
    }
}
