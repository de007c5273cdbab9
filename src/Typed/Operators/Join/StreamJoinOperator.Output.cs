using Typed.Columns;

namespace Typed.Operators;

/// <content>Rows out: pairs, rows without a partner, and what the watermark lets go.</content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private const int OutputRows = 16_384;

    private readonly RowList _removed = new();
    private ColumnBatch? _output;

    /// <summary>How many rows went out that were never stored.</summary>
    private long _passed;

    private void EmitPairs(ColumnBatch left, int* leftRows, ColumnBatch right, int* rightRows, int count)
    {
        if (count == 0)
            return;
        ColumnBatch output = _output ??= Pool.Rent();
        int ordinal = 0;
        foreach (int column in _left.Side.Columns)
            output[ordinal++].Gather(left[column], new ReadOnlySpan<int>(leftRows, count));
        foreach (int column in _right.Side.Columns)
            output[ordinal++].Gather(right[column], new ReadOnlySpan<int>(rightRows, count));
        Written(output, count);
    }

    // Rows of one side, with nulls for the columns of the other one where those are given.
    private void EmitUnpaired(JoinInput<TKey, TJoin> side, ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        for (int start = 0; start < rows.Length; start += OutputRows)
        {
            ReadOnlySpan<int> part = rows.Slice(start, Math.Min(OutputRows, rows.Length - start));
            ColumnBatch output = _output ??= Pool.Rent();
            int ordinal = 0;
            foreach (int column in _left.Side.Columns)
                Fill(output[ordinal++], side.IsLeft ? batch[column] : null, part);
            foreach (int column in _right.Side.Columns)
                Fill(output[ordinal++], side.IsLeft ? null : batch[column], part);
            Written(output, part.Length);
        }
    }

    private static void Fill(Column output, Column? source, ReadOnlySpan<int> rows)
    {
        if (source is not null)
        {
            output.Gather(source, rows);
            return;
        }

        for (int i = 0; i < rows.Length; i++)
            output.AppendNull();
    }

    private void Written(ColumnBatch output, int count)
    {
        output.Length += count;
        if (output.Length >= OutputRows)
            Flush();
    }

    private void Flush()
    {
        if (_output is not { } output)
            return;
        _output = null;
        Emit(output);
    }

    // Buckets that the state watermark has passed go as a whole; the one that it is in is cut (semantics 6.2.3).
    private void Evict(JoinInput<TKey, TJoin> side)
    {
        JoinStore<TKey, TJoin> store = side.Store;
        if (!side.Side.IsBounded)
            return;
        EvictSpilled(side);
        long watermark = side.StateWatermark;
        while (store.Timed.Count > 0 && store.LastTime(store.Timed[0].Number) <= watermark)
        {
            JoinBucket<TKey, TJoin> bucket = store.Timed[0];
            int unmatched = bucket.Live - bucket.LiveMatched;
            if (side.IsPreserved && unmatched > 0)
            {
                _removed.Clear();
                for (int row = 0; row < bucket.Rows; row++)
                {
                    if ((bucket.Entries[row].Flags & (JoinEntry<TKey>.Dead | JoinEntry<TKey>.Matched)) == 0)
                        _removed.Add(row);
                }

                EmitUnpaired(side, bucket.Columns, _removed.Span);
            }

            Leave(side, bucket.Live, unmatched);
            store.DropFirst();
        }

        for (int i = 0; i < store.Timed.Count && store.Timed[i].Number << store.TimeShift <= watermark; i++)
        {
            JoinBucket<TKey, TJoin> bucket = store.Timed[i];
            int unmatched = bucket.Live - bucket.LiveMatched;
            _removed.Clear();
            store.Cut(bucket, watermark, _removed);
            int live = _removed.Count;
            unmatched -= bucket.Live - bucket.LiveMatched;
            if (side.IsPreserved && unmatched > 0)
                EmitUnpaired(side, bucket.Columns, Unmatched(bucket));
            Leave(side, live, unmatched);
        }
    }

    /// <summary>When the first row that has found no match is given without one (semantics 6.2.3).</summary>
    internal override long? NextRelease()
    {
        long first = Math.Min(FirstUnmatched(_left), FirstUnmatched(_right));
        return first == long.MaxValue ? null : first;
    }

    private long FirstUnmatched(JoinInput<TKey, TJoin> side)
    {
        if (!side.IsPreserved || !side.Side.IsBounded)
            return long.MaxValue;
        long first = long.MaxValue;
        long number = 0;
        foreach (JoinBucket<TKey, TJoin> bucket in side.Store.Timed)
        {
            // Several buckets may have one stretch of time.
            if (first != long.MaxValue && bucket.Number != number)
                break;
            number = bucket.Number;
            for (int row = 0; bucket.Live > bucket.LiveMatched && row < bucket.Rows; row++)
            {
                if ((bucket.Entries[row].Flags & (JoinEntry<TKey>.Dead | JoinEntry<TKey>.Matched)) == 0)
                    first = Math.Min(first, bucket.Entries[row].Time);
            }
        }

        first = Math.Min(first, FirstUnmatchedSpilled(side));

        // What the state watermark never passes is never given.
        if (first == long.MaxValue || first > side.Side.StateWatermark(long.MaxValue / 2))
            return long.MaxValue;
        return side.Side.EvictionColumn >= 0 ? first : first + ((side.Side.StateDelayMillis ?? 0) * 1000);
    }

    private ReadOnlySpan<int> Unmatched(JoinBucket<TKey, TJoin> bucket)
    {
        int* rows = _removed.Pointer;
        int count = 0;
        for (int i = 0; i < _removed.Count; i++)
        {
            int row = rows[i];
            rows[count] = row;
            count += (bucket.Entries[row].Flags & JoinEntry<TKey>.Matched) == 0 ? 1 : 0;
        }

        return new ReadOnlySpan<int>(rows, count);
    }

    private void Leave(JoinInput<TKey, TJoin> side, long rows, long unmatched)
    {
        long without = side.IsPreserved ? 0 : unmatched;
        side.Store.Rows -= rows;
        State.Removed += rows;
        Counts.Closed += rows - without;
        Counts.Expired += without;
    }
}
