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
    public int At(int index) => index;
}

/// <summary>The rows that passed the filters.</summary>
/// <param name="rows">Their numbers, ascending.</param>
public readonly unsafe struct SelectedRows(int* rows) : IRowOrder
{
    private readonly int* _rows = rows;

    /// <inheritdoc/>
    public int At(int index) => _rows[index];
}
