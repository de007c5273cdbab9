namespace Typed.Cli;

/// <summary>Columns of text; numbers stand at the right.</summary>
internal sealed class TextTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    internal void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes heads and rows.</summary>
    internal void Write(TextWriter output)
    {
        int[] widths = [.. heads.Select((head, i) => _rows.Select(row => row[i].Length).Append(head.Length).Max())];
        bool[] right = [.. heads.Select((_, i) => _rows.Count > 0 && _rows.TrueForAll(row => IsNumber(row[i])))];
        Line(heads);
        Line([.. widths.Select(width => new string('-', width))]);
        foreach (string[] row in _rows)
            Line(row);

        void Line(string[] cells) => output.WriteLine(string.Join("  ", cells.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    private static bool IsNumber(string cell) => cell.Length == 0 || cell is "-" or "null" || ((char.IsAsciiDigit(cell[0]) || cell[0] == '-') && cell.All(one => char.IsAsciiDigit(one) || one is ',' or '.' or '-'));
}
