using Typed.Columns;

namespace Typed.Execution;

/// <summary>
/// What a worker has for the sinks, which the thread of the query alone calls. It is bounded: a worker that is ahead of the sinks waits.
/// </summary>
internal sealed class OutputQueue
{
    /// <summary>Rows that were late.</summary>
    internal const int Late = -1;

    /// <summary>Rows for the quarantine.</summary>
    internal const int Quarantine = -2;

    /// <summary>No rows: all of one turn are there.</summary>
    internal const int TurnEnd = -3;

    /// <summary>No rows: the worker has come to a point where all of them meet.</summary>
    internal const int StepEnd = -4;

    /// <summary>No rows: the worker has done its part of a round, or of the end of a micro-batch.</summary>
    internal const int WorkEnd = -5;

    private const int MostBatches = 16;
    private readonly Queue<(int To, ColumnBatch? Batch)> _items = new();
    private readonly object _lock = new();
    private int _batches;
    private bool _discards;
    private bool _hasUnmarked;

    /// <summary>Adds rows, with a reference to them.</summary>
    /// <param name="to">The number of an output, <see cref="Late"/> or <see cref="Quarantine"/>.</param>
    /// <param name="batch">The rows.</param>
    internal void Put(int to, ColumnBatch batch)
    {
        lock (_lock)
        {
            while (_batches >= MostBatches && !_discards)
                Monitor.Wait(_lock);
            if (!_discards)
            {
                _batches++;
                _hasUnmarked = true;
                _items.Enqueue((to, batch));
                Monitor.PulseAll(_lock);
                return;
            }
        }

        batch.Release();
    }

    /// <summary>
    /// Adds a mark: <see cref="TurnEnd"/>, <see cref="StepEnd"/> or <see cref="WorkEnd"/>. The end of a turn without rows wakes nobody: one of the others always follows, and what
    /// waits for this one has nothing to write.
    /// </summary>
    internal void Mark(int mark)
    {
        lock (_lock)
        {
            _items.Enqueue((mark, null));
            if (mark != TurnEnd || _hasUnmarked)
                Monitor.PulseAll(_lock);
            _hasUnmarked = false;
        }
    }

    /// <summary>The next item; waits for it. The caller releases the batch.</summary>
    internal (int To, ColumnBatch? Batch) Take()
    {
        lock (_lock)
        {
            (int To, ColumnBatch? Batch) item;
            while (!_items.TryDequeue(out item))
                Monitor.Wait(_lock);
            if (item.Batch is not null && _batches-- == MostBatches)
                Monitor.PulseAll(_lock);
            return item;
        }
    }

    /// <summary>Whether rows are dropped from now on, so that a worker does not wait for anybody.</summary>
    internal void Discard(bool discards)
    {
        lock (_lock)
        {
            _discards = discards;
            Monitor.PulseAll(_lock);
        }
    }
}
