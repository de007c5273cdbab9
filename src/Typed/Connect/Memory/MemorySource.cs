using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// A stream of rows that the program adds. All rows are kept, so that every range can be read again by a later run with the same
/// object; for tests and trials.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class MemorySource<T> : ISource<T>
    where T : IStreamRecord<T>
{
    private readonly List<T> _rows = [];

    // Where the partition changes: the first row of each run, ascending.
    private readonly List<(long First, int Partition)> _runs = [];
    private readonly Lock _lock = new();
    private int _partitions;
    private bool _opened;
    private TaskCompletionSource _grown = NewSignal();

    /// <summary>How many rows a micro-batch takes at most; null for all there are.</summary>
    public int? MaxRowsPerTrigger { get; init; }

    /// <summary>How many rows are handed to the query at once.</summary>
    public int RowsPerColumnBatch { get; init; } = 65_536;

    /// <summary>How many partitions the source has; 0 for none. With partitions, rows are added to one of them.</summary>
    public int Partitions
    {
        get => _partitions;
        init => _partitions = value;
    }

    /// <summary>How many rows were added.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _rows.Count;
        }
    }

    /// <summary>Adds rows; they become visible together. If the source has partitions, they go to the first one.</summary>
    public void Add(params ReadOnlySpan<T> rows) => AddTo(0, rows);

    /// <summary>Adds rows to a partition; they become visible together.</summary>
    /// <param name="partition">The partition, from 0; below <see cref="Partitions"/>.</param>
    /// <param name="rows">The rows.</param>
    public void AddTo(int partition, params ReadOnlySpan<T> rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Math.Max(1, Partitions));
        lock (_lock)
        {
            if (_runs.Count == 0 || _runs[^1].Partition != partition)
                _runs.Add((_rows.Count, partition));
            _rows.AddRange(rows);
            Signal();
        }
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{T})"/>
    public void Add(IEnumerable<T> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        T[] added = [.. rows];
        Add(added);
    }

    /// <inheritdoc/>
    public ISourceReader Open(SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RateLimit.Check(MaxRowsPerTrigger, nameof(MaxRowsPerTrigger));
        RateLimit.Check(RowsPerColumnBatch, nameof(RowsPerColumnBatch));
        _opened = true;
        return new Reader(this, context.Name);
    }

    /// <exception cref="InvalidOperationException">It is in use.</exception>
    internal void SetPartitions(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_opened || Count > 0)
            throw new InvalidOperationException("The number of partitions is known to a query that has started, and to rows that were added: set it before the first of them.");
        _partitions = count;
    }

    // The partition of a row and how many rows of the same one follow, up to a number.
    private (int Partition, int Count) RunAt(long row, int most)
    {
        int run = _runs.FindLastIndex(one => one.First <= row);
        return (_runs[run].Partition, run == _runs.Count - 1 ? most : (int)Math.Min(most, _runs[run + 1].First - row));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        _grown.SetResult();
        _grown = NewSignal();
    }

    private sealed class Reader(MemorySource<T> source, string name) : ISourceReader
    {
        private readonly BatchPool _pool = new(T.Schema);
        private long? _frozen;

        public string Description => $"memory '{name}'";

        public IReadOnlyList<string> Partitions { get; } = [.. Enumerable.Range(0, source.Partitions).Select(number => RowOffset.Format(number))];

        public bool CanReplay => true;

        public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
        {
            long from = Position(start);
            long to = Math.Min(_frozen ?? long.MaxValue, source.Count);
            if (!all && source.MaxRowsPerTrigger is int limit)
                to = Math.Min(to, from + limit);
            to = Math.Max(to, from);
            return new(to == 0 ? null : RowOffset.Format(to));
        }

        public ValueTask FreezeAsync(string? start, CancellationToken cancellation)
        {
            _frozen = source.Count;
            return default;
        }

        public IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, CancellationToken cancellation) =>
            Read(Position(start), Position(end)).AsAsync(cancellation);

        public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

        public async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
        {
            long from = Position(start);
            Task grown;
            lock (source._lock)
            {
                if (source._rows.Count > from)
                    return;
                grown = source._grown.Task;
            }

            await grown.WaitAsync(cancellation);
        }

        public ValueTask DisposeAsync()
        {
            _pool.Dispose();
            return default;
        }

        private long Position(string? offset)
        {
            long rows = RowOffset.Parse(offset, Description);
            if (rows <= source.Count)
                return rows;
            throw new InvalidOperationException(
                $"The checkpoint stands at row {rows} of {Description}, which holds {source.Count}. Rows in memory do not outlive the "
                + "process: give the query the same MemorySource object as before, or a new checkpoint.");
        }

        private IEnumerable<ColumnBatch> Read(long from, long to)
        {
            while (from < to)
            {
                int count = (int)Math.Min(to - from, source.RowsPerColumnBatch);
                ColumnBatch batch = _pool.Rent();
                lock (source._lock)
                {
                    if (source.Partitions > 0)
                        (batch.Partition, count) = source.RunAt(from, count);
                    for (int i = 0; i < count; i++)
                        T.Append(source._rows[(int)from + i], batch);
                }

                batch.Length = count;
                from += count;
                yield return batch;
            }
        }
    }
}
