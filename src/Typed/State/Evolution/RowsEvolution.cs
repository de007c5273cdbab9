using System.Text;

namespace Typed.State;

/// <summary>
/// Joins of streams and the first rows of groups, which keep whole rows: columns may be dropped, moved and widened. One that is new was not stored until now.
/// </summary>
/// <remarks>
/// Their schemas end with columns, as <c>NAME TYPE, …</c>: behind <c>; left </c> and <c>; right </c> for a join, behind <c>; rows </c> for the others. What stands
/// before does not change.
/// </remarks>
internal static class RowsEvolution
{
    private const string Enum = "enum";

    /// <summary>Compares two versions of an operator that keeps rows.</summary>
    internal static void Compare(string stored, StateLayout before, string present, StateLayout now, List<ShapeChange> changes)
    {
        string[] marks = present.IndexOf("; left ", StringComparison.Ordinal) >= 0 ? ["; left ", "; right "] : ["; rows "];
        if (Split(stored, marks) is not { } old || Split(present, marks) is not { } own)
        {
            changes.Add(StateEvolution.Broken($"would store '{present}', where '{stored}' is stored"));
            return;
        }

        if (old[0] != own[0])
            StateEvolution.CompareParts(old[0], own[0], changes);
        foreach (StateTable table in now.Tables)
        {
            if (before.Table(table.Number) is not { } other || !ValueEvolution.HaveSameBytes(other.Key, table.Key) || other.Time != table.Time)
                changes.Add(StateEvolution.Broken($"stores '{table}', where '{before.Table(table.Number)?.ToString() ?? "no such table"}' is stored"));
        }

        if (changes.Count > 0)
            return;

        // All tables have the same key.
        List<ValueChange> keys = [];
        if (now.Tables.Count > 0)
            EnumEvolution.CompareWithin("", before.Table(now.Tables[0].Number)!.Key, now.Tables[0].Key, keys);
        changes.AddRange(keys.Select(key => new ShapeChange(key.Verdict, StateEvolution.SchemaChanged, $"has other keys: {key.What}")));
        for (int i = 0; i < marks.Length; i++)
            CompareNulls(marks[i].Trim(';', ' '), Columns(old[i + 1]), Columns(own[i + 1]), changes);
        foreach (StateTable table in now.Tables)
        {
            List<ValueChange> values = [];
            ValueEvolution.Compare("", ColumnsOf(before.Table(table.Number)!), ColumnsOf(table), ComparedValues.Rows, values);
            changes.AddRange(values.Select(value => new ShapeChange(value.Verdict, StateEvolution.SchemaChanged, $"keeps other rows in '{table.Name}': {value.What}") { Rewrites = value.Rewrites }));
        }
    }

    /// <summary>The columns of the rows in a table: the fields of an entry, or of the elements of a list that stands at its end.</summary>
    internal static IReadOnlyList<StateField> ColumnsOf(StateTable table) =>
        table.Value.Count > 0 && table.Value[table.Value.Count - 1].Type is { Kind: StateTypeKind.List, Element: { Kind: StateTypeKind.Record } row } && table.Value[0].Name == "Seen"
            ? row.Fields
            : table.Value;

    // Stored values say of each whether it is null, so that only words know whether a column may be; and how many digits a decimal has.
    private static void CompareNulls(string side, List<(string Name, string Type)> stored, List<(string Name, string Type)> present, List<ShapeChange> changes)
    {
        foreach ((string name, string type) in present)
        {
            if (stored.FirstOrDefault(one => one.Name == name) is not { Name: not null } before || before.Type == type)
                continue;
            bool wasNullable = before.Type.EndsWith("?", StringComparison.Ordinal);
            bool isNullable = type.EndsWith("?", StringComparison.Ordinal);
            string what = $"keeps other rows in '{side}': '{name}' is {type}, where {before.Type} is stored";
            (string was, string its) = (Bare(before.Type), Bare(type));
            if (was == its && wasNullable == isNullable)
                continue;
            bool fits = was == its || (IsPlain(was) && IsPlain(its) && IsEnum(was) == IsEnum(its)) || (Digits(was) is { } old && Digits(its) is { } own && own.Whole >= old.Whole && own.Scale >= old.Scale);
            changes.Add(new ShapeChange(fits && (isNullable || !wasNullable) ? ShapeVerdict.Compatible : ShapeVerdict.Breaks, StateEvolution.SchemaChanged, what) { Rewrites = was != its });
        }
    }

    // Numbers and other single words: the layout says whether they can be read as others.
    private static bool IsPlain(string type) => type.Length > 0 && type.All(char.IsLetterOrDigit);

    private static bool IsEnum(string type) => type == Enum;

    /// <summary>A type that may not be null, with enums whatever they are called: their members are in the layout.</summary>
    private static string Bare(string type)
    {
        StringBuilder bare = new();
        int from = 0;
        for (int at; (at = type.IndexOf(Enum + " ", from, StringComparison.Ordinal)) >= 0;)
        {
            bare.Append(type, from, at + Enum.Length - from);
            for (from = at + Enum.Length + 1; from < type.Length && (char.IsLetterOrDigit(type[from]) || type[from] is '_' or '.'); from++)
            {
            }
        }

        return bare.Append(type, from, type.Length - from).ToString().TrimEnd('?');
    }

    private static (int Whole, int Scale)? Digits(string type)
    {
        int comma = type.IndexOf(',');
        return type.StartsWith("decimal(", StringComparison.Ordinal) && comma > 0
            && Number(type.Substring(8, comma - 8)) is { } precision && Number(type.Substring(comma + 1).TrimEnd(')')) is { } scale
            ? (precision - scale, scale)
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>What stands before the first mark, and behind each of them.</summary>
    private static string[]? Split(string schema, string[] marks)
    {
        string[] parts = new string[marks.Length + 1];
        int end = schema.Length;
        for (int i = marks.Length - 1; i >= 0; i--)
        {
            int at = end == 0 ? -1 : schema.LastIndexOf(marks[i], end - 1, StringComparison.Ordinal);
            if (at < 0)
                return null;
            parts[i + 1] = schema.Substring(at + marks[i].Length, end - at - marks[i].Length);
            end = at;
        }

        parts[0] = schema.Substring(0, end);
        return parts;
    }

    private static List<(string Name, string Type)> Columns(string text)
    {
        List<(string, string)> columns = [];
        foreach (string one in text.Split([", "], StringSplitOptions.RemoveEmptyEntries))
        {
            int space = one.IndexOf(' ');
            columns.Add(space < 0 ? (one, "") : (one.Substring(0, space), one.Substring(space + 1)));
        }

        return columns;
    }
}
