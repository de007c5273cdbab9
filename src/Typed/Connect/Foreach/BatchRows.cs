using Typed.Columns;
using Typed.Schema;

namespace Typed;

/// <summary>
/// The rows of one micro-batch, valid during the call they were handed to; <see cref="Detach"/> copies them for later. They can be
/// read any number of times.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class BatchRows<T>
    where T : IStreamRecord<T>
{
    private readonly List<ColumnBatch> _batches = [];
    private bool _open;

    internal BatchRows()
    {
    }

    /// <summary>Whether there is no row, as in a batch that only moved the watermark.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The number of rows.</summary>
    public long Count { get; private set; }

    /// <summary>The rows, each made from its columns when it is reached.</summary>
    /// <exception cref="InvalidOperationException">The call that got the rows is over.</exception>
    public IEnumerable<T> Rows
    {
        get
        {
            for (int i = 0; i < Columns.Count; i++)
            {
                for (int row = 0; row < Columns[i].Length; row++)
                    yield return T.Read(Columns[i], row);
            }
        }
    }

    /// <summary>The rows as columns, without a copy.</summary>
    /// <exception cref="InvalidOperationException">The call that got the rows is over.</exception>
    public IReadOnlyList<ColumnBatch> Columns => _open
        ? _batches
        : throw new InvalidOperationException(
            "The rows of a batch are used again for the next one when the call that got them is over. Keep a copy: Detach().");

    /// <summary>A copy of the rows that outlives the call.</summary>
    public T[] Detach()
    {
        T[] copy = new T[Count];
        int next = 0;
        foreach (T row in Rows)
            copy[next++] = row;
        return copy;
    }

    internal void Open()
    {
        Close();
        _open = true;
    }

    internal void Add(ColumnBatch batch)
    {
        _batches.Add(batch.AddReference());
        Count += batch.Length;
    }

    internal void Close()
    {
        foreach (ColumnBatch batch in _batches)
            batch.Release();
        _batches.Clear();
        Count = 0;
        _open = false;
    }
}
