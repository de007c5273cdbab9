using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// One join with a table as the generator writes it: how the keys of both sides are read, hashed and compared, and what a pair must
/// satisfy besides. The operator takes it as a type argument, so that its loops are compiled for it and call nothing.
/// </summary>
/// <typeparam name="TKey">The keys of one row, in a form that both sides share.</typeparam>
public interface ITableJoin<TKey>
    where TKey : unmanaged
{
    /// <summary>Whether there is more to satisfy than the equality of the keys.</summary>
    static abstract bool HasResidual { get; }

    /// <summary>The hash of keys; the upper bits are the ones used first.</summary>
    static abstract uint Hash(in TKey key);

    /// <summary>Whether keys are equal: nulls of null-safe keys are (semantics 6.1.3), so are NaNs, and the two zeros (semantics 3.9).</summary>
    static abstract bool Same(in TKey left, in TKey right);

    /// <summary>Reads the columns of the table from now on.</summary>
    void BindTable(ColumnBatch table);

    /// <summary>The keys of a row of the table, as views of its columns; false if one of them is null and so matches nothing.</summary>
    bool LoadTableKey(int row, out TKey key);

    /// <summary>Reads the columns of a batch of the stream from now on.</summary>
    /// <param name="stream">The batch.</param>
    /// <param name="context">The micro-batch.</param>
    void BindStream(ColumnBatch stream, BatchContext context);

    /// <summary>The keys of a row of the stream; false if one of them is null and so matches nothing.</summary>
    bool LoadStreamKey(int row, out TKey key);

    /// <summary>Whether a pair of rows with equal keys matches.</summary>
    bool Matches(int streamRow, int tableRow);
}

/// <summary>Which rows a join with a table gives (semantics 7.1).</summary>
public enum TableJoinMode
{
    /// <summary>A row for each match.</summary>
    Inner,

    /// <summary>A row for each match, and one with nulls for a row without a match.</summary>
    LeftOuter,

    /// <summary>The rows that have a match, once.</summary>
    LeftSemi,

    /// <summary>The rows that have no match.</summary>
    LeftAnti,
}
