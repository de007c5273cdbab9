using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>How the keys of groups are read, hashed and compared, as the generator writes it.</summary>
/// <typeparam name="TKey">The key: an unmanaged struct, or <see cref="NoKey"/>.</typeparam>
public interface IGroupKeys<TKey>
    where TKey : unmanaged
{
    /// <summary>Whether keys point to bytes outside of them.</summary>
    static abstract bool KeyHasText { get; }

    /// <summary>The key of a row; its strings are views of the batch.</summary>
    void LoadKey(int row, out TKey key);

    /// <summary>The hash of a key.</summary>
    static abstract uint Hash(in TKey key);

    /// <summary>Whether two keys are one group: nulls are equal, so are NaNs, and the two zeros (semantics 3.8, 3.9).</summary>
    static abstract bool Same(in TKey left, in TKey right);

    /// <summary>Copies what a key points to.</summary>
    static abstract void OwnKey(ref TKey key, Arena arena);

    /// <summary>What <see cref="SaveKey"/> writes: the names and types of the fields, as text that is stored with the state.</summary>
    static abstract string KeyLayout { get; }

    /// <summary>Writes the fields of a key, one after the other.</summary>
    static abstract void SaveKey(in TKey key, StateWriter writer);

    /// <summary>Reads what <see cref="SaveKey"/> wrote; what the key points to goes to the arena.</summary>
    static abstract void LoadKey(StateReader reader, Arena arena, out TKey key);
}

/// <summary>
/// One aggregation as the generator writes it: its keys, and what its accumulator does. The kernels take it as a type argument, so that the
/// loop over the rows is compiled for it and calls nothing.
/// </summary>
/// <typeparam name="TKey">The key: an unmanaged struct, or <see cref="NoKey"/>.</typeparam>
/// <typeparam name="TAcc">What is kept for a group: an unmanaged struct. What varies in size is held by cells that point into the table's arena.</typeparam>
public interface IAggregation<TKey, TAcc> : IGroupKeys<TKey>
    where TKey : unmanaged
    where TAcc : unmanaged
{
    /// <summary>Whether accumulators point to memory outside of them.</summary>
    static abstract bool HasCells { get; }

    /// <summary>
    /// Whether rows that are added in parts, and the parts merged in any order, give to the last bit what they give one after the other: as counts, whole and decimal
    /// sums, and extremes do. Sums of doubles do not, nor do aggregates that look at the order of rows.
    /// </summary>
    static virtual bool MergesExactly => false;

    /// <summary>Reads the columns of a batch from now on.</summary>
    /// <param name="input">The batch.</param>
    /// <param name="sequence">The number of its first row among all rows of the query: it orders rows by arrival.</param>
    void Bind(ColumnBatch input, long sequence);

    /// <summary>The accumulator of a group without rows.</summary>
    void Start(out TAcc acc);

    /// <summary>Adds a row.</summary>
    void Add(ref TAcc acc, int row, Arena arena);

    /// <summary>Adds all that another accumulator of the same key has seen.</summary>
    void Merge(ref TAcc acc, in TAcc other, Arena arena);

    /// <summary>Copies what an accumulator points to.</summary>
    static abstract void OwnCells(ref TAcc acc, Arena arena);

    /// <summary>Writes to a batch from now on, which has room made for so many rows in the columns of fixed width.</summary>
    void BindOutput(ColumnBatch output, int rows);

    /// <summary>Writes the keys and the results of a group as the next row of the output.</summary>
    /// <param name="key">The key, in native memory.</param>
    /// <param name="acc">The accumulator.</param>
    /// <param name="row">The row.</param>
    void Emit(in TKey key, in TAcc acc, int row);

    /// <summary>Sets the length of the columns of fixed width.</summary>
    void EndOutput(int rows);

    /// <summary>What <see cref="SaveAcc"/> writes, as <see cref="IGroupKeys{TKey}.KeyLayout"/> says it.</summary>
    static abstract string AccLayout { get; }

    /// <summary>Writes the fields of an accumulator, one after the other.</summary>
    static abstract void SaveAcc(in TAcc acc, StateWriter writer);

    /// <summary>Reads what <see cref="SaveAcc"/> wrote; what the accumulator points to goes to the arena.</summary>
    static abstract void LoadAcc(StateReader reader, Arena arena, out TAcc acc);
}

/// <summary>An aggregation whose groups go one by one, so that the rows they held can be accounted for.</summary>
/// <typeparam name="TAcc">The accumulator.</typeparam>
public interface ICountedGroups<TAcc>
    where TAcc : unmanaged
{
    /// <summary>The number of rows of a group.</summary>
    static abstract long RowsOf(in TAcc acc);
}

/// <summary>An aggregation one of whose keys is a time that carries the watermark (semantics 2.3.2).</summary>
/// <typeparam name="TKey">The key.</typeparam>
public interface ITimedKey<TKey>
    where TKey : unmanaged
{
    /// <summary>The time of a key, µs: the end of a window; false where it is null.</summary>
    static abstract bool TryGetTime(in TKey key, out long time);
}

/// <summary>The key of an aggregation without keys.</summary>
public readonly struct NoKey;
