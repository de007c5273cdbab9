using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// One join with a table as the generator writes it: how the keys of both sides are read, hashed and compared, and what a pair must
/// satisfy besides. The operator takes it as a type argument, so that its loops are compiled for it and call nothing per row.
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

    /// <summary>Reads the keys of consecutive rows of the stream, as views of its columns.</summary>
    /// <param name="stream">The batch.</param>
    /// <param name="start">The first row.</param>
    /// <param name="keys">One for each row.</param>
    /// <param name="found">0 for each row, or −1 where a key is null and so matches nothing.</param>
    void ReadStreamKeys(ColumnBatch stream, int start, Span<TKey> keys, Span<int> found);

    /// <summary>Reads the keys of consecutive rows of the table, as <see cref="ReadStreamKeys"/> does.</summary>
    void ReadTableKeys(ColumnBatch table, int start, Span<TKey> keys, Span<int> found);

    /// <summary>Keeps the pairs that satisfy the rest of the condition: moves them to the front, in order.</summary>
    /// <returns>How many are kept.</returns>
    int Keep(ColumnBatch stream, ColumnBatch table, BatchContext context, JoinPairs pairs);
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
