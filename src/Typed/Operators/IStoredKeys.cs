using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Keys that are read from columns, and stored, as the generator writes it. The kernels take it as a type argument, so that the loop over the rows
/// is compiled for it and calls nothing.
/// </summary>
/// <typeparam name="TKey">The key: an unmanaged struct.</typeparam>
public interface IStoredKeys<TKey> : IGroupKeys<TKey>
    where TKey : unmanaged
{
    /// <summary>Reads the columns of a batch from now on.</summary>
    void Bind(ColumnBatch input);

    /// <summary>Writes a key.</summary>
    static abstract void Save(in TKey key, StateWriter writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    static abstract void Load(StateReader reader, Arena arena, out TKey key);
}
