using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <summary>What names stand for in a lambda over one row, or over the two rows of a join.</summary>
internal sealed class RowScope
{
    private readonly List<(string Variable, string[] Qualifiers, IReadOnlyList<SqlColumn> Columns)> _rows = [];

    public RowScope(string variable, IReadOnlyList<SqlColumn> columns) => _rows.Add((variable, [], columns));

    public RowScope(string left, IReadOnlyList<SqlColumn> leftColumns, string right, IReadOnlyList<SqlColumn> rightColumns)
    {
        _rows.Add((left, ["l", "left"], leftColumns));
        _rows.Add((right, ["r", "right"], rightColumns));
    }

    public CSharpWriter Writer => new(Resolve);

    /// <summary>The side, 0 or 1, that all names of an expression belong to; null if they are of both or of none.</summary>
    public int? SideOf(string name)
    {
        for (int side = 0; side < _rows.Count; side++)
        {
            if (Find(side, name) is not null)
                return side;
        }

        return null;
    }

    public Code Resolve(string name)
    {
        for (int side = 0; side < _rows.Count; side++)
        {
            if (Find(side, name) is Code code)
                return code;
        }

        // The clock of the batch in seconds has no name in SQL; the cases call it so.
        if (name == "batch_timestamp_s")
            return new Code("Batch.Now.ToUnixTimeSeconds()", SqlType.Long.NotNull());

        // A column that is not there: the C# compiler has to say so.
        return new Code($"{_rows[0].Variable}.{Names.Identifier(name)}", SqlType.Int);
    }

    private Code? Find(int side, string name)
    {
        (string variable, string[] qualifiers, IReadOnlyList<SqlColumn> columns) = _rows[side];
        if (columns.FirstOrDefault(column => column.Name == name) is { } found)
            return new Code($"{variable}.{found.Member}", found.Type);
        int dot = name.IndexOf('.');
        if (dot < 0)
            return null;
        string first = name[..dot];
        string rest = name[(dot + 1)..];
        if (columns.FirstOrDefault(column => column.Name == first && column.Type.Kind == SqlKind.Window) is { } window && (rest is "start" or "end"))
        {
            string end = rest == "start" ? "Start" : "End";
            return window.Type.Nullable
                ? new Code($"{variable}.{window.Member}?.{end}", SqlType.Timestamp)
                : new Code($"{variable}.{window.Member}.{end}", SqlType.Timestamp.NotNull());
        }

        return qualifiers.Contains(first) ? Find(side, rest) : null;
    }
}
