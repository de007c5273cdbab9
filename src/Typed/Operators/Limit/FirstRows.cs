using Typed.Columns;

namespace Typed.Operators;

/// <summary>Cuts batches after a number of rows.</summary>
internal static class FirstRows
{
    /// <summary>The first <paramref name="count"/> rows of a batch, for the caller to release: the batch itself, or copies.</summary>
    public static ColumnBatch Of(ColumnBatch batch, int count, BatchPool pool)
    {
        if (count == batch.Length)
            return batch.AddReference();
        ColumnBatch first = pool.Rent();
        for (int i = 0; i < pool.Schema.Fields.Count; i++)
            first[i].AppendRange(batch[i], 0, count);
        first.Length = count;
        return first;
    }
}
