using Typed.Columns;
using Typed.Schema;

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

    // What is kept of closed buckets for the next ones: indexes, where they are small.
    private const int KeptBuckets = 4;
    private const long KeptBytes = 256 << 10;

    private readonly List<JoinBucket<TKey, TJoin>> _buckets = [];
    private readonly List<JoinBucket<TKey, TJoin>> _untimed = [];
    private readonly Stack<JoinBucket<TKey, TJoin>> _free = [];
    private readonly RowSchema _schema;

    public JoinStore(JoinSide side, bool isTimed, int timeShift)
    {
        IsTimed = isTimed;
        TimeShift = timeShift;
        _schema = side.Schema;
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

    /// <summary>A bucket with text gets a neighbour before one of its columns passes so many bytes, unless rows that come at once do so alone.</summary>
    internal int MostTextBytes { get; set; } = 1 << 30;

    /// <summary>Bytes in use, those kept for the next buckets included: counted as buckets grow and go, since there may be thousands of them.</summary>
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
        JoinBucket<TKey, TJoin> bucket = ToAppend(number, probe, source, start, stored);
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

    /// <summary>Takes a bucket out of the order; who does so closes it.</summary>
    public void TakeOut(JoinBucket<TKey, TJoin> bucket)
    {
        if (bucket.Number == Untimed)
        {
            _untimed.Remove(bucket);
            return;
        }

        int place = FirstFrom(bucket.Number);
        while (_buckets[place] != bucket)
            place++;
        _buckets.RemoveAt(place);
    }

    /// <summary>Empties a bucket that was taken out, and keeps its index for another one if it is small.</summary>
    public void Close(JoinBucket<TKey, TJoin> bucket)
    {
        MemoryBytes -= bucket.MemoryBytes;
        bucket.Close();
        if (_free.Count < KeptBuckets && bucket.MemoryBytes <= KeptBytes)
        {
            MemoryBytes += bucket.MemoryBytes;
            _free.Push(bucket);
        }
        else
        {
            bucket.Dispose();
        }
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
        {
            MemoryBytes -= bucket.MemoryBytes;
            bucket.Dispose();
        }
    }

    // The bucket that takes new rows of a number.
    private unsafe JoinBucket<TKey, TJoin> ToAppend(long number, in JoinProbe<TKey> probe, ColumnBatch source, int start, int[] stored)
    {
        List<JoinBucket<TKey, TJoin>> list = number == Untimed ? _untimed : _buckets;
        int after = number == Untimed ? list.Count : FirstFrom(number + 1);
        if (after > 0 && list[after - 1].Number == number && list[after - 1].Rows < MostRows && HasRoom(list[after - 1], probe, source, start, stored))
            return list[after - 1];
        if (!_free.TryPop(out JoinBucket<TKey, TJoin>? bucket))
            bucket = new JoinBucket<TKey, TJoin>(_schema);
        long before = bucket.MemoryBytes;
        bucket.Open(number, number == Untimed ? -1 : TimeShift);
        MemoryBytes += bucket.MemoryBytes - before;
        list.Insert(after, bucket);
        return bucket;
    }

    // The rows in between that are not appended are counted with them: they are few, and the sum of all needs no loop.
    private unsafe bool HasRoom(JoinBucket<TKey, TJoin> bucket, in JoinProbe<TKey> probe, ColumnBatch source, int start, int[] stored)
    {
        if (bucket.Rows == 0)
            return true;
        int first = probe.Rows[0];
        int count = probe.Rows[probe.Count - 1] - first + 1;
        foreach (int column in stored)
        {
            long more = source[column].TextBytes(start + first, count);
            if (more > 0 && bucket.Columns[column].TextBytes(0, bucket.Rows) + more > MostTextBytes)
                return false;
        }

        return true;
    }
}
