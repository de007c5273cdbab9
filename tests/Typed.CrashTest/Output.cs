using System.Globalization;

namespace Typed.CrashTest;

/// <summary>What has come out for good: the rows of committed files, and of the batches that the function kept.</summary>
/// <param name="Windows">The lines of the files, sorted.</param>
/// <param name="Pairs">The rows of the batches, sorted.</param>
internal sealed record Output(string[] Windows, string[] Pairs)
{
    public static Output Of(Folders folders) => new(
        [.. new CommittedFiles(folders.Windows).List().SelectMany(file => File.ReadAllLines(Path.Combine(folders.Windows, file.Path))).Order(StringComparer.Ordinal)],
        [.. Batches(folders).SelectMany(File.ReadAllLines).Where(line => line.Length > 0).Order(StringComparer.Ordinal)]);

    /// <summary>What differs from what should have come out; null if nothing does.</summary>
    public string? DiffersFrom(Output expected) => Differs("windows", expected.Windows, Windows) ?? Differs("pairs", expected.Pairs, Pairs);

    private static IEnumerable<string> Batches(Folders folders) => Directory.Exists(folders.Pairs)
        ? Directory.EnumerateFiles(folders.Pairs).Where(path => !path.EndsWith(".tmp", StringComparison.Ordinal))
        : [];

    private static string? Differs(string name, string[] expected, string[] found)
    {
        if (expected.AsSpan().SequenceEqual(found))
            return null;
        string[] lost = Without(expected, found);
        string[] more = Without(found, expected);
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {expected.Length} rows expected, {found.Length} found; {lost.Length} lost{First(lost)}; {more.Length} too many{First(more)}");
    }

    private static string First(string[] rows) => rows.Length == 0 ? "" : $" (the first: {rows[0]})";

    private static string[] Without(string[] rows, string[] others)
    {
        Dictionary<string, int> left = others.CountBy(row => row).ToDictionary(StringComparer.Ordinal);
        List<string> rest = [];
        foreach (string row in rows)
        {
            if (left.GetValueOrDefault(row) == 0)
                rest.Add(row);
            else
                left[row]--;
        }

        return [.. rest];
    }
}
