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
                CopyLive(_left, bucket);
            }
            finally
            {
                store.Close(bucket);
            }
        }

        _thinned.Clear();
    }
}
