using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>Between records and batches of columns.</summary>
public static class RecordBatch
{
    /// <summary>A batch of these rows that belongs to no pool.</summary>
    public static ColumnBatch Of<T>(params ReadOnlySpan<T> rows)
        where T : IStreamRecord<T>
    {
        ColumnBatch batch = new(T.Schema);
        foreach (ref readonly T row in rows)
            T.Append(row, batch);
        batch.Length = rows.Length;
        return batch;
    }

    /// <summary>The rows of a batch. Allocates.</summary>
    public static T[] ToRecords<T>(ColumnBatch batch)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(batch);
        T[] rows = new T[batch.Length];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = T.Read(batch, i);
        return rows;
    }
}
