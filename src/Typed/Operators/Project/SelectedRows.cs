using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>
/// Which rows of a batch a generated loop visits. A struct as a type argument, so that the loop is compiled once for all rows and
/// once for selected ones.
/// </summary>
public interface IRowOrder
{
    /// <summary>The row of the input that is the <paramref name="index"/>-th to visit.</summary>
    int At(int index);
}

/// <summary>Every row.</summary>
public readonly struct AllRows : IRowOrder
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(int index) => index;
}

/// <summary>The rows that passed the filters of a stage, as their numbers in native memory: generated loops write and read it unchecked.</summary>
public readonly unsafe struct SelectedRows : IRowOrder
{
    private readonly int* _rows;

    internal SelectedRows(int* rows, int count)
    {
        _rows = rows;
        Count = count;
    }

    /// <summary>How many rows passed; before the filters ran, how many there is room for.</summary>
    public int Count { get; }

    /// <summary>Whether all rows of the batch passed; then no numbers are there.</summary>
    public bool IsAll => _rows == null;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<int> Span => new(_rows, Count);

    internal int* Pointer => _rows;

    /// <summary>The first <paramref name="count"/> rows; where that is all there is room for, every row of the batch.</summary>
    internal SelectedRows Prefix(int count) => count == Count ? new SelectedRows(null, count) : new SelectedRows(_rows, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(int index) => _rows[index];

    /// <summary>Writes the number of the <paramref name="index"/>-th row that passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int index, int row) => _rows[index] = row;
}
