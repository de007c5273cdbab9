using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>How much there is in columns that state is kept in.</summary>
internal static class ColumnSize
{
    /// <summary>About how many bytes the values of a column take.</summary>
    public static long BytesOf(Column column)
    {
        int rows = column.Length;
        switch (column)
        {
            case BoolColumn:
                return rows >> 3;
            case Utf8Column texts:
                return ((rows + 1L) * sizeof(int)) + texts.DataLength;
            case StructColumn record:
                long bytes = 0;
                foreach (Column child in record.Children)
                    bytes += BytesOf(child);
                return bytes;
            case ListColumn list:
                return ((rows + 1L) * sizeof(int)) + BytesOf(list.Elements) + (list.Keys is null ? 0 : BytesOf(list.Keys));
            default:
                return (long)Width(column.Type.Kind) * rows;
        }
    }

    private static int Width(FieldKind kind) => kind switch
    {
        FieldKind.SByte or FieldKind.Byte => 1,
        FieldKind.Int16 or FieldKind.UInt16 => 2,
        FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Date or FieldKind.Float => 4,
        FieldKind.Decimal or FieldKind.Guid => 16,
        _ => 8,
    };
}
