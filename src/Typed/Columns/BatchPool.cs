using Typed.Schema;

namespace Typed.Columns;

/// <summary>The batches that one operator writes to, used again when their readers have released them.</summary>
public sealed class BatchPool(RowSchema schema) : IDisposable
{
    private readonly Stack<ColumnBatch> _free = [];
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <summary>The schema of the batches.</summary>
    public RowSchema Schema { get; } = schema;

    /// <summary>An empty batch with one reference.</summary>
    public ColumnBatch Rent()
    {
        ColumnBatch? batch;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _free.TryPop(out batch);
        }

        if (batch is null)
            return new ColumnBatch(Schema, this);
        batch.Revive();
        return batch;
    }

    /// <summary>Frees the memory of the batches that are not in use; those in use free theirs when they are released.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.TryPop(out ColumnBatch? batch))
                batch.Free();
        }
    }

    internal bool Return(ColumnBatch batch)
    {
        lock (_lock)
        {
            if (_disposed || _free.Count >= 16)
                return false;
            _free.Push(batch);
            return true;
        }
    }
}
