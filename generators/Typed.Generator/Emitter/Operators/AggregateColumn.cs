using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>A column of the input of an aggregation: how the generated struct declares, binds and reads it.</summary>
internal sealed class AggregateColumn(int ordinal, TypeSpec type)
{
    internal const string Columns = "global::Typed.Columns.";
    internal const string Operators = "global::Typed.Operators.";

    public int Ordinal { get; } = ordinal;

    public TypeSpec Type { get; } = type;

    /// <summary>Its name, where it is known.</summary>
    public string Name { get; init; } = "Column" + ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public bool IsText => Type.Field is FieldKind.String or FieldKind.Binary;

    public bool IsBool => Type.Field == FieldKind.Boolean;

    public bool IsWindow => Type.Field == FieldKind.Window;

    /// <summary>The number type in which the column stores its values; a bool is read as an int of 0 or 1.</summary>
    public string Storage => StorageOf(Type.Field);

    /// <summary>Whether keys and values can be made of the column; of others only whether they are null counts.</summary>
    public static bool CanHold(FieldKind kind) => kind is not (FieldKind.Record or FieldKind.List or FieldKind.Map);

    public static string StorageOf(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "byte",
        FieldKind.SByte => "sbyte",
        FieldKind.Byte => "byte",
        FieldKind.Int16 => "short",
        FieldKind.UInt16 => "ushort",
        FieldKind.Int32 or FieldKind.Date => "int",
        FieldKind.UInt32 => "uint",
        FieldKind.Int64 or FieldKind.Timestamp or FieldKind.Duration or FieldKind.Enum => "long",
        FieldKind.UInt64 => "ulong",
        FieldKind.Float => "float",
        FieldKind.Double => "double",
        FieldKind.Decimal => "global::System.Int128",
        FieldKind.Guid => "global::System.Guid",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Columns of this kind have no storage of one width."),
    };

    /// <summary>The storage inside sets, lists and orders, and the kind that compares it.</summary>
    public static (string Storage, string Kind) CellOf(FieldKind kind) => kind switch
    {
        FieldKind.UInt64 => ("ulong", Operators + "UnsignedValue"),
        FieldKind.Float or FieldKind.Double => ("double", Operators + "RealValue"),
        FieldKind.Decimal => ("global::System.Int128", Operators + "ExactValue"),
        FieldKind.Guid => ("global::System.Guid", Operators + "GuidValue"),
        FieldKind.String or FieldKind.Binary => (Operators + "TextKey", Operators + "TextValue"),
        _ => ("long", Operators + "WholeValue"),
    };

    /// <summary>The value of <c>row</c>, where it is not null: a number, or a UTF-8 view.</summary>
    public string Value => IsBool ? $"(_column{Ordinal}[row] ? (byte)1 : (byte)0)" : $"_column{Ordinal}[row]";

    /// <summary>Whether the value of <c>row</c> is there.</summary>
    public string IsValid => $"!_null{Ordinal}[row]";

    public void Declare(SourceWriter writer)
    {
        if (IsWindow)
            writer.Line($"private {Columns}FixedReader<long> _start{Ordinal};").Line($"private {Columns}FixedReader<long> _end{Ordinal};");
        else if (CanHold(Type.Field))
            writer.Line($"private {ReaderType} _column{Ordinal};");
        if (Type.Nullable)
            writer.Line($"private {Columns}NullReader _null{Ordinal};");
    }

    public void Bind(SourceWriter writer)
    {
        string column = $"input[{Ordinal}]";
        if (IsWindow)
        {
            writer.Line($"_start{Ordinal} = new((({Columns}StructColumn){column}).Children[0]);");
            writer.Line($"_end{Ordinal} = new((({Columns}StructColumn){column}).Children[1]);");
        }
        else if (CanHold(Type.Field))
        {
            writer.Line($"_column{Ordinal} = new({column});");
        }

        if (Type.Nullable)
            writer.Line($"_null{Ordinal} = new({column});");
    }

    private string ReaderType => Columns + (IsText ? "Utf8Reader" : IsBool ? "BoolReader" : $"FixedReader<{Storage}>");
}
