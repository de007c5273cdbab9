using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// One join of two streams as the generator writes it: how the keys of both sides are read, hashed and compared, and what a pair must
/// satisfy besides. The operator takes it as a type argument, so that its loops are compiled for it and call nothing per row.
/// </summary>
/// <typeparam name="TKey">The keys of one row, in a form that both sides share.</typeparam>
public interface IStreamJoin<TKey>
    where TKey : unmanaged
{
    /// <summary>Whether there is more to satisfy than the equality of the keys.</summary>
    static abstract bool HasResidual { get; }

    /// <summary>Whether a key can point to bytes of the batch it was read from.</summary>
    static abstract bool KeyHasText { get; }

    /// <summary>The hash of keys; the upper bits are the ones used first.</summary>
    static abstract uint Hash(in TKey key);

    /// <summary>Whether keys are equal: nulls of null-safe keys are (semantics 6.1.3), so are NaNs, and the two zeros (semantics 3.9).</summary>
    static abstract bool Same(in TKey left, in TKey right);

    /// <summary>Moves what a key points to into an arena.</summary>
    static abstract void OwnKey(ref TKey key, Arena arena);

    /// <summary>What <see cref="SaveKey"/> writes: the names and types of the fields, as text that is stored with the state.</summary>
    static abstract string KeyLayout { get; }

    /// <summary>Writes the keys of a row, one after the other. Equal keys have the same bytes.</summary>
    static abstract void SaveKey(in TKey key, StateWriter writer);

    /// <summary>Reads what <see cref="SaveKey"/> wrote.</summary>
    static abstract void LoadKey(StateReader reader, Arena arena, out TKey key);

    /// <summary>Reads the keys of consecutive rows of the left stream, as views of its columns.</summary>
    /// <param name="left">The batch.</param>
    /// <param name="start">The first row.</param>
    /// <param name="keys">One for each row.</param>
    /// <param name="found">0 for each row, or −1 where a key is null and so matches nothing; a null has a key that is always the same.</param>
    void ReadLeftKeys(ColumnBatch left, int start, Span<TKey> keys, Span<int> found);

    /// <summary>Reads the keys of consecutive rows of the right stream, as <see cref="ReadLeftKeys"/> does.</summary>
    void ReadRightKeys(ColumnBatch right, int start, Span<TKey> keys, Span<int> found);

    /// <summary>Keeps the pairs that satisfy the rest of the condition: moves them to the front, in order.</summary>
    /// <returns>How many are kept.</returns>
    int Keep(ColumnBatch left, ColumnBatch right, BatchContext context, JoinPairs pairs);
}
