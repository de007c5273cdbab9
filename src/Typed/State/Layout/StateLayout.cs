using System.Text;

namespace Typed.State;

/// <summary>
/// What the bytes of an operator's entries are: its tables, and for each the fields of keys and values in the order in which they are written. Its text is stored
/// in each version beside the state, so that the state can be read without the pipeline that wrote it.
/// <code>
/// a line for each table:
///   NUMBER NAME; time KIND; key FIELD, …; value FIELD, …
/// KIND   none: entries are there until they are removed; instant: µs since 1970; number: the generation of a state field;
///        slice SLIDE OFFSET REST: the number of a window, or of a part of one, in µs (see SliceGrid; REST is 0 where a slide is one slice)
/// FIELD  NAME TYPE; a type is written as StateType says
/// </code>
/// Names that are not of letters, digits, '_' and '.' stand in quotes, with a backslash before a quote and a backslash.
/// </summary>
/// <param name="Tables">The tables; one that is not among them has no entries.</param>
internal sealed record StateLayout(IReadOnlyList<StateTable> Tables)
{
    /// <summary>Of an operator that has no entries, only a head.</summary>
    internal static StateLayout HeadOnly { get; } = new([]);

    /// <summary>The layout of one table.</summary>
    internal static StateLayout Of(string name, StateTimeKind time, string key, string value) => new([StateTable.Of(0, name, time, key, value)]);

    /// <summary>The layout of a table whose times are the numbers of windows, or of slices.</summary>
    internal static StateLayout OfSlices(string name, StateSlices slices, string key, string value) =>
        new([StateTable.Of(0, name, StateTimeKind.Slice, key, value) with { Slices = slices }]);

    /// <summary>A table by its number.</summary>
    internal StateTable? Table(int number) => Tables.FirstOrDefault(table => table.Number == number);

    /// <summary>Reads its text.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    internal static StateLayout Parse(string text) => new([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new StateLayoutParser(line).ReadTable())]);

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Tables);

    /// <summary>Reads an entry, which has to be all that its layout says and nothing more.</summary>
    /// <returns>The values of its key and of its value.</returns>
    /// <exception cref="InvalidDataException">It is not of this layout.</exception>
    internal (object?[] Key, object?[] Value) Read(int table, StateReader key, StateReader value)
    {
        StateTable found = Table(table) ?? throw new InvalidDataException($"there is an entry of table {table}, and the layout knows tables ({string.Join(", ", Tables.Select(one => one.Number))})");
        return (Read(found, "key", found.Key, key), Read(found, "value", found.Value, value));
    }

    /// <summary>What is written has to be what the layout says of it, to the last byte.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    internal static void Check(Operators.StatefulOperator from, StateChanges changes)
    {
        string text = from.Layout.ToString();
        StateLayout layout = StateLayout.Parse(text);
        if (layout.ToString() != text)
            throw new InvalidDataException($"{from.Name} has the layout '{text}', which is read as '{layout}'");
        foreach (StateRecord record in StateRecord.In(changes))
            layout.Check(record);
    }

    /// <summary>Looks whether a record is of this layout.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    internal void Check(in StateRecord record)
    {
        StateReader key = new(record.Key);
        if (!record.IsRemoval)
            Read(record.Table, key, new StateReader(record.Value));
        else if (Table(record.Table) is { } table)
            Read(table, "key", table.Key, key);
        else
            throw new InvalidDataException($"there is a removal in table {record.Table}, which the layout does not know");
    }

    private static object?[] Read(StateTable table, string what, IReadOnlyList<StateField> fields, StateReader reader)
    {
        object?[] values = new object?[fields.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = fields[i].Type.Read(reader);
        return reader.Left == 0
            ? values
            : throw new InvalidDataException($"{reader.Left} bytes of a {what} of table {table.Number} ({table.Name}) are left over behind its fields ({string.Join(", ", fields)})");
    }
}

/// <summary>What the time of an entry is.</summary>
internal enum StateTimeKind
{
    /// <summary>Entries have none.</summary>
    None,

    /// <summary>The number of the generation of a state field.</summary>
    Number,

    /// <summary>The number of a window or a slice.</summary>
    Slice,

    /// <summary>A point in time, µs since 1970; none for entries that stay until they are removed.</summary>
    Instant,
}

/// <summary>One table of an operator's state.</summary>
/// <param name="Number">Its number in entries.</param>
/// <param name="Name">What it holds.</param>
/// <param name="Time">What the times of its entries are.</param>
/// <param name="Key">The fields of a key.</param>
/// <param name="Value">The fields of a value.</param>
internal sealed record StateTable(int Number, string Name, StateTimeKind Time, IReadOnlyList<StateField> Key, IReadOnlyList<StateField> Value)
{
    /// <summary>How slices are numbered, where times are their numbers.</summary>
    internal StateSlices Slices { get; init; }

    /// <summary>A table whose fields are given as text.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="name">What it holds.</param>
    /// <param name="time">What the times are.</param>
    /// <param name="key">The fields of a key as text.</param>
    /// <param name="value">The fields of a value as text.</param>
    internal static StateTable Of(int number, string name, StateTimeKind time, string key, string value) =>
        new(number, name, time, new StateLayoutParser(key).ReadFields(), new StateLayoutParser(value).ReadFields());

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Number} {StateField.Quote(Name)}; time {Time.ToString().ToLowerInvariant()}{(Time == StateTimeKind.Slice ? Slices : "")}; key {string.Join(", ", Key)}; value {string.Join(", ", Value)}";
}

/// <summary>How windows or slices are numbered (<c>SliceGrid</c>), µs.</summary>
/// <param name="Slide">The length of one, or of two where there is a rest.</param>
/// <param name="Offset">Where number 0 begins, since 1970.</param>
/// <param name="Rest">The length of the first of two.</param>
internal readonly record struct StateSlices(long Slide, long Offset, long Rest)
{
    /// <summary>Where one begins.</summary>
    internal StateInstant StartOf(long number) => new(Rest == 0 ? Offset + (number * Slide) : Offset + ((number >> 1) * Slide) + ((number & 1) * Rest));

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {Slide} {Offset} {Rest}");
}

/// <summary>A field of a key or a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How it is written.</param>
internal sealed record StateField(string Name, StateType Type)
{
    /// <summary>Fields as text, to be put before others.</summary>
    internal static string Join(params ReadOnlySpan<string> fields)
    {
        StringBuilder text = new();
        foreach (string field in fields)
        {
            if (field.Length > 0)
                text.Append(text.Length > 0 ? ", " : "").Append(field);
        }

        return text.ToString();
    }

    /// <summary>A name as it stands in text.</summary>
    internal static string Quote(string name)
    {
        if (name.Length > 0 && name.All(IsPlain))
            return name;
        StringBuilder text = new("\"");
        foreach (char one in name)
            text.Append(one is '"' or '\\' ? "\\" : "").Append(one == '\n' ? ' ' : one);
        return text.Append('"').ToString();
    }

    internal static bool IsPlain(char one) => char.IsLetterOrDigit(one) || one is '_' or '.';

    /// <inheritdoc/>
    public override string ToString() => $"{Quote(Name)} {Type}";
}
