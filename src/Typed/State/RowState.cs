using Typed.Columns;
using Typed.Schema;

namespace Typed.State;

/// <summary>
/// One row of columns as state, field after field.
/// <code>
/// all but text: null (1 byte: 1 for null, which has nothing more; 0); then by kind
/// fixed width: the value     boolean: 1 byte     text, binary: length (int32, −1 for null), bytes
/// record, window: the fields     list: count (int32), elements     map: count (int32), then key and value of each
/// </code>
/// </summary>
internal static unsafe class RowState
{
    /// <summary>Writes the value of a row.</summary>
    public static void Write(StateWriter writer, Column column, int row)
    {
        bool isNull = column.IsNull(row);
        if (column is Utf8Column texts)
        {
            writer.Write(isNull ? default : texts.Value(row));
            return;
        }

        // A column may have nulls where its type has none, as that of a record that is null.
        writer.Write(isNull ? (byte)1 : (byte)0);
        if (!isNull)
            WriteValue(writer, column, row);
    }

    /// <summary>Appends what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is not the value of such a column.</exception>
    public static void Read(StateReader reader, Column column)
    {
        if (column is Utf8Column texts)
        {
            int length = reader.Read<int>();
            if (length == -1)
                texts.AppendNull();
            else
                texts.Append(reader.ReadRaw(length));
            return;
        }

        byte isNull = reader.Read<byte>();
        if (isNull > 1)
            throw new InvalidDataException($"State is damaged: {isNull} where 0 or 1 says whether a value is null.");
        if (isNull == 1)
            column.AppendNull();
        else
            ReadValue(reader, column);
    }

    private static void WriteValue(StateWriter writer, Column column, int row)
    {
        switch (column)
        {
            case FixedColumn<long> longs:
                writer.Write(longs.Values[row]);
                break;
            case FixedColumn<int> ints:
                writer.Write(ints.Values[row]);
                break;
            case FixedColumn<double> doubles:
                writer.Write(doubles.Values[row]);
                break;
            case BoolColumn bools:
                writer.Write(bools[row] ? (byte)1 : (byte)0);
                break;
            case FixedColumn<Int128> decimals:
                writer.Write(decimals.Values[row]);
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Write(writer, child, row);
                break;
            case ListColumn list:
                WriteList(writer, list, list.Start(row), list.Count(row));
                break;
            case FixedColumn<Guid> guids:
                writer.Write(guids.Values[row]);
                break;
            case FixedColumn<float> floats:
                writer.Write(floats.Values[row]);
                break;
            case FixedColumn<short> shorts:
                writer.Write(shorts.Values[row]);
                break;
            case FixedColumn<byte> byteValues:
                writer.Write(byteValues.Values[row]);
                break;
            case FixedColumn<sbyte> signedBytes:
                writer.Write(signedBytes.Values[row]);
                break;
            case FixedColumn<ushort> unsignedShorts:
                writer.Write(unsignedShorts.Values[row]);
                break;
            case FixedColumn<uint> unsignedInts:
                writer.Write(unsignedInts.Values[row]);
                break;
            case FixedColumn<ulong> unsignedLongs:
                writer.Write(unsignedLongs.Values[row]);
                break;
            default:
                throw NoState(column.Type.Kind);
        }
    }

    private static void ReadValue(StateReader reader, Column column)
    {
        switch (column)
        {
            case FixedColumn<long> longs:
                longs.Append(reader.Read<long>());
                break;
            case FixedColumn<int> ints:
                ints.Append(reader.Read<int>());
                break;
            case FixedColumn<double> doubles:
                doubles.Append(reader.Read<double>());
                break;
            case BoolColumn bools:
                bools.Append(reader.Read<byte>() != 0);
                break;
            case FixedColumn<Int128> decimals:
                decimals.Append(reader.Read<Int128>());
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Read(reader, child);
                record.Commit();
                break;
            case ListColumn list:
                ReadList(reader, list);
                break;
            case FixedColumn<Guid> guids:
                guids.Append(reader.Read<Guid>());
                break;
            case FixedColumn<float> floats:
                floats.Append(reader.Read<float>());
                break;
            case FixedColumn<short> shorts:
                shorts.Append(reader.Read<short>());
                break;
            case FixedColumn<byte> byteValues:
                byteValues.Append(reader.Read<byte>());
                break;
            case FixedColumn<sbyte> signedBytes:
                signedBytes.Append(reader.Read<sbyte>());
                break;
            case FixedColumn<ushort> unsignedShorts:
                unsignedShorts.Append(reader.Read<ushort>());
                break;
            case FixedColumn<uint> unsignedInts:
                unsignedInts.Append(reader.Read<uint>());
                break;
            case FixedColumn<ulong> unsignedLongs:
                unsignedLongs.Append(reader.Read<ulong>());
                break;
            default:
                throw NoState(column.Type.Kind);
        }
    }

    private static void WriteList(StateWriter writer, ListColumn list, int start, int count)
    {
        writer.Write(count);
        for (int i = start; i < start + count; i++)
        {
            if (list.Keys is not null)
                Write(writer, list.Keys, i);
            Write(writer, list.Elements, i);
        }
    }

    private static void ReadList(StateReader reader, ListColumn list)
    {
        // Each element has a byte at least, that for null.
        int count = reader.ReadCount(list.Keys is null ? 1 : 1 + sizeof(int));
        list.EnsureCapacity(list.Length + 1);
        for (int i = 0; i < count; i++)
        {
            if (list.Keys is not null)
                Read(reader, list.Keys);
            Read(reader, list.Elements);
        }

        list.Commit();
    }

    private static ArgumentOutOfRangeException NoState(FieldKind kind) => new(nameof(kind), kind, "No state holds columns of this kind.");
}
