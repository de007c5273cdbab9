using System.Globalization;

namespace Typed.Schema;

/// <summary>The type of a field.</summary>
public sealed record FieldType
{
    private static readonly FieldType[] Plain = CreatePlain();
    private static readonly FieldType[] PlainNullable = [.. Plain.Select(type => type with { Nullable = true })];

    private FieldType(FieldKind kind) => Kind = kind;

    /// <summary>What the field holds.</summary>
    public FieldKind Kind { get; private init; }

    /// <summary>Whether the field may be null.</summary>
    public bool Nullable { get; init; }

    /// <summary>The number of digits of a decimal.</summary>
    public int Precision { get; private init; }

    /// <summary>The number of digits after the point of a decimal.</summary>
    public int Scale { get; private init; }

    /// <summary>The type of the elements of a list or of the values of a map.</summary>
    public FieldType? Element { get; private init; }

    /// <summary>The fields of a nested record or a window.</summary>
    public IReadOnlyList<Field> Fields { get; private init; } = [];

    /// <summary>The name of a nested record or an enum.</summary>
    public string? Name { get; private init; }

    /// <summary>The names of an enum by number; several names may have one number, the first is written.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> EnumNames { get; private init; } = [];

    /// <summary>Whether the numbers of an enum are of type ulong; a column holds their bits as a long.</summary>
    public bool IsUnsigned { get; private init; }

    /// <summary>A type that needs no more than its kind.</summary>
    public static FieldType Of(FieldKind kind, bool nullable = false) => (nullable ? PlainNullable : Plain)[(int)kind];

    /// <summary>A decimal.</summary>
    public static FieldType Decimal(int precision, int scale, bool nullable = false) =>
        new(FieldKind.Decimal) { Precision = precision, Scale = scale, Nullable = nullable };

    /// <summary>A list.</summary>
    public static FieldType List(FieldType element, bool nullable = false) => new(FieldKind.List) { Element = element, Nullable = nullable };

    /// <summary>A map with string keys.</summary>
    public static FieldType Map(FieldType value, bool nullable = false) => new(FieldKind.Map) { Element = value, Nullable = nullable };

    /// <summary>A nested record.</summary>
    public static FieldType Record(string name, IReadOnlyList<Field> fields, bool nullable = false) =>
        new(FieldKind.Record) { Name = name, Fields = fields, Nullable = nullable };

    /// <summary>An enum.</summary>
    public static FieldType Enum(string name, IReadOnlyList<KeyValuePair<string, long>> names, bool nullable = false, bool unsigned = false) =>
        new(FieldKind.Enum) { Name = name, EnumNames = names, Nullable = nullable, IsUnsigned = unsigned };

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = Kind switch
        {
            FieldKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})"),
            FieldKind.List => $"list<{Element}>",
            FieldKind.Map => $"map<string,{Element}>",
            FieldKind.Record => $"{Name}{{{string.Join(",", Fields.Select(field => $"{field.Name}:{field.Type}"))}}}",
            FieldKind.Enum => $"enum {Name}",
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return Nullable ? name + "?" : name;
    }

    private static FieldType[] CreatePlain()
    {
        FieldType[] types = new FieldType[(int)FieldKind.Window + 1];
        for (int i = 0; i < types.Length; i++)
            types[i] = new FieldType((FieldKind)i);
        FieldType time = types[(int)FieldKind.Timestamp];
        types[(int)FieldKind.Window] = new FieldType(FieldKind.Window) { Fields = [new Field("Start", time), new Field("End", time)] };
        return types;
    }
}

/// <summary>One field of a row.</summary>
/// <param name="Name">The name of the C# member.</param>
/// <param name="Type">The type.</param>
public sealed record Field(string Name, FieldType Type)
{
    /// <summary>The name in JSON objects and CSV headers that <see cref="JsonNameAttribute"/> gave; null for the usual ones.</summary>
    public string? JsonName { get; init; }

    /// <summary>The identity that <see cref="IdAttribute"/> gave; 0 for none.</summary>
    public int Id { get; init; }

    /// <summary>Whether the field is the event time of the record.</summary>
    public bool IsEventTime { get; init; }

    /// <summary>Whether the field takes what did not fit.</summary>
    public bool IsRescuedData { get; init; }

    /// <summary>Whether the field takes the raw text of a malformed record.</summary>
    public bool IsCorruptRecord { get; init; }

    /// <summary>What the source supplies for the field, if it does.</summary>
    public SourceField? FromSource { get; init; }

    /// <summary>Whether the field is part of the text of a record, and not supplied by the reader.</summary>
    public bool IsData => FromSource is null && !IsRescuedData && !IsCorruptRecord;

    /// <summary>The name under which the field is written: <see cref="JsonName"/>, else the camel-cased name.</summary>
    public string WrittenName => JsonName ?? (Name.Length == 0 ? Name : char.ToLowerInvariant(Name[0]) + Name[1..]);
}

/// <summary>The names and types of the columns of a row.</summary>
/// <param name="Name">The name of the record, for messages.</param>
/// <param name="Fields">The columns in order.</param>
public sealed record RowSchema(string Name, IReadOnlyList<Field> Fields)
{
    /// <summary>The columns of a record.</summary>
    public static RowSchema Of<T>()
        where T : IStreamRecord<T> => T.Schema;

    /// <summary>The position of a field by its C# name; −1 if there is none.</summary>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Name == name)
                return i;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Fields.Select(field => $"{field.Name} {field.Type}"))})";
}
