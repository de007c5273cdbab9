namespace Typed.Operators;

/// <content>
/// Stored left rows of a semi or anti join leave with their first match, from the middle of a bucket. Where no watermark ever passes the bucket
/// its memory would not come back: once more than half of it has left, the rest is copied, so that each row pays for one other at most.
/// </content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private readonly List<JoinBucket<TKey, TJoin>> _thinned = [];

    /// <summary>So many rows that have left may stay in any bucket.</summary>
    internal int ThinRows { get; set; } = 4096;

    // A search may be in the midst of the bucket, so that the work is done at the end of the micro-batch.
    private void NoteThinned(JoinBucket<TKey, TJoin> bucket)
    {
        if (bucket.IsThinned || !IsThin(bucket))
            return;
        bucket.IsThinned = true;
        _thinned.Add(bucket);
    }

    private bool IsThin(JoinBucket<TKey, TJoin> bucket) => bucket.Live == 0 || bucket.Rows > (2L * bucket.Live) + ThinRows;

    private void RewriteThinned()
    {
        foreach (JoinBucket<TKey, TJoin> bucket in _thinned)
        {
            // Rows may have come since.
            bucket.IsThinned = IsThin(bucket);
            if (!bucket.IsThinned)
                continue;
            JoinStore<TKey, TJoin> store = _left.Store;
            store.TakeOut(bucket);
            try
            {
                for (int start = 0; start < bucket.Rows && bucket.Live > 0; start += JoinMemory<TKey>.BlockRows)
                    CopyLive(bucket, start, Math.Min(JoinMemory<TKey>.BlockRows, bucket.Rows - start));
            }
            finally
            {
                store.Close(bucket);
            }
        }

        _thinned.Clear();
    }

    private void CopyLive(JoinBucket<TKey, TJoin> bucket, int start, int count)
    {
        JoinMemory<TKey> memory = _memory;
        int live = 0;
        for (int row = 0; row < count; row++)
        {
            JoinEntry<TKey>* entry = bucket.Entries + start + row;
            memory.Rows[live] = row;
            memory.Times[row] = entry->Time;
            memory.Matched[row] = (entry->Flags & JoinEntry<TKey>.Matched) != 0 ? (byte)1 : (byte)0;
            live += (entry->Flags & JoinEntry<TKey>.Dead) == 0 ? 1 : 0;
        }

        if (live == 0)
            return;
        _join.ReadLeftKeys(bucket.Columns, start, new Span<TKey>(memory.Keys, count), new Span<int>(memory.Found, count));
        for (int i = 0; i < live; i++)
            memory.Hashes[memory.Rows[i]] = TJoin.Hash(memory.Keys[memory.Rows[i]]) & _hashMask;
        _left.Store.Append(bucket.Number, Probe(memory.Rows, live, 0, 0), memory.Matched, bucket.Columns, start, _left.Side.Stored, memory.Picks);
        _left.Store.Rows -= live;
    }
}
