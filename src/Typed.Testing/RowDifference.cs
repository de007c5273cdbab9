using System.Text;

namespace Typed.Testing;

/// <summary>
/// Compares rows as multisets and shows what differs, as a table:
/// <code>
/// Output.New has 2 rows where 2 were expected; 1 is as expected.
///       Category  Sales
///   -   toys      3      expected, missing
///   +   toys      2      too many; differs in Sales
/// </code>
/// </summary>
internal static class RowDifference
{
    private const int MostShown = 20;

    /// <param name="what">What is compared, as in <c>Output.New</c>.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="actual">The rows that are there, as text.</param>
    /// <param name="expected">The rows that should be.</param>
    /// <exception cref="RowMismatchException">They are not the same.</exception>
    public static void Check(string what, IReadOnlyList<string> columns, IReadOnlyList<string?[]> actual, IReadOnlyList<string?[]> expected)
    {
        List<string?[]> tooMany = [.. actual];
        List<string?[]> missing = [];
        foreach (string?[] row in expected)
        {
            int same = tooMany.FindIndex(one => one.AsSpan().SequenceEqual(row));
            if (same >= 0)
                tooMany.RemoveAt(same);
            else
                missing.Add(row);
        }

        if (missing.Count > 0 || tooMany.Count > 0)
            throw new RowMismatchException(Text(what, columns, actual.Count, expected.Count, missing, tooMany));
    }

    private static string Text(string what, IReadOnlyList<string> columns, int actual, int expected, List<string?[]> missing, List<string?[]> tooMany)
    {
        List<(string Sign, string?[] Row, string Note)> lines = [];
        foreach (string?[] row in missing)
        {
            lines.Add(("-", row, "expected, missing"));
            if (Nearest(row, tooMany) is not { } near)
                continue;

            // What is nearly right stands below what was wanted.
            tooMany.Remove(near);
            IEnumerable<string> differing = columns.Where((_, i) => row[i] != near[i]);
            lines.Add(("+", near, "too many; differs in " + string.Join(", ", differing)));
        }

        lines.AddRange(tooMany.Select(row => ("+", row, "too many")));
        int right = expected - missing.Count;
        StringBuilder text = new($"{what} has {Rows(actual)} where {expected} {(expected == 1 ? "was" : "were")} expected; {right} {(right == 1 ? "is" : "are")} as expected.\n");
        List<(string Sign, string?[] Row, string Note)> shown = [.. lines.Take(MostShown)];
        int[] widths = [.. columns.Select((name, i) => Math.Max(name.Length, shown.Max(line => Shown(line.Row[i]).Length)))];
        Append(text, " ", columns, widths, "");
        foreach ((string sign, string?[] row, string note) in shown)
            Append(text, sign, [.. row.Select(Shown)], widths, note);
        if (lines.Count > shown.Count)
            text.Append("  … and ").Append(lines.Count - shown.Count).Append(" more\n");
        return text.ToString();
    }

    /// <summary>The row that differs in fewest columns, if it has more than half of them in common.</summary>
    private static string?[]? Nearest(string?[] row, List<string?[]> among)
    {
        string?[]? nearest = among.MinBy(one => Differing(one, row));
        return nearest is not null && Differing(nearest, row) * 2 <= row.Length && row.Length > 1 ? nearest : null;
    }

    private static int Differing(string?[] one, string?[] other) => one.Where((value, i) => value != other[i]).Count();

    private static void Append(StringBuilder text, string sign, IReadOnlyList<string> values, int[] widths, string note)
    {
        StringBuilder line = new();
        line.Append("  ").Append(sign).Append("  ");
        for (int i = 0; i < values.Count; i++)
            line.Append(values[i].PadRight(widths[i])).Append("  ");
        text.Append(line.Append(note).ToString().TrimEnd()).Append('\n');
    }

    private static string Shown(string? value) => value is null ? "null" : value.Length == 0 ? "\"\"" : value;

    private static string Rows(int count) => count == 1 ? "1 row" : $"{count} rows";
}

/// <summary>A pipeline under test has written other rows than were expected. In the message, rows with <c>-</c> are missing and those with <c>+</c> are too many.</summary>
public sealed class RowMismatchException : Exception
{
    /// <summary>An exception.</summary>
    public RowMismatchException(string message)
        : base(message)
    {
    }
}
