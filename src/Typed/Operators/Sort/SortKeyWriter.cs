using System.Buffers.Binary;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>Writes values as bytes that compare like the values.</summary>
/// <remarks>
/// <code>
/// any value   00 null | 01 then the value
/// integers    big endian, the sign bit turned over; booleans and unsigned ones as they are
/// floats      the bits: of a negative number all turned over, of a positive one the sign bit; −0 is 0, NaN is above all
/// strings     the bytes, 00 as 00 FF, and 00 00 at the end
/// records     their fields
/// lists       01 before each element, 00 at the end: element by element, the shorter of two that begin alike first
/// descending  all of this, turned over
/// </code>
/// </remarks>
internal ref struct SortKeyWriter(Arena arena)
{
    private readonly Arena _arena = arena;
    private byte[] _bytes = new byte[64];
    private int _length;

    /// <summary>Refuses fields whose values have no order.</summary>
    /// <exception cref="ArgumentException">The field is a map, or has one inside.</exception>
    public static void Check(Field field) => Check(field, field.Type);

    private static void Check(Field field, FieldType type)
    {
        if (type.Kind == FieldKind.Map)
        {
            throw new ArgumentException(
                $"Rows cannot be sorted by {field.Name}, which is a {field.Type}: maps have no order. Sort by a value taken from it.");
        }

        if (type.Element is { } element)
            Check(field, element);
        foreach (Field inner in type.Fields)
            Check(field, inner.Type);
    }

    /// <summary>Starts the key of a row.</summary>
    public void Start() => _length = 0;

    /// <summary>The key of the row, in the arena.</summary>
    public readonly unsafe Utf8 Finish()
    {
        byte* piece = _arena.Allocate(_length);
        _bytes.AsSpan(0, _length).CopyTo(new Span<byte>(piece, _length));
        return new Utf8(piece, _length);
    }

    /// <summary>Appends the value of a row.</summary>
    public void Write(Column column, int row, bool descending)
    {
        int start = _length;
        Write(column, row);
        if (!descending)
            return;
        for (int i = start; i < _length; i++)
            _bytes[i] = (byte)~_bytes[i];
    }

    private void Write(Column column, int row)
    {
        if (column.IsNull(row))
        {
            Room(1)[0] = 0;
            return;
        }

        Room(1)[0] = 1;
        switch (column)
        {
            case FixedColumn<long> values:
                BinaryPrimitives.WriteInt64BigEndian(Room(8), values[row] ^ long.MinValue);
                break;
            case FixedColumn<int> values:
                BinaryPrimitives.WriteInt32BigEndian(Room(4), values[row] ^ int.MinValue);
                break;
            case Utf8Column values:
                Write(values.Value(row).Span);
                break;
            case FixedColumn<double> values:
                Write(values[row]);
                break;
            case FixedColumn<float> values:
                Write(values[row]);
                break;
            case FixedColumn<Int128> values:
                BinaryPrimitives.WriteInt128BigEndian(Room(16), values[row] ^ Int128.MinValue);
                break;
            case BoolColumn values:
                Room(1)[0] = values[row] ? (byte)1 : (byte)0;
                break;
            case FixedColumn<short> values:
                BinaryPrimitives.WriteInt16BigEndian(Room(2), (short)(values[row] ^ short.MinValue));
                break;
            case FixedColumn<sbyte> values:
                Room(1)[0] = (byte)(values[row] ^ sbyte.MinValue);
                break;
            case FixedColumn<byte> values:
                Room(1)[0] = values[row];
                break;
            case FixedColumn<ushort> values:
                BinaryPrimitives.WriteUInt16BigEndian(Room(2), values[row]);
                break;
            case FixedColumn<uint> values:
                BinaryPrimitives.WriteUInt32BigEndian(Room(4), values[row]);
                break;
            case FixedColumn<ulong> values:
                BinaryPrimitives.WriteUInt64BigEndian(Room(8), values[row]);
                break;
            case FixedColumn<Guid> values:
                values[row].TryWriteBytes(Room(16), bigEndian: true, out _);
                break;
            case StructColumn record:
                foreach (Column child in record.Children)
                    Write(child, row);
                break;
            case ListColumn { Keys: null } list:
                for (int i = 0; i < list.Count(row); i++)
                {
                    Room(1)[0] = 1;
                    Write(list.Elements, list.Start(row) + i);
                }

                Room(1)[0] = 0;
                break;
            default:
                throw new InvalidOperationException($"There is no order for values of type {column.Type}.");
        }
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte one in text)
        {
            Room(1)[0] = one;
            if (one == 0)
                Room(1)[0] = 0xFF;
        }

        Room(2).Clear();
    }

    private void Write(double value)
    {
        // Adding zero makes −0 to 0; every NaN is the one that .NET calls so, with the sign bit off.
        long bits = double.IsNaN(value) ? 0x7FF8_0000_0000_0000 : BitConverter.DoubleToInt64Bits(value + 0.0);
        BinaryPrimitives.WriteInt64BigEndian(Room(8), bits < 0 ? ~bits : bits ^ long.MinValue);
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        Span<byte> room = _bytes.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}
