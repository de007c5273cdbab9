namespace Typed.Cli;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary>The names that are nearest to a wrong one, the nearest first.</summary>
    internal static IEnumerable<string> Of(string wrong, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: name.Contains(wrong, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant())))
        .OrderBy(one => one.Distance)
        .ThenBy(one => one.Name, StringComparer.Ordinal)
        .Take(3)
        .Select(one => one.Name);

    /// <summary>Folders beside one that is not there, as the end of a sentence.</summary>
    internal static string Folder(string missing) => Beside(missing, Directory.EnumerateDirectories);

    /// <summary>Files of the same kind beside one that is not there, as the end of a sentence.</summary>
    internal static string File(string missing) => Beside(Path.GetFullPath(missing), folder => Directory.EnumerateFiles(folder, "*" + Path.GetExtension(missing)));

    private static string Beside(string missing, Func<string, IEnumerable<string>> list)
    {
        string? parent = Path.GetDirectoryName(missing);
        if (parent is null || !Directory.Exists(parent))
            return "";
        string[] near = [.. Of(Path.GetFileName(missing), list(parent).Select(Path.GetFileName).OfType<string>())];
        return near.Length == 0 ? "" : $"; near it are {string.Join(", ", near)}";
    }

    // How many characters have to be put in, taken out or replaced.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
