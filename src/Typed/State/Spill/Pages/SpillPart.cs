namespace Typed.State;

/// <summary>A part of a table: buckets, of which there are more as there are more entries.</summary>
internal sealed class SpillPart(int table, long key, SpillMemory memory)
{
    // What an object of a bucket and its place cost.
    private const int BucketBytes = 80;
    private const int PartBytes = 200;
    private readonly List<SpillBucket> _buckets = [];

    internal int Table { get; } = table;

    internal long Key { get; } = key;

    /// <summary>Where it stands among the parts of a call.</summary>
    internal int Ordinal { get; set; } = -1;

    /// <summary>Entries that are here.</summary>
    internal long Live { get; set; }

    /// <summary>Entries that come in the call.</summary>
    internal int Coming { get; set; }

    /// <summary>Entries that are here and have a due time.</summary>
    internal long Due { get; set; }

    internal IReadOnlyList<SpillBucket> Buckets => _buckets;

    internal SpillBucket this[int bucket] => _buckets[bucket];

    internal SpillBucket Of(ulong hash) => _buckets[SpillKey.Bucket(hash, _buckets.Count)];

    internal void AddBuckets(int count)
    {
        if (_buckets.Count == 0)
            memory.AddBytes(PartBytes);
        for (int i = 0; i < count; i++)
            _buckets.Add(new SpillBucket(memory));
        memory.AddBytes((long)count * BucketBytes);
    }

    /// <summary>Forgets its buckets, whose pages were deleted.</summary>
    internal void Clear()
    {
        foreach (SpillBucket bucket in _buckets)
            bucket.Clear();
        if (_buckets.Count > 0)
            memory.AddBytes(-PartBytes - ((long)_buckets.Count * BucketBytes));
        _buckets.Clear();
    }
}
