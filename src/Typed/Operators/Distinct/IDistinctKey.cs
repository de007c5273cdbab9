using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// The key of a deduplication as the generator writes it: how it is read from a row, hashed, compared and stored. The kernel takes it as a type
/// argument, so that the loop over the rows is compiled for it and calls nothing.
/// </summary>
/// <typeparam name="TKey">The key: an unmanaged struct.</typeparam>
public interface IDistinctKey<TKey>
    where TKey : unmanaged
{
    /// <summary>Whether keys point to bytes outside of them.</summary>
    static abstract bool KeyHasText { get; }

    /// <summary>Reads the columns of a batch from now on.</summary>
    void Bind(ColumnBatch input);

    /// <summary>The key of a row; its strings are views of the batch.</summary>
    void LoadKey(int row, out TKey key);

    /// <summary>The hash of a key.</summary>
    static abstract uint Hash(in TKey key);

    /// <summary>Whether two keys are equal: nulls are, so are NaNs, and the two zeros (semantics 3.9, 5.1).</summary>
    static abstract bool Same(in TKey left, in TKey right);

    /// <summary>Copies what a key points to.</summary>
    static abstract void OwnKey(ref TKey key, Arena arena);

    /// <summary>Writes a key.</summary>
    static abstract void Save(in TKey key, StateWriter writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    static abstract void Load(StateReader reader, Arena arena, out TKey key);
}
