using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>
/// Rows as text in columns. Numbers stand to the right; control characters are escaped, so that no value can move the cursor; a wide
/// character counts two cells.
/// <code>
///  Hour                 │ Code │ Flights
/// ──────────────────────┼──────┼─────────
///  2001-01-01T15:00:00Z │ DFW  │      41
/// </code>
/// </summary>
internal sealed class ConsoleTable(RowSchema schema)
{
    private const int NarrowestCut = 8;
    private readonly List<string[]> _rows = [];

    internal int RowCount => _rows.Count;

    internal void Clear() => _rows.Clear();

    internal void Add(ColumnBatch batch, int row)
    {
        string[] cells = new string[schema.Fields.Count];
        for (int i = 0; i < cells.Length; i++)
            cells[i] = Escape(ColumnText.ToManaged(batch[i], row) ?? "null");
        _rows.Add(cells);
    }

    internal void Print(TextWriter writer, int width)
    {
        int[] widths = Widths(width);
        StringBuilder line = new();
        string[] names = [.. schema.Fields.Select(field => Escape(field.Name))];
        WriteLine(names, widths, line, writer);
        for (int i = 0; i < widths.Length; i++)
            line.Append(i == 0 ? "" : "┼").Append('─', widths[i] + 2);
        Flush(line, writer);
        foreach (string[] row in _rows)
            WriteLine(row, widths, line, writer);
    }

    /// <summary>The widths of the columns: as wide as their cells, the widest cut first if the table is too wide.</summary>
    private int[] Widths(int width)
    {
        int[] widths = [.. schema.Fields.Select(field => Cells(Escape(field.Name)))];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], Cells(row[i]));
        }

        long excess = widths.Sum(one => one + 3L) - 1 - width;
        while (excess > 0)
        {
            int widest = Array.IndexOf(widths, widths.Max());
            int second = widths.Where((_, i) => i != widest).DefaultIfEmpty(0).Max();
            int cut = (int)Math.Min(excess, Math.Max(1, widths[widest] - second));
            if (widths[widest] - cut < NarrowestCut)
                cut = widths[widest] - NarrowestCut;
            if (cut <= 0)
                break;
            widths[widest] -= cut;
            excess -= cut;
        }

        return widths;
    }

    private void WriteLine(string[] cells, int[] widths, StringBuilder line, TextWriter writer)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = Cut(cells[i], widths[i]);
            int padding = widths[i] - Cells(cell);
            bool right = IsNumber(schema.Fields[i].Type.Kind);
            line.Append(i == 0 ? " " : "│ ").Append(' ', right ? padding : 0).Append(cell).Append(' ', right ? 1 : padding + 1);
        }

        Flush(line, writer);
    }

    private static void Flush(StringBuilder line, TextWriter writer)
    {
        writer.WriteLine(line.ToString().TrimEnd());
        line.Clear();
    }

    private static string Cut(string cell, int width)
    {
        if (Cells(cell) <= width)
            return cell;
        StringBuilder cut = new();
        int used = 0;
        foreach (Rune rune in cell.EnumerateRunes())
        {
            used += Cells(rune);
            if (used > width - 1)
                break;
            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }

    private static string Escape(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnprintable))
            return text;
        StringBuilder escaped = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = (rune.Value, IsUnprintable(rune)) switch
            {
                ('\n', _) => escaped.Append("\\n"),
                ('\r', _) => escaped.Append("\\r"),
                ('\t', _) => escaped.Append("\\t"),
                (_, true) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    private static bool IsUnprintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    private static bool IsNumber(FieldKind kind) => kind is >= FieldKind.SByte and <= FieldKind.Decimal;

    private static int Cells(string text)
    {
        int cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
            cells += Cells(rune);
        return cells;
    }

    /// <summary>How many cells a character takes on a terminal: the wide blocks of East Asian scripts and pictures take two.</summary>
    private static int Cells(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
            return 0;
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF)
            or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}
