using Typed.Schema;

namespace Typed.Columns;

internal static class ColumnFactory
{
    internal static Column Create(FieldType type) => type.Kind switch
    {
        FieldKind.Boolean => new BoolColumn(type),
        FieldKind.SByte => new FixedColumn<sbyte>(type),
        FieldKind.Byte => new FixedColumn<byte>(type),
        FieldKind.Int16 => new FixedColumn<short>(type),
        FieldKind.UInt16 => new FixedColumn<ushort>(type),
        FieldKind.Int32 or FieldKind.Date => new FixedColumn<int>(type),
        FieldKind.UInt32 => new FixedColumn<uint>(type),
        FieldKind.Int64 or FieldKind.Timestamp or FieldKind.Duration or FieldKind.Enum => new FixedColumn<long>(type),
        FieldKind.UInt64 => new FixedColumn<ulong>(type),
        FieldKind.Float => new FixedColumn<float>(type),
        FieldKind.Double => new FixedColumn<double>(type),
        FieldKind.Decimal => new FixedColumn<Int128>(type),
        FieldKind.Guid => new FixedColumn<Guid>(type),
        FieldKind.String or FieldKind.Binary => new Utf8Column(type),
        FieldKind.Record or FieldKind.Window => new StructColumn(type),
        FieldKind.List or FieldKind.Map => new ListColumn(type),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type.Kind, "No column holds values of this kind."),
    };
}
