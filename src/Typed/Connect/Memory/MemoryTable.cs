using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// A table whose rows the program sets. A change is seen by the next micro-batch (semantics 7.2); rows that were already
/// joined stay as they are.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class MemoryTable<T> : ITableSource<T>
    where T : IStreamRecord<T>
{
    private readonly Lock _lock = new();
    private T[] _rows;
    private int _version = 1;

    /// <summary>A table of these rows.</summary>
    public MemoryTable(params ReadOnlySpan<T> rows) => _rows = rows.ToArray();

    /// <summary>Replaces all rows.</summary>
    public void Set(params ReadOnlySpan<T> rows)
    {
        lock (_lock)
        {
            _rows = rows.ToArray();
            _version++;
        }
    }

    /// <inheritdoc/>
    public ITableReader Open(SourceContext context) => new Reader(this, context.Name);

    private sealed class Reader(MemoryTable<T> table, string name) : ITableReader
    {
        private int _seen;

        public string Description => $"memory table '{name}'";

        public ValueTask<ColumnBatch?> RefreshAsync(long batchId, CancellationToken cancellation)
        {
            T[] rows;
            lock (table._lock)
            {
                if (table._version == _seen)
                    return new((ColumnBatch?)null);
                rows = table._rows;
                _seen = table._version;
            }

            return new(RecordBatch.Of<T>(rows));
        }

        public ValueTask DisposeAsync() => default;
    }
}
