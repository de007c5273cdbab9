using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>One value of a column as a .NET object, as progress records show it.</summary>
internal static class MetricValue
{
    /// <summary>The value; null where it is null. Enums by their names, lists as arrays, records and maps by name.</summary>
    public static object? Of(Column column, int row) => column.IsNull(row) ? null : column.Type.Kind switch
    {
        FieldKind.Boolean => ColumnValues.Boolean(column, row),
        FieldKind.SByte => ColumnValues.Fixed<sbyte>(column, row),
        FieldKind.Byte => ColumnValues.Fixed<byte>(column, row),
        FieldKind.Int16 => ColumnValues.Fixed<short>(column, row),
        FieldKind.UInt16 => ColumnValues.Fixed<ushort>(column, row),
        FieldKind.Int32 => ColumnValues.Fixed<int>(column, row),
        FieldKind.UInt32 => ColumnValues.Fixed<uint>(column, row),
        FieldKind.Int64 => ColumnValues.Fixed<long>(column, row),
        FieldKind.UInt64 => ColumnValues.Fixed<ulong>(column, row),
        FieldKind.Float => ColumnValues.Fixed<float>(column, row),
        FieldKind.Double => ColumnValues.Fixed<double>(column, row),
        FieldKind.Decimal => ColumnValues.Decimal(column, row),
        FieldKind.String => ColumnValues.String(column, row),
        FieldKind.Binary => ColumnValues.Bytes(column, row),
        FieldKind.Timestamp => ColumnValues.Timestamp(column, row),
        FieldKind.Date => ColumnValues.Date(column, row),
        FieldKind.Duration => ColumnValues.Duration(column, row),
        FieldKind.Guid => ColumnValues.Fixed<Guid>(column, row),
        FieldKind.Enum => EnumName(column, row),
        FieldKind.Window or FieldKind.Record => Record((StructColumn)column, row),
        FieldKind.List => List((ListColumn)column, row),
        FieldKind.Map => Map((ListColumn)column, row),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type.Kind, "A kind of value that metrics do not know."),
    };

    private static object EnumName(Column column, int row)
    {
        long number = ColumnValues.Fixed<long>(column, row);
        foreach ((string name, long value) in column.Type.EnumNames)
        {
            if (value == number)
                return name;
        }

        return number;
    }

    private static Dictionary<string, object?> Record(StructColumn column, int row)
    {
        Dictionary<string, object?> fields = [];
        for (int i = 0; i < column.Children.Length; i++)
            fields[column.Type.Fields[i].Name] = Of(column.Children[i], row);
        return fields;
    }

    private static object?[] List(ListColumn column, int row)
    {
        object?[] elements = new object?[column.Count(row)];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = Of(column.Elements, column.Start(row) + i);
        return elements;
    }

    private static Dictionary<string, object?> Map(ListColumn column, int row)
    {
        Dictionary<string, object?> entries = [];
        for (int i = column.Start(row); i < column.Start(row) + column.Count(row); i++)
            entries[column.Keys![i].ToString()] = Of(column.Elements, i);
        return entries;
    }
}
