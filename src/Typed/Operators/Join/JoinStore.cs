using Typed.Columns;

namespace Typed.Operators;

/// <summary>The stored rows of one side of a join: buckets in the order of their time, and one for rows without a time.</summary>
internal sealed class JoinStore<TKey, TJoin> : IDisposable
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>
{
    /// <summary>The number of the bucket of rows without a time.</summary>
    public const long Untimed = long.MinValue;

    // Numbers of rows are 32 bits, and columns of text hold at most 2 GiB: a longer bucket gets a neighbour with the same number.
    private const int MostRows = 1 << 24;
    private const int KeptBuckets = 4;

    private readonly List<JoinBucket<TKey, TJoin>> _buckets = [];
    private readonly List<JoinBucket<TKey, TJoin>> _untimed = [];
    private readonly Stack<JoinBucket<TKey, TJoin>> _free = [];
    private readonly BatchPool _pool;

    public JoinStore(JoinSide side, bool isTimed, int timeShift)
    {
        IsTimed = isTimed;
        TimeShift = timeShift;
        _pool = new BatchPool(side.Schema);
    }

    /// <summary>Whether rows lie in buckets by time.</summary>
    public bool IsTimed { get; }

    /// <summary>A bucket is two to this many µs long.</summary>
    public int TimeShift { get; set; }

    /// <summary>The buckets with a time, ascending.</summary>
    public List<JoinBucket<TKey, TJoin>> Timed => _buckets;

    /// <summary>The buckets of rows without a time.</summary>
    public List<JoinBucket<TKey, TJoin>> WithoutTime => _untimed;

    /// <summary>How many rows are held.</summary>
    public long Rows { get; set; }

    /// <summary>Bytes in use: counted as buckets grow and go, since there may be thousands of them.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>The place of the first bucket whose number is not below <paramref name="number"/>.</summary>
    public int FirstFrom(long number)
    {
        int low = 0;
        int high = _buckets.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_buckets[middle].Number < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Stores rows in the bucket of a number, as <see cref="JoinBucket{TKey, TJoin}.Append"/> does.</summary>
    public unsafe void Append(long number, in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks)
    {
        JoinBucket<TKey, TJoin> bucket = ToAppend(number);
        long before = bucket.MemoryBytes;
        bucket.Append(probe, matched, source, start, stored, picks);
        MemoryBytes += bucket.MemoryBytes - before;
        Rows += probe.Count;
    }

    /// <summary>Lets all rows of a bucket up to a time go, and lists them.</summary>
    public void Cut(JoinBucket<TKey, TJoin> bucket, long time, RowList removed)
    {
        long before = bucket.MemoryBytes;
        bucket.Cut(time, removed);
        MemoryBytes += bucket.MemoryBytes - before;
    }

    /// <summary>Takes the earliest bucket away.</summary>
    public void DropFirst()
    {
        Close(_buckets[0]);
        _buckets.RemoveAt(0);
    }

    /// <summary>Takes all buckets away.</summary>
    public void Clear()
    {
        foreach (JoinBucket<TKey, TJoin> bucket in _buckets)
            Close(bucket);
        foreach (JoinBucket<TKey, TJoin> bucket in _untimed)
            Close(bucket);
        _buckets.Clear();
        _untimed.Clear();
        Rows = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        while (_free.TryPop(out JoinBucket<TKey, TJoin>? bucket))
            bucket.Dispose();
        _pool.Dispose();
    }

    // The bucket that takes new rows of a number.
    private JoinBucket<TKey, TJoin> ToAppend(long number)
    {
        List<JoinBucket<TKey, TJoin>> list = number == Untimed ? _untimed : _buckets;
        int after = number == Untimed ? list.Count : FirstFrom(number + 1);
        if (after > 0 && list[after - 1].Number == number && list[after - 1].Rows < MostRows)
            return list[after - 1];
        if (!_free.TryPop(out JoinBucket<TKey, TJoin>? bucket))
            bucket = new JoinBucket<TKey, TJoin>(_pool);
        bucket.Open(number, number == Untimed ? -1 : TimeShift);
        MemoryBytes += bucket.MemoryBytes;
        list.Insert(after, bucket);
        return bucket;
    }

    private void Close(JoinBucket<TKey, TJoin> bucket)
    {
        MemoryBytes -= bucket.MemoryBytes;
        bucket.Close();
        if (_free.Count < KeptBuckets)
            _free.Push(bucket);
        else
            bucket.Dispose();
    }
}
