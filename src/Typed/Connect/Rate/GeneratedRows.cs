using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>An open source whose row i is computed from i.</summary>
internal abstract class GeneratedRows<T>(Func<long, T> row, string name) : ISourceReader
    where T : IStreamRecord<T>
{
    private const int RowsPerColumnBatch = 65_536;
    private readonly BatchPool _pool = new(T.Schema);

    public abstract string Description { get; }

    public bool CanReplay => true;

    protected string Name { get; } = name;

    public abstract ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation);

    public abstract ValueTask FreezeAsync(string? start, CancellationToken cancellation);

    public abstract ValueTask WaitForDataAsync(string? start, CancellationToken cancellation);

    public virtual bool HasEnded(string? start) => false;

    public IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, CancellationToken cancellation) =>
        Read(RowOffset.Parse(start, Description), RowOffset.Parse(end, Description), cancellation).AsAsync(cancellation);

    public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

    public ValueTask DisposeAsync()
    {
        _pool.Dispose();
        return default;
    }

    private IEnumerable<ColumnBatch> Read(long from, long to, CancellationToken cancellation)
    {
        while (from < to)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(to - from, RowsPerColumnBatch);
            ColumnBatch batch = _pool.Rent();
            for (int i = 0; i < count; i++)
                T.Append(row(from + i), batch);
            batch.Length = count;
            from += count;
            yield return batch;
        }
    }
}
