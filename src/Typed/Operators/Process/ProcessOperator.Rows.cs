using Typed.Columns;

namespace Typed.Operators;

/// <content>The rows of a micro-batch: they wait for the calls of their keys, which see them one key after the other.</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private void Collect(ColumnBatch batch)
    {
        int number = _batches.Count;
        if (number == _rows.Length)
        {
            Array.Resize(ref _rows, number * 2);
            Array.Resize(ref _ends, number * 2);
        }

        int rows = checked(_rowCount + batch.Length);
        if (_next is null || (long)rows * sizeof(int) > _next.Capacity)
        {
            NativeBuffer larger = NativeBuffer.Rent((nint)rows * sizeof(int));
            if (_next is not null)
                new ReadOnlySpan<int>(_next.Pointer, _rowCount).CopyTo(new Span<int>(larger.Pointer, _rowCount));
            _next?.Release();
            _next = larger;
        }

        _chains.Rows.Bind(batch);
        _chains.Next = (int*)_next.Pointer;
        _chains.Offset = _rowCount;
        _rows[number] = _chains.Rows;
        _ends[number] = rows;
        _rowCount = rows;
        _batches.Add(batch.AddReference());
    }

    private void ReleaseRows()
    {
        foreach (ColumnBatch batch in _batches)
            batch.Release();
        _batches.Clear();
    }

    /// <summary>The rows of the key of the present call.</summary>
    private sealed class Hand(ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> owner) : RowsInHand<TIn>
    {
        private (long Time, int Row)[] _order = [];
        private int _first;
        private bool _isOrdered;

        /// <summary>Makes the rows. Keys come in the order of their first rows, so the batch of the first row is not searched for.</summary>
        public void Take(int first, int count)
        {
            _first = first;
            _isOrdered = false;
            Reached = 0;
            Count = count;
            if (Arrived.Length < count)
                Arrived = new TIn[Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
            if (count == 0)
                return;
            int[] ends = owner._ends;
            while (first >= ends[owner._firstBatch])
                owner._firstBatch++;
            int batch = owner._firstBatch;
            int start = batch == 0 ? 0 : ends[batch - 1];
            int* next = owner._chains.Next;
            TIn[] rows = Arrived;
            for (int i = 0, row = first; i < count; row = next[row], i++)
            {
                while (row >= ends[batch])
                    start = ends[batch++];
                rows[i] = owner._rows[batch].ReadRow(row - start, owner.Memory.Texts);
            }
        }

        public override ReadOnlySpan<TIn> Ordered()
        {
            if (!_isOrdered)
                Order();
            return ByTime.AsSpan(0, Count);
        }

        private void Order()
        {
            if (owner.Settings.TimeColumn < 0)
                throw new InvalidOperationException("OrderedByEventTime needs an event time. Mark one in the record with [EventTime], or declare it with WithWatermark.");
            if (_order.Length < Count)
                _order = new (long, int)[Arrived.Length];
            if (ByTime.Length < Count)
                ByTime = new TIn[Arrived.Length];
            int batch = owner._firstBatch;
            int start = batch == 0 ? 0 : owner._ends[batch - 1];
            for (int i = 0, row = _first; i < Count; row = owner._chains.Next[row], i++)
            {
                while (row >= owner._ends[batch])
                    start = owner._ends[batch++];
                Column time = owner._batches[batch][owner.Settings.TimeColumn];
                long* times = EventTimes.Of(time);
                _order[i] = (time.IsNull(row - start) ? long.MinValue : times[row - start], i);
            }

            _order.AsSpan(0, Count).Sort(static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Row.CompareTo(b.Row));
            for (int i = 0; i < Count; i++)
                ByTime[i] = Arrived[_order[i].Row];
            _isOrdered = true;
        }
    }
}
