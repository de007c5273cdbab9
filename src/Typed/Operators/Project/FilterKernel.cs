using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>A test of rows that can look at eight of them at once. A struct as a type argument, so that the kernel is compiled for it.</summary>
public interface IRowTest
{
    /// <summary>Whether a row passes.</summary>
    bool Test(int row);

    /// <summary>Whether eight rows pass: a bit for each, the lowest for <paramref name="row"/>.</summary>
    uint TestEight(int row);
}

/// <summary>A comparison of the values of a column without nulls with one value.</summary>
/// <typeparam name="T">How a value is stored; at most eight bytes.</typeparam>
/// <typeparam name="TCompare">The comparison.</typeparam>
public readonly unsafe struct ColumnTest<T, TCompare> : IRowTest
    where T : unmanaged, IComparisonOperators<T, T, bool>
    where TCompare : struct, IComparison
{
    private readonly T* _values;
    private readonly T _value;

    /// <summary>A test.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">What its values are compared with.</param>
    public ColumnTest(Column column, T value)
    {
        _values = ((FixedColumn<T>)column).Values;
        _value = value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Test(int row) => TCompare.Test(_values[row], _value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint TestEight(int row)
    {
        T* values = _values + row;
        if (sizeof(T) == 8)
        {
            Vector256<T> value = Vector256.Create(_value);
            uint low = TCompare.Test(Vector256.Load(values), value).ExtractMostSignificantBits();
            return low | (TCompare.Test(Vector256.Load(values + 4), value).ExtractMostSignificantBits() << 4);
        }

        if (sizeof(T) == 4)
            return TCompare.Test(Vector256.Load(values), Vector256.Create(_value)).ExtractMostSignificantBits();
        if (sizeof(T) == 2)
            return TCompare.Test(Vector128.Load(values), Vector128.Create(_value)).ExtractMostSignificantBits();
        Vector128<T> eight = Vector128.CreateScalar(*(ulong*)values).As<ulong, T>();
        return TCompare.Test(eight, Vector128.Create(_value)).ExtractMostSignificantBits() & 0xFF;
    }
}

/// <summary>Two tests that must both hold.</summary>
/// <typeparam name="TFirst">The one.</typeparam>
/// <typeparam name="TSecond">The other.</typeparam>
/// <param name="first">The one.</param>
/// <param name="second">The other.</param>
public readonly struct BothTests<TFirst, TSecond>(TFirst first, TSecond second) : IRowTest
    where TFirst : struct, IRowTest
    where TSecond : struct, IRowTest
{
    private readonly TFirst _first = first;
    private readonly TSecond _second = second;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Test(int row) => _first.Test(row) & _second.Test(row);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint TestEight(int row) => _first.TestEight(row) & _second.TestEight(row);
}

/// <summary>Selects rows by tests, eight at a time.</summary>
public static unsafe class FilterKernel
{
    // For each of the 256 outcomes the numbers of the rows that passed, moved to the front:
    // 0b0000_0101 → 0 2 . . . . . .
    private static readonly int* Packed = CreatePacked();

    /// <summary>Makes a test of two.</summary>
    public static BothTests<TFirst, TSecond> Both<TFirst, TSecond>(TFirst first, TSecond second)
        where TFirst : struct, IRowTest
        where TSecond : struct, IRowTest => new(first, second);

    /// <summary>Writes the numbers of the rows that pass, ascending.</summary>
    /// <param name="test">The test.</param>
    /// <param name="length">The number of rows.</param>
    /// <param name="selection">Room for as many numbers.</param>
    /// <returns>How many passed.</returns>
    public static int Select<TTest>(TTest test, int length, SelectedRows selection)
        where TTest : struct, IRowTest
    {
        int* rows = selection.Pointer;
        int count = 0;
        int row = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            // Eight numbers are always written, and as many of them kept as passed. There is room: no more than row + 8 are out.
            for (; row <= length - 8; row += 8)
            {
                uint passed = test.TestEight(row);
                (Vector256.Load(Packed + (passed * 8)) + Vector256.Create(row)).Store(rows + count);
                count += BitOperations.PopCount(passed);
            }
        }

        for (; row < length; row++)
        {
            rows[count] = row;
            count += test.Test(row) ? 1 : 0;
        }

        return count;
    }

    private static int* CreatePacked()
    {
        int* packed = (int*)NativeMemory.AlignedAlloc(256 * 8 * sizeof(int), 64);
        for (int outcome = 0; outcome < 256; outcome++)
        {
            int* next = packed + (outcome * 8);
            int* end = next + 8;
            for (int bit = 0; bit < 8; bit++)
            {
                if ((outcome & (1 << bit)) != 0)
                    *next++ = bit;
            }

            while (next < end)
                *next++ = 0;
        }

        return packed;
    }
}
