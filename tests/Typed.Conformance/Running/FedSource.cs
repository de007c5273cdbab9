using System.Globalization;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Conformance.Running;

/// <summary>
/// A stream that is fed in portions and counts these, not rows: so a portion without rows is new data too (add_empty), as it is for
/// Spark's memory stream.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class FedSource<T> : ISource<T>
    where T : IStreamRecord<T>
{
    private readonly List<T[]> _portions = [];

    /// <summary>Adds a portion.</summary>
    public void Add(T[] rows)
    {
        lock (_portions)
            _portions.Add(rows);
    }

    /// <inheritdoc/>
    public ISourceReader Open(SourceContext context) => new Reader(this);

    private int Count()
    {
        lock (_portions)
            return _portions.Count;
    }

    private sealed class Reader(FedSource<T> source) : ISourceReader
    {
        private readonly BatchPool _pool = new(T.Schema);
        private int? _frozen;

        public string Description => "portions";

        public bool CanReplay => true;

        public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
        {
            int end = Math.Min(_frozen ?? int.MaxValue, source.Count());
            return new(end == 0 ? null : end.ToString(CultureInfo.InvariantCulture));
        }

        public ValueTask FreezeAsync(string? start, CancellationToken cancellation)
        {
            _frozen = source.Count();
            return default;
        }

        public async IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            for (int i = Position(start); i < Position(end); i++)
            {
                T[] rows;
                lock (source._portions)
                    rows = source._portions[i];
                if (rows.Length == 0)
                    continue;
                ColumnBatch batch = _pool.Rent();
                foreach (T row in rows)
                    T.Append(row, batch);
                batch.Length = rows.Length;
                yield return batch;
            }
        }

        public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

        public async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
        {
            while (source.Count() <= Position(start))
                await Task.Delay(5, cancellation);
        }

        public ValueTask DisposeAsync()
        {
            _pool.Dispose();
            return default;
        }

        private static int Position(string? offset) => offset is null ? 0 : int.Parse(offset, CultureInfo.InvariantCulture);
    }
}
