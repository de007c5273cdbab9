using System.Globalization;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>What generated code writes into state, in the text that the run time stores beside it and reads again as <c>StateLayout</c>.</summary>
internal static class StateLayoutText
{
    /// <summary>A field.</summary>
    public static string Field(string name, string type) => $"{Name(name)} {type}";

    /// <summary>A column in its own storage.</summary>
    public static string Column(TypeSpec type) => type.Field switch
    {
        FieldKind.SByte => "int8",
        FieldKind.Byte => "uint8",
        FieldKind.Enum => Enum("int64", type),
        FieldKind.Decimal => $"decimal({type.Scale.ToString(CultureInfo.InvariantCulture)})",
        _ => type.Field.ToString().ToLowerInvariant(),
    };

    /// <summary>A part of a key of groups: reals as doubles, and behind all but text a byte that says whether it is null.</summary>
    public static string Key(TypeSpec type)
    {
        string word = type.Field == FieldKind.Float ? "double" : Column(type);
        return type.Nullable && type.Field is not (FieldKind.String or FieldKind.Binary) ? $"nullafter({word})" : word;
    }

    /// <summary>A value in a set, a list or an order, where whole numbers have 8 bytes.</summary>
    public static string Cell(TypeSpec type) => type.Field switch
    {
        FieldKind.Boolean => "longboolean",
        FieldKind.Date => "longdate",
        FieldKind.Float or FieldKind.Double => "double",
        FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16 or FieldKind.Int32 or FieldKind.UInt32 => "int64",
        _ => Column(type),
    };

    /// <summary>A value of custom state as its codec writes it.</summary>
    public static string Codec(TypeSpec type) => type.Field switch
    {
        FieldKind.Decimal => "netdecimal",
        FieldKind.Enum => Enum(Column(TypeSpec.Of(type.EnumUnderlying)), type),
        FieldKind.Record or FieldKind.Window => $"record({string.Join(", ", type.Members.Select(Member))})",
        _ => Column(type),
    };

    /// <summary>A state field of fixed size, whose times are ticks.</summary>
    public static string Fixed(TypeSpec type)
    {
        string word = type.Field switch
        {
            FieldKind.Timestamp => "ticks",
            FieldKind.Duration => "tickspan",
            FieldKind.Date => "daynumber",
            _ => Codec(type),
        };
        return type.Nullable ? $"flag({word})" : word;
    }

    /// <summary>A column of a row that is kept whole: all but text say first whether they are null.</summary>
    public static string Row(TypeSpec type) => type.Value == ValueKind.Field && type.Field is FieldKind.String or FieldKind.Binary ? Column(type) : $"null({RowValue(type)})";

    private static string RowValue(TypeSpec type) => type.Value == ValueKind.Row || type.Field is FieldKind.Record or FieldKind.Window
        ? $"record({string.Join(", ", type.Members.Select(member => Field(member.Name, Row(member.Type))))})"
        : type.Field switch
        {
            FieldKind.List => $"list({Row(type.Element!)})",
            FieldKind.Map => $"list(record(Key string, Value {Row(type.Element!)}))",
            _ => Column(type),
        };

    /// <summary>A number by its C# type; null for other types.</summary>
    public static string? Number(string type) => type switch
    {
        "bool" => "boolean",
        "sbyte" => "int8",
        "byte" => "uint8",
        "short" => "int16",
        "ushort" => "uint16",
        "int" => "int32",
        "uint" => "uint32",
        "long" => "int64",
        "ulong" => "uint64",
        "float" => "float",
        "double" => "double",
        "decimal" => "netdecimal",
        "global::System.Int128" => "int128",
        "global::System.Guid" => "guid",
        _ => null,
    };

    private static string Enum(string number, TypeSpec type) =>
        State.StateType.Enum(new State.StateLayoutParser(number).ReadType().Kind, type.EnumNames.Select(one => new State.StateMember(one.Name, one.Number))).ToString();

    private static string Member(MemberSpec member)
    {
        string type = member.Type.Nullable ? $"some({Codec(member.Type)})" : Codec(member.Type);
        string absent = member.Default is null ? "" : $" = {State.StateField.Quote(member.Default)}";
        return $"{Name(member.Name)}{State.StateField.IdText(member.Id)} {type}{absent}";
    }

    /// <summary>A name as it stands in text.</summary>
    public static string Name(string name) => State.StateField.Quote(name);
}
