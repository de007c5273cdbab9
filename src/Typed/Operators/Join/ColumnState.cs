using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Whole columns as state.
/// <code>
/// rows (int32), nulls (int32), then, if there are nulls, the validity bitmap; then by kind:
/// fixed width: the values     boolean: the bits     text, binary: offsets (rows + 1), bytes
/// record, window: the children one after the other     list, map: offsets (rows + 1), elements, keys of a map
/// </code>
/// </summary>
internal static unsafe class ColumnState
{
    /// <summary>Writes a column.</summary>
    public static void Write(StateWriter writer, Column column)
    {
        int rows = column.Length;
        writer.Write(rows);
        writer.Write(column.NullCount);
        if (column.NullCount > 0)
            writer.WriteRaw(new ReadOnlySpan<byte>(column.Validity, (rows + 7) >> 3));
        switch (column)
        {
            case BoolColumn bools:
                writer.WriteRaw(new ReadOnlySpan<byte>(bools.Bits, (rows + 7) >> 3));
                break;
            case Utf8Column texts:
                WriteOffsets(writer, texts.Offsets, rows);
                writer.WriteRaw(new ReadOnlySpan<byte>(texts.Data, texts.DataLength));
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Write(writer, child);
                break;
            case ListColumn list:
                WriteOffsets(writer, list.Offsets, rows);
                Write(writer, list.Elements);
                if (list.Keys is not null)
                    Write(writer, list.Keys);
                break;
            default:
                writer.WriteRaw(Values(column, rows));
                break;
        }
    }

    /// <summary>Reads into an empty column.</summary>
    /// <exception cref="InvalidDataException">It is not a column of so many rows.</exception>
    public static void Read(StateReader reader, Column column, int rows)
    {
        int found = reader.Read<int>();
        int nulls = reader.Read<int>();
        if (found != rows || nulls < 0 || nulls > rows)
            throw Damaged($"a column of {found} rows and {nulls} nulls, where {rows} rows are expected");
        ReadOnlySpan<byte> validity = nulls > 0 ? reader.ReadRaw((rows + 7) >> 3) : default;
        switch (column)
        {
            case BoolColumn bools:
                ReadOnlySpan<byte> bits = reader.ReadRaw((rows + 7) >> 3);
                bools.EnsureCapacity(rows);
                bits.CopyTo(new Span<byte>(bools.Bits, bits.Length));
                break;
            case Utf8Column texts:
                ReadTexts(reader, texts, rows);
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Read(reader, child, rows);
                break;
            case ListColumn list:
                int elements = ReadOffsets(reader, list, rows);
                Read(reader, list.Elements, elements);
                if (list.Keys is not null)
                    Read(reader, list.Keys, elements);
                break;
            default:
                ReadValues(reader, column, rows);
                break;
        }

        column.SetLength(rows);
        for (int row = 0; nulls > 0 && row < rows; row++)
        {
            if ((validity[row >> 3] & (1 << (row & 7))) == 0)
                column.SetNull(row);
        }

        if (column.NullCount != nulls)
            throw Damaged($"a column with {column.NullCount} nulls, where {nulls} are expected");
    }

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

    private static void WriteOffsets(StateWriter writer, int* offsets, int rows)
    {
        if (offsets == null)
            writer.Write(0);
        else
            writer.WriteRaw(new ReadOnlySpan<byte>(offsets, (rows + 1) * sizeof(int)));
    }

    private static void ReadTexts(StateReader reader, Utf8Column column, int rows)
    {
        ReadOnlySpan<byte> raw = reader.ReadRaw(checked((rows + 1) * sizeof(int)));
        fixed (byte* start = raw)
        {
            int* offsets = (int*)start;
            CheckOffsets(offsets, rows);
            ReadOnlySpan<byte> data = reader.ReadRaw(offsets[rows]);
            column.EnsureCapacity(rows);
            for (int row = 0; row < rows; row++)
                column.Append(data[offsets[row]..offsets[row + 1]]);
        }
    }

    private static int ReadOffsets(StateReader reader, ListColumn column, int rows)
    {
        ReadOnlySpan<byte> raw = reader.ReadRaw(checked((rows + 1) * sizeof(int)));
        column.EnsureCapacity(Math.Max(1, rows));
        raw.CopyTo(new Span<byte>(column.Offsets, raw.Length));
        CheckOffsets(column.Offsets, rows);
        return column.Offsets[rows];
    }

    private static void CheckOffsets(int* offsets, int rows)
    {
        bool isOrdered = offsets[0] == 0;
        for (int row = 0; row < rows; row++)
            isOrdered &= offsets[row] <= offsets[row + 1];
        if (!isOrdered)
            throw Damaged("the offsets of a column do not ascend");
    }

    private static void ReadValues(StateReader reader, Column column, int rows)
    {
        ReadOnlySpan<byte> raw = reader.ReadRaw(checked(Width(column.Type.Kind) * rows));
        column.SetLength(rows);
        raw.CopyTo(Values(column, rows));
    }

    private static Span<byte> Values(Column column, int rows)
    {
        int bytes = Width(column.Type.Kind) * rows;
        void* values = column switch
        {
            FixedColumn<long> longs => longs.Values,
            FixedColumn<int> ints => ints.Values,
            FixedColumn<double> doubles => doubles.Values,
            FixedColumn<Int128> decimals => decimals.Values,
            FixedColumn<Guid> guids => guids.Values,
            FixedColumn<float> floats => floats.Values,
            FixedColumn<short> shorts => shorts.Values,
            FixedColumn<byte> byteValues => byteValues.Values,
            FixedColumn<sbyte> signedBytes => signedBytes.Values,
            FixedColumn<ushort> unsignedShorts => unsignedShorts.Values,
            FixedColumn<uint> unsignedInts => unsignedInts.Values,
            FixedColumn<ulong> unsignedLongs => unsignedLongs.Values,
            _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type.Kind, "No state holds columns of this kind."),
        };
        return new Span<byte>(values, bytes);
    }

    private static int Width(FieldKind kind) => kind switch
    {
        FieldKind.SByte or FieldKind.Byte => 1,
        FieldKind.Int16 or FieldKind.UInt16 => 2,
        FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Date or FieldKind.Float => 4,
        FieldKind.Decimal or FieldKind.Guid => 16,
        _ => 8,
    };

    private static InvalidDataException Damaged(string what) => new($"State is damaged: {what}.");
}
