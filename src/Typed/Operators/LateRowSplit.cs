using Typed.Columns;

namespace Typed.Operators;

/// <summary>Parts the rows of a batch into those that are in time and those at or before the late watermark, by a column of times (semantics 2.3.2).</summary>
internal sealed class LateRowSplit
{
    private int[] _rows = [];
    private long[] _times = [];

    /// <summary>After <see cref="Split"/>, unless all are in time: the rows that are, then the late ones, each in their order.</summary>
    public int[] Rows => _rows;

    /// <summary>Parts the rows by the late watermark of an operator, counts those that are late for it and hands them over, if anybody wants them.</summary>
    /// <param name="by">The operator.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="timeColumn">The column of the times, or of windows whose end is the time. A null time is never late (semantics 2.3.8).</param>
    /// <returns>How many are in time.</returns>
    public int Split(StatefulOperator by, ColumnBatch batch, int timeColumn)
    {
        int inTime = Part(batch, timeColumn, by.LateWatermark);
        int late = batch.Length - inTime;
        if (late == 0)
            return inTime;
        by.Counts.Late += late;
        by.State.DroppedByWatermark += late;
        Send(by, batch, inTime);
        return inTime;
    }

    private unsafe int Part(ColumnBatch batch, int timeColumn, long watermark)
    {
        int count = batch.Length;
        Column column = batch[timeColumn];
        long* times = EventTimes.Of(column);
        if (!AnyAtOrBefore(times, count, watermark))
            return count;
        if (_rows.Length < count)
            _rows = new int[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
        int inTime = 0;
        int late = count;
        bool nulls = column.NullCount > 0;
        for (int i = 0; i < count; i++)
        {
            if (times[i] <= watermark && (!nulls || column.IsValid(i)))
                _rows[--late] = i;
            else
                _rows[inTime++] = i;
        }

        _rows.AsSpan(late, count - late).Reverse();
        if (_times.Length < count - late)
            _times = new long[_rows.Length];
        for (int i = late; i < count; i++)
            _times[i - late] = times[_rows[i]];
        return inTime;
    }

    private void Send(StatefulOperator by, ColumnBatch batch, int inTime)
    {
        if (by.LateRows is not { } taker)
            return;
        Span<int> late = _rows.AsSpan(inTime, batch.Length - inTime);
        if (batch is { Origin: not null, OriginRows: { } origin })
        {
            for (int i = 0; i < late.Length; i++)
                late[i] = origin[late[i]];
        }

        taker.Take(by.Name, batch.Origin ?? batch, late, _times.AsSpan(0, late.Length), by.LateWatermark);
    }

    private static unsafe bool AnyAtOrBefore(long* times, int count, long watermark)
    {
        long least = long.MaxValue;
        for (int i = 0; i < count; i++)
            least = Math.Min(least, times[i]);
        return least <= watermark;
    }
}

/// <summary>The times of a column that may be of windows.</summary>
internal static unsafe class EventTimes
{
    /// <summary>The times, µs; of a window its end (semantics 2.1.1). Where the column is null they are any.</summary>
    public static long* Of(Column column) => ((FixedColumn<long>)(column is StructColumn window ? window.Children[1] : column)).Values;
}
