using Typed.Columns;

namespace Typed.Operators;

/// <content>
/// Rows that have been in the state before: from a snapshot, from the spill area, or from a bucket of which most has left. They keep their numbers,
/// and what is known of them.
/// </content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    // Rows come back while others wait in the first memory to be taken.
    private JoinMemory<TKey>? _again;

    private JoinMemory<TKey> Again => _again ??= new JoinMemory<TKey>();

    private void AppendAgain(JoinInput<TKey, TJoin> side, JoinArrivals arrivals, int start, int count)
    {
        JoinMemory<TKey> memory = Again;
        ReadOnlySpan<JoinArrival> rows = arrivals.Rows.Slice(start, count);
        for (int row = 0; row < count; row++)
        {
            memory.Rows[row] = row;
            memory.Times[row] = rows[row].Time;
            memory.Numbers[row] = rows[row].Number;
            memory.Flags[row] = rows[row].Flags;
        }

        AppendAgain(side, arrivals.Columns, start, count, count);
    }

    // Of a block of rows those that are listed; their times, numbers and flags are there.
    private void AppendAgain(JoinInput<TKey, TJoin> side, ColumnBatch columns, int start, int count, int listed)
    {
        JoinMemory<TKey> memory = Again;
        ReadKeys(side.IsLeft, columns, start, new Span<TKey>(memory.Keys, count), new Span<int>(memory.Found, count));
        for (int i = 0; i < listed; i++)
        {
            int row = memory.Rows[i];
            memory.Hashes[row] = TJoin.Hash(memory.Keys[row]) & _hashMask;
            memory.Matched[row] = (byte)((memory.Flags[row] & JoinEntry<TKey>.Matched) != 0 ? 1 : 0);
        }

        if (!side.Store.IsTimed)
        {
            AppendAgain(side, columns, start, memory.Rows, listed, NoTime);
            return;
        }

        int groups = _groups.Split(memory.Times, memory.Rows, listed, side.Store.TimeShift, memory.GroupOf, memory.Grouped);
        for (int group = 0; group < groups; group++)
        {
            int* rows = groups == 1 ? memory.Rows : memory.Grouped + _groups.Start(group);
            AppendAgain(side, columns, start, rows, groups == 1 ? listed : _groups.Count(group), _groups.Number(group));
        }
    }

    private void AppendAgain(JoinInput<TKey, TJoin> side, ColumnBatch columns, int start, int* rows, int count, long number)
    {
        JoinMemory<TKey> memory = Again;
        for (int i = 0; number == NoTime && i < count; i++)
            memory.Times[rows[i]] = 0;
        JoinProbe<TKey> probe = new(memory.Keys, memory.Hashes, memory.Times, memory.Found, rows, count, 0, 0);
        side.Store.AppendAgain(number, probe, memory.Matched, columns, start, side.Side.Stored, memory.Picks, memory.Numbers, memory.Flags);
    }

    // The rows of a bucket that are held go to where new ones of its time would go; the bucket has been taken out.
    private void CopyLive(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket)
    {
        JoinMemory<TKey> memory = Again;
        for (int start = 0; start < bucket.Rows && bucket.Live > 0; start += JoinMemory<TKey>.BlockRows)
        {
            int count = Math.Min(JoinMemory<TKey>.BlockRows, bucket.Rows - start);
            int live = 0;
            for (int row = 0; row < count; row++)
            {
                JoinEntry<TKey>* entry = bucket.Entries + start + row;
                memory.Rows[live] = row;
                memory.Times[row] = bucket.Number == JoinStore<TKey, TJoin>.Untimed ? NoTime : entry->Time;
                memory.Numbers[row] = bucket.NumberOf(start + row);
                memory.Flags[row] = entry->Flags;
                live += (entry->Flags & JoinEntry<TKey>.Dead) == 0 ? 1 : 0;
            }

            if (live > 0)
                AppendAgain(side, bucket.Columns, start, count, live);
        }
    }
}
