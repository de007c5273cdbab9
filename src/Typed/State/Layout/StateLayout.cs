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
/// FIELD  NAME TYPE; a type is written as StateType says; behind it " = DEFAULT" where records that lack the field have that
/// </code>
/// A NAME may have an id behind it, as in Amount#2. Names and defaults that are not of letters, digits, '_' and '.' stand in quotes, with a backslash before a
/// quote and a backslash, and \n for the end of a line.
/// </summary>
/// <param name="Tables">The tables; one that is not among them has no entries.</param>
internal sealed partial record StateLayout(IReadOnlyList<StateTable> Tables)
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
    internal static StateLayout Parse(string text) => new([.. text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => new StateLayoutParser(line).ReadTable())]);

    /// <inheritdoc/>
    public override string ToString() => string.Join("\n", Tables);
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
    /// <summary>What it is known by where it has another name; 0 for nothing but the name.</summary>
    internal int Id { get; init; }

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

    /// <summary>The table with the numbers of enums alone.</summary>
    internal StateTable WithoutMembers() => this with { Key = StateField.WithoutMembers(Key), Value = StateField.WithoutMembers(Value) };

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Number} {StateField.Quote(Name)}{StateField.IdText(Id)}; time {Time.ToString().ToLowerInvariant()}{(Time == StateTimeKind.Slice ? Slices : "")}; key {string.Join(", ", Key)}; value {string.Join(", ", Value)}";
}

/// <summary>How windows or slices are numbered (<c>SliceGrid</c>), µs.</summary>
/// <param name="Slide">The length of one, or of two where there is a rest.</param>
/// <param name="Offset">Where number 0 begins, since 1970.</param>
/// <param name="Rest">The length of the first of two.</param>
internal readonly partial record struct StateSlices(long Slide, long Offset, long Rest)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($" {Slide} {Offset} {Rest}");
}

/// <summary>A field of a key or a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How it is written.</param>
internal sealed partial record StateField(string Name, StateType Type)
{
    /// <summary>What it is known by where it has another name; 0 for nothing but the name.</summary>
    internal int Id { get; init; }

    /// <summary>What records that were stored without it have; null where nothing is said. A number, <c>true</c>, <c>false</c>, a text, or <c>default</c>.</summary>
    internal string? Default { get; init; }

    /// <summary>Fields with the numbers of enums alone.</summary>
    internal static IReadOnlyList<StateField> WithoutMembers(IReadOnlyList<StateField> fields) => [.. fields.Select(field => field with { Type = field.Type.WithoutMembers() })];

    /// <summary>A name as it stands in text.</summary>
    internal static string Quote(string name)
    {
        if (name.Length > 0 && name.All(IsPlain))
            return name;
        StringBuilder text = new("\"");
        foreach (char one in name)
            text.Append(one is '"' or '\\' or '\n' ? "\\" : "").Append(one == '\n' ? 'n' : one);
        return text.Append('"').ToString();
    }

    internal static bool IsPlain(char one) => char.IsLetterOrDigit(one) || one is '_' or '.';

    /// <inheritdoc/>
    public override string ToString() => $"{Quote(Name)}{IdText(Id)} {Type}{(Default is null ? "" : " = " + Quote(Default))}";

    /// <summary>An id as it stands behind a name.</summary>
    internal static string IdText(int id) => id == 0 ? "" : "#" + id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
