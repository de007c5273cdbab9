using Typed.Schema;

namespace Typed.Plan;

/// <summary>What kind of value an expression has: the kinds of fields, and those that live only inside expressions.</summary>
internal enum ValueKind
{
    /// <summary>A field type: see <see cref="TypeSpec.Field"/>.</summary>
    Field,

    /// <summary>A whole row or object known by its members: an anonymous object, a tuple, a record under construction.</summary>
    Row,

    /// <summary>A char.</summary>
    Char,

    /// <summary>Any other C# type; only calls of the user's methods take and give these.</summary>
    Opaque,
}

/// <summary>The type of an expression or a column, without any symbol.</summary>
/// <param name="Value">What kind of value.</param>
/// <param name="Field">The kind of field, where <paramref name="Value"/> is <see cref="ValueKind.Field"/>.</param>
/// <param name="CSharp">The C# type with <c>global::</c> and without the <c>?</c> of a nullable; empty for an anonymous type.</param>
/// <param name="Nullable">Whether null is among the values.</param>
internal sealed record TypeSpec(ValueKind Value, FieldKind Field, string CSharp, bool Nullable)
{
    /// <summary>The members of a record, a window, a tuple or an anonymous type.</summary>
    public EquatableArray<MemberSpec> Members { get; init; }

    /// <summary>The element type of a list, the value type of a map.</summary>
    public TypeSpec? Element { get; init; }

    /// <summary>How a list or a map is declared in C#: an array, a List, an IReadOnlyList, a Dictionary …; see <see cref="CSharp"/>.</summary>
    public int Precision { get; init; }

    public int Scale { get; init; }

    /// <summary>The names and numbers of an enum.</summary>
    public EquatableArray<EnumNameSpec> EnumNames { get; init; }

    /// <summary>The kind of integer under an enum.</summary>
    public FieldKind EnumUnderlying { get; init; }

    /// <summary>Whether C# has a value type here, so that null needs <c>Nullable&lt;T&gt;</c>.</summary>
    public bool IsValueType { get; init; }

    /// <summary>The C# type with its <c>?</c>.</summary>
    public string Declared => Nullable ? CSharp + "?" : CSharp;

    public TypeSpec AsNullable(bool nullable = true) => Nullable == nullable ? this : this with { Nullable = nullable };

    public bool Is(FieldKind kind) => Value == ValueKind.Field && Field == kind;

    public static TypeSpec Of(FieldKind kind, bool nullable = false) => kind switch
    {
        FieldKind.Boolean => Simple(kind, "bool", nullable),
        FieldKind.SByte => Simple(kind, "sbyte", nullable),
        FieldKind.Byte => Simple(kind, "byte", nullable),
        FieldKind.Int16 => Simple(kind, "short", nullable),
        FieldKind.UInt16 => Simple(kind, "ushort", nullable),
        FieldKind.Int32 => Simple(kind, "int", nullable),
        FieldKind.UInt32 => Simple(kind, "uint", nullable),
        FieldKind.Int64 => Simple(kind, "long", nullable),
        FieldKind.UInt64 => Simple(kind, "ulong", nullable),
        FieldKind.Float => Simple(kind, "float", nullable),
        FieldKind.Double => Simple(kind, "double", nullable),
        FieldKind.Decimal => Simple(kind, "decimal", nullable) with { Precision = 38, Scale = 18 },
        FieldKind.String => new TypeSpec(ValueKind.Field, kind, "string", nullable),
        FieldKind.Binary => new TypeSpec(ValueKind.Field, kind, "byte[]", nullable),
        FieldKind.Timestamp => Simple(kind, "global::System.DateTimeOffset", nullable),
        FieldKind.Date => Simple(kind, "global::System.DateOnly", nullable),
        FieldKind.Duration => Simple(kind, "global::System.TimeSpan", nullable),
        FieldKind.Guid => Simple(kind, "global::System.Guid", nullable),
        FieldKind.Window => Simple(kind, "global::Typed.TimeWindow", nullable) with
        {
            Members = EquatableArray.Of(
                new MemberSpec("Start", Of(FieldKind.Timestamp)),
                new MemberSpec("End", Of(FieldKind.Timestamp))),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of field needs more than its name."),
    };

    private static TypeSpec Simple(FieldKind kind, string csharp, bool nullable) =>
        new(ValueKind.Field, kind, csharp, nullable) { IsValueType = true };
}

/// <summary>A member of a record, a tuple or an anonymous type.</summary>
internal sealed record MemberSpec(string Name, TypeSpec Type)
{
    /// <summary>What a field of a record is known by where it has another name; 0 for nothing but its name.</summary>
    public int Id { get; init; }

    /// <summary>What a field of a record has where nothing is given, as stored layouts say it; null for none.</summary>
    public string? Default { get; init; }
}

/// <summary>A name of an enum and its number.</summary>
internal sealed record EnumNameSpec(string Name, long Number);
