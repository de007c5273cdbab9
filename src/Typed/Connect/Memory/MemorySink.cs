using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// Keeps the rows of a query in memory, to be read with LINQ: in append and update mode all that was written, in complete mode the
/// latest result. For tests and trials. A batch that was committed before is left out when it comes again.
/// </summary>
/// <remarks>
/// Rows in memory do not outlive the process, so a query that goes on from a checkpoint is refused unless its mode is
/// complete (semantics 12.6, rule <c>recovery-unsupported-by-sink</c>) or <see cref="SurvivesRestart"/> says that this object lives on.
/// </remarks>
/// <typeparam name="T">The record.</typeparam>
public sealed class MemorySink<T> : ISink<T>
    where T : IStreamRecord<T>
{
    private readonly Lock _lock = new();
    private readonly List<MemoryBatch<T>> _batches = [];
    private List<T> _rows = [];
    private Guid _query;
    private long _lastBatch = -1;

    /// <summary>Whether the object outlives the runs of the query, as in a test that stops and starts it.</summary>
    public bool SurvivesRestart { get; init; }

    /// <summary>How many rows are kept at most; a batch that would exceed it fails.</summary>
    public int MaxRows { get; init; } = 10_000_000;

    /// <summary>The rows: all that were written; in complete mode those of the last batch. A copy.</summary>
    public IReadOnlyList<T> Rows
    {
        get
        {
            lock (_lock)
                return [.. _rows];
        }
    }

    /// <summary>The batches that were committed, empty ones included. A copy.</summary>
    public IReadOnlyList<MemoryBatch<T>> Batches
    {
        get
        {
            lock (_lock)
                return [.. _batches];
        }
    }

    /// <summary>What each batch writes; null before the first run.</summary>
    internal OutputMode? Mode { get; private set; }

    /// <summary>Forgets the rows and batches, not which batch was committed last.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _rows = [];
            _batches.Clear();
        }
    }

    /// <inheritdoc/>
    public ISinkWriter Open(SinkContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Recovering && !SurvivesRestart && context.Mode != OutputMode.Complete)
        {
            throw new QueryStartException(
                "recovery-unsupported-by-sink",
                $"The query '{context.QueryName}' would go on from its checkpoint, but its memory sink does not hold what was written "
                + "before. Use a new checkpoint or a sink that lasts; if the same MemorySink object is used again, set SurvivesRestart.");
        }

        lock (_lock)
        {
            Mode = context.Mode;
            if (_query != context.QueryId)
                (_query, _lastBatch) = (context.QueryId, -1);
        }

        return new Writer(this, context.Mode);
    }

    private void Commit(long batchId, long? watermark, List<T> rows, bool replaces)
    {
        lock (_lock)
        {
            if (batchId <= _lastBatch)
                return;
            if ((replaces ? 0 : _rows.Count) + (long)rows.Count > MaxRows)
            {
                throw new InvalidOperationException(
                    $"The memory sink would hold more than {MaxRows} rows. It is meant for tests and trials: raise MaxRows, or write to a sink that lasts.");
            }

            if (replaces)
                _rows = [.. rows];
            else
                _rows.AddRange(rows);
            _batches.Add(new MemoryBatch<T>(batchId, watermark, rows));
            _lastBatch = batchId;
        }
    }

    private sealed class Writer(MemorySink<T> sink, OutputMode mode) : ISinkWriter
    {
        private List<T> _pending = [];
        private long _batchId;
        private long? _watermark;

        public string Description => "memory";

        public void Begin(long batchId, long? watermark)
        {
            (_batchId, _watermark) = (batchId, watermark);
            _pending = [];
        }

        public void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                _pending.Add(T.Read(batch, row));
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            sink.Commit(_batchId, _watermark, _pending, mode == OutputMode.Complete);
            return default;
        }

        public void Abort() => _pending = [];

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>What one micro-batch wrote.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="BatchId">The number of the batch.</param>
/// <param name="Watermark">The watermark the batch started with, µs since 1970 UTC; null if none is defined.</param>
/// <param name="Rows">The rows in the order in which they came.</param>
public sealed record MemoryBatch<T>(long BatchId, long? Watermark, IReadOnlyList<T> Rows);
