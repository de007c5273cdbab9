using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>The values of a column of fixed width, unchecked, for generated loops.</summary>
/// <typeparam name="T">How a value is stored.</typeparam>
/// <param name="column">The column, which must not change while this is used.</param>
public readonly unsafe struct FixedInput<T>(Column column)
    where T : unmanaged
{
    private readonly T* _values = ((FixedColumn<T>)column).Values;

    /// <summary>The value at a row; not defined where it is null.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values[row];
    }
}

/// <summary>The values of a column of bools as 0 and 1, unchecked, for generated loops.</summary>
/// <param name="column">The column, which must not change while this is used.</param>
public readonly unsafe struct BoolInput(Column column)
{
    private readonly byte* _bits = ((BoolColumn)column).Bits;

    /// <summary>The value at a row; not defined where it is null.</summary>
    public byte this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (byte)((_bits[row >> 3] >> (row & 7)) & 1);
    }
}

/// <summary>The values of a column of strings, unchecked, for generated loops.</summary>
/// <param name="column">The column, which must not change while this is used.</param>
public readonly unsafe struct TextInput(Column column)
{
    private readonly int* _offsets = ((Utf8Column)column).Offsets;
    private readonly byte* _data = ((Utf8Column)column).Data;

    /// <summary>The value at a row; not defined where it is null.</summary>
    public Utf8 this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_data + _offsets[row], _offsets[row + 1] - _offsets[row]);
    }
}

/// <summary>Where a column has values, unchecked, for generated loops.</summary>
/// <param name="column">The column, which must not change while this is used.</param>
public readonly unsafe struct ValidInput(Column column)
{
    private readonly byte* _bits = column.NullCount == 0 ? null : column.Validity;

    /// <summary>Whether the value at a row is present.</summary>
    public bool this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bits == null || (_bits[row >> 3] & (1 << (row & 7))) != 0;
    }
}

/// <summary>A column of fixed width that is written row by row, unchecked; its length is set at the end.</summary>
/// <typeparam name="T">How a value is stored.</typeparam>
public readonly unsafe struct FixedOutput<T>
    where T : unmanaged
{
    private readonly T* _values;

    /// <summary>Makes room for so many rows.</summary>
    public FixedOutput(Column column, int rows)
    {
        column.EnsureCapacity(rows);
        _values = ((FixedColumn<T>)column).Values;
    }

    /// <summary>The place of a value.</summary>
    public ref T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _values[row];
    }
}
