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

    // A bucket knows of a row's number how much more it is than its own.
    private const long MostApart = int.MaxValue;

    // What is kept of closed buckets for the next ones: indexes, where they are small.
    private const int KeptBuckets = 4;
    private const long KeptBytes = 256 << 10;

    private readonly List<JoinBucket<TKey, TJoin>> _buckets = [];
    private readonly List<JoinBucket<TKey, TJoin>> _untimed = [];
    private readonly Stack<JoinBucket<TKey, TJoin>> _free = [];
    private readonly List<JoinRow<TKey, TJoin>> _matchedSince = [];
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

    /// <summary>How many rows are held, those that are spilled included.</summary>
    public long Rows { get; set; }

    /// <summary>The number of the next row that comes. A row is known by its key and its number, which no other row of that key ever has.</summary>
    public long Next { get; set; }

    /// <summary>The rows that found their match after they were stored; some may have left since.</summary>
    public List<JoinRow<TKey, TJoin>> MatchedSince => _matchedSince;

    /// <summary>What of them is in the spill area.</summary>
    public JoinSpilled Spilled { get; } = new();

    /// <summary>A bucket with text gets a neighbour before one of its columns passes so many bytes, unless rows that come at once do so alone.</summary>
    internal int MostTextBytes { get; set; } = 1 << 30;

    /// <summary>Bytes in use, those kept for the next buckets included: counted as buckets grow and go, since there may be thousands of them.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>The number of the bucket for a time, µs; the least number stands for none.</summary>
    public long NumberOf(long time) => time == long.MinValue || !IsTimed ? Untimed : time >> TimeShift;

    /// <summary>The greatest time of the rows of a bucket, µs.</summary>
    public long LastTime(long number) => (number << TimeShift) + (1L << TimeShift) - 1;

    /// <summary>Whether a row with a key is in memory, in a bucket of a number.</summary>
    public bool Holds(long number, in TKey key, uint hash)
    {
        List<JoinBucket<TKey, TJoin>> list = number == Untimed ? _untimed : _buckets;
        for (int i = number == Untimed ? 0 : FirstFrom(number); i < list.Count && list[i].Number == number; i++)
        {
            if (list[i].Holds(key, hash))
                return true;
        }

        return false;
    }

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

    /// <summary>Stores new rows in the bucket of a number, as <see cref="JoinBucket{TKey, TJoin}.Append"/> does.</summary>
    public unsafe void Append(long number, in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks, int epoch)
    {
        JoinBucket<TKey, TJoin> bucket = ToAppend(number, probe, source, start, stored, Next, Next + probe.Count);
        bucket.Stamp = epoch << JoinEntry<TKey>.FlagBits;
        bucket.LastHit = epoch;
        Append(bucket, probe, matched, source, start, stored, picks, Next);
        Next += probe.Count;
        Rows += probe.Count;
    }

    /// <summary>Stores rows that have been here before, with their numbers and flags; they are counted in <see cref="Rows"/> already.</summary>
    public unsafe void AppendAgain(long number, in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks, long* numbers, int* flags)
    {
        (long least, long greatest) = (long.MaxValue, long.MinValue);
        for (int i = 0; i < probe.Count; i++)
        {
            least = Math.Min(least, numbers[probe.Rows[i]]);
            greatest = Math.Max(greatest, numbers[probe.Rows[i]]);
        }

        if (greatest - least >= MostApart)
        {
            int half = probe.Count / 2;
            AppendAgain(number, probe.Part(0, half), matched, source, start, stored, picks, numbers, flags);
            AppendAgain(number, probe.Part(half, probe.Count - half), matched, source, start, stored, picks, numbers, flags);
            return;
        }

        JoinBucket<TKey, TJoin> bucket = ToAppend(number, probe, source, start, stored, least, greatest);
        Append(bucket, probe, matched, source, start, stored, picks, bucket.First);
        bucket.Restore(probe, numbers, flags);
        for (int i = 0; i < probe.Count; i++)
            bucket.LastHit = Math.Max(bucket.LastHit, flags[probe.Rows[i]] >>> JoinEntry<TKey>.FlagBits);
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
        _matchedSince.Clear();
        Spilled.Clear();
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

    private unsafe void Append(JoinBucket<TKey, TJoin> bucket, in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks, long first)
    {
        long before = bucket.MemoryBytes;
        bucket.Append(probe, matched, source, start, stored, picks, first);
        MemoryBytes += bucket.MemoryBytes - before;
    }

    // The bucket that takes rows of a number; a bucket has numbers of rows that are not too far apart.
    private unsafe JoinBucket<TKey, TJoin> ToAppend(long number, in JoinProbe<TKey> probe, ColumnBatch source, int start, int[] stored, long least, long greatest)
    {
        List<JoinBucket<TKey, TJoin>> list = number == Untimed ? _untimed : _buckets;
        int after = number == Untimed ? list.Count : FirstFrom(number + 1);
        if (after > 0 && list[after - 1] is { } last && last.Number == number && last.Rows < MostRows
            && least - last.First > -MostApart && greatest - last.First < MostApart && HasRoom(last, probe, source, start, stored))
        {
            return last;
        }

        if (!_free.TryPop(out JoinBucket<TKey, TJoin>? bucket))
            bucket = new JoinBucket<TKey, TJoin>(_schema, _matchedSince);
        long before = bucket.MemoryBytes;
        bucket.Open(number, number == Untimed ? -1 : TimeShift, least);
        bucket.LastHit = 0;
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
