using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Typed.Plan;

namespace Typed.Generator.Incremental;

/// <summary>How generated files are named and handed over.</summary>
internal static class GeneratedFile
{
    /// <summary>
    /// The types whose files would have one name: that of a file says nothing of upper and lower case. Hardly any project has such, so an edit leaves the list as it was.
    /// </summary>
    public static IncrementalValueProvider<EquatableArray<string>> Clashing(IncrementalValuesProvider<string> fullNames) =>
        fullNames.Collect().Select(static (names, _) => Clashing(names));

    /// <inheritdoc cref="Clashing(IncrementalValuesProvider{string})"/>
    public static EquatableArray<string> Clashing(IEnumerable<string> fullNames) =>
        fullNames.GroupBy(NameOf, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).SelectMany(same => same).OrderBy(name => name, StringComparer.Ordinal).ToEquatable();

    /// <summary>
    /// Adds the file for a type, called by its full C# name. Of types whose files would have the same name, each gets a number made of its own; of types that have the same
    /// name themselves, which the compiler refuses, none is written for.
    /// </summary>
    public static void Add(SourceProductionContext context, string fullName, EquatableArray<string> clashing, string kind, string text)
    {
        int same = clashing.Count(name => name == fullName);
        if (same > 1)
            return;
        string number = same == 0 ? "" : "-" + Hash(fullName).ToString("x8", CultureInfo.InvariantCulture);
        context.AddSource($"{NameOf(fullName)}{number}.{kind}.g.cs", SourceText.From(text, Encoding.UTF8));
    }

    /// <summary>The name in characters that file names may have.</summary>
    private static string NameOf(string fullName)
    {
        StringBuilder name = new();
        string bare = fullName.StartsWith("global::", StringComparison.Ordinal) ? fullName.Substring("global::".Length) : fullName;
        foreach (char one in bare)
            name.Append(char.IsLetterOrDigit(one) || one is '.' or '_' ? one : '-');
        return name.ToString();
    }

    // FNV-1a: the same on every machine, which string.GetHashCode is not.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char one in text)
            hash = unchecked((hash ^ one) * 16777619);
        return hash;
    }
}
