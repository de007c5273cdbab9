using System.Runtime.CompilerServices;

namespace Typed.Columns;

// Columns as generated loops see them: the buffers in a struct, fetched once before the loop and read unchecked, so that a row
// costs one load, and the code of users needs no unsafe blocks. They must not outlive the batch.

/// <summary>The values of a <see cref="FixedColumn{T}"/>, as they are stored. The loop that reads it keeps to its rows.</summary>
/// <typeparam name="T">How a value is stored.</typeparam>
public readonly unsafe struct FixedReader<T>
    where T : unmanaged
{
    private readonly T* _values;

    /// <summary>Reads a column.</summary>
    public FixedReader(Column column) => _values = ((FixedColumn<T>)column).Values;

    /// <summary>The value at a row.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values[row];
    }
}

/// <summary>The bits of a <see cref="BoolColumn"/>.</summary>
public readonly unsafe struct BoolReader
{
    private readonly byte* _bits;

    /// <summary>Reads a column.</summary>
    public BoolReader(Column column) => _bits = ((BoolColumn)column).Bits;

    /// <summary>The value at a row.</summary>
    public bool this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_bits[row >> 3] & (1 << (row & 7))) != 0;
    }
}

/// <summary>The texts or binary values of a <see cref="Utf8Column"/>.</summary>
public readonly unsafe struct Utf8Reader
{
    private readonly byte* _data;
    private readonly int* _offsets;

    /// <summary>Reads a column.</summary>
    public Utf8Reader(Column column)
    {
        _data = ((Utf8Column)column).Data;
        _offsets = ((Utf8Column)column).Offsets;
    }

    /// <summary>The value at a row that is not null.</summary>
    public Utf8 this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int start = _offsets[row];
            return new Utf8(_data + start, _offsets[row + 1] - start);
        }
    }
}

/// <summary>Which rows of a column are null.</summary>
public readonly unsafe struct NullReader
{
    private readonly byte* _validity;

    /// <summary>Reads a column.</summary>
    public NullReader(Column column) => _validity = column.Validity;

    /// <summary>Whether a row is null.</summary>
    public bool this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _validity != null && (_validity[row >> 3] & (1 << (row & 7))) == 0;
    }
}

/// <summary>Room for the values of a <see cref="FixedColumn{T}"/>.</summary>
/// <typeparam name="T">How a value is stored.</typeparam>
public readonly unsafe struct FixedRoom<T>
    where T : unmanaged
{
    private readonly T* _values;

    /// <summary>Makes room for so many rows in a column and gives access to it; the column's length is set when they are written.</summary>
    public FixedRoom(Column column, int rows)
    {
        column.EnsureCapacity(rows);
        _values = ((FixedColumn<T>)column).Values;
    }

    /// <summary>Writes the value of a row.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _values[row] = value;
    }
}
