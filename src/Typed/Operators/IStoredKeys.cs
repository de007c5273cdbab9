using Typed.Columns;

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
}
