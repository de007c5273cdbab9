namespace Typed.State;

/// <content>How pages stay few and full: buckets are split, their pages merged, and what was taken is left behind.</content>
public sealed partial class PagedSpillArea
{
    /// <summary>Entries of a bucket: fewer are more reads that find nothing in a page of few entries, more are more fingerprints to compare.</summary>
    private const int BucketEntries = 512;

    /// <summary>A bucket with so many small pages is written anew.</summary>
    private const int SmallPages = 16;

    /// <summary>Bytes that are read at once to be written anew.</summary>
    private const int RewrittenAtOnce = 1 << 21;

    /// <summary>Dead bytes that are not worth any work.</summary>
    private const int Negligible = 1 << 20;
    private readonly List<(int Number, int Bytes)> _emptied = [];
    private readonly List<SpillBucket> _merges = [];
    private readonly Queue<(SpillPart Part, int Bucket)> _sweep = new();
    private readonly Copy _copy = new();
    private double _fruitless;

    /// <summary>Gives a part buckets for so many entries.</summary>
    private void Grow(SpillPart part, long entries)
    {
        int wanted = (int)Math.Max(1, Math.Min((entries + BucketEntries - 1) / BucketEntries, 1 << 30));
        if (part.Live == 0)
        {
            part.AddBuckets(Math.Max(0, wanted - part.Buckets.Count));
            return;
        }

        // Splitting one bucket after the other reads and writes each entry about once while the part doubles.
        while (part.Buckets.Count < wanted)
        {
            List<SpillBucket> split = [];
            long bytes = 0;
            int buckets = part.Buckets.Count;
            int most = buckets;
            int added = 0;
            for (; added < most && buckets + added < wanted && bytes < RewrittenAtOnce; added++)
            {
                SpillBucket source = part[SpillKey.Bucket((ulong)(buckets + added), buckets)];
                split.Add(source);
                bytes += source.PageBytes;
            }

            part.AddBuckets(added);
            Rewrite(part, split);
        }
    }

    private void NoteSmallPages(SpillBucket bucket)
    {
        if (bucket.PageCount > SmallPages && bucket.PageBytes < (long)bucket.PageCount * SpillPageBuilder.Full / 2 && bucket.PageCount % SmallPages == 1)
            _merges.Add(bucket);
    }

    private void MergeSmallPages()
    {
        if (_merges.Count == 0)
            return;
        HashSet<SpillBucket> wanted = [.. _merges];
        _merges.Clear();
        foreach (SpillPart part in _parts.Values)
        {
            List<SpillBucket> some = [];
            long bytes = 0;
            foreach (SpillBucket bucket in part.Buckets)
            {
                if (!wanted.Remove(bucket) || bucket.PageCount < 2)
                    continue;
                some.Add(bucket);
                bytes += bucket.PageBytes;
                if (bytes < RewrittenAtOnce)
                    continue;
                Rewrite(part, some);
                some.Clear();
                bytes = 0;
            }

            Rewrite(part, some);
            if (wanted.Count == 0)
                break;
        }

        _merges.Clear();
    }

    /// <summary>Deletes pages without entries, and writes buckets anew while more than half of what is stored was taken.</summary>
    private void Sweep()
    {
        foreach ((int number, int bytes) in _emptied)
            DeletePage(number, bytes);
        _emptied.Clear();
        CleanDue();
        double dead = _pageBytes - (2 * _liveBytes);
        if (dead < _fruitless)
            _fruitless = Math.Max(0, dead);

        // All were looked at, and none was worth it: until so much more is dead, none is.
        for (; dead > _fruitless + Negligible; dead = _pageBytes - (2 * _liveBytes))
        {
            if (_sweep.Count == 0)
            {
                foreach (SpillPart part in _parts.Values)
                {
                    for (int i = 0; i < part.Buckets.Count; i++)
                        _sweep.Enqueue((part, i));
                }

                _fruitless = dead;
            }

            List<SpillBucket> some = [];
            SpillPart? of = null;
            long read = 0;
            while (read < RewrittenAtOnce && _sweep.TryPeek(out (SpillPart Part, int Bucket) next) && (of is null || next.Part == of))
            {
                _sweep.Dequeue();
                if (next.Bucket >= next.Part.Buckets.Count || next.Part[next.Bucket] is not { Live: > 0 } bucket || bucket.Live > bucket.Count * 3L / 4)
                    continue;
                of = next.Part;
                some.Add(bucket);
                read += bucket.PageBytes;
            }

            if (of is null)
                continue;
            Rewrite(of, some);
            _fruitless = 0;
        }
    }

    /// <summary>Reads the pages of some buckets of a part, deletes them, and writes their entries into the buckets that they belong to now.</summary>
    private void Rewrite(SpillPart part, List<SpillBucket> buckets)
    {
        if (buckets.Count == 0)
            return;
        _requests.Clear();
        foreach (SpillBucket bucket in buckets.Distinct())
        {
            for (int page = 0; page < bucket.PageCount; page++)
            {
                ReadOnlySpan<ushort> fingerprints = bucket.FingerprintsOf(page);
                for (int entry = 0; entry < fingerprints.Length; entry++)
                {
                    if (fingerprints[entry] != 0)
                        _requests.Add(new Request(bucket.Pages[page].Number, entry, AnyKey, part, bucket));
                }
            }
        }

        _copy.Clear();
        long read = Counts.PagesRead;
        Answer(new Question(_copy, null, NeverDue, Takes: false) { Due = _copy.Due });
        Counts.PagesRead = read;
        foreach (SpillBucket bucket in buckets.Distinct())
        {
            foreach (SpillPage page in bucket.Pages)
                DeletePage(page.Number, page.Bytes);
            bucket.Clear();
        }

        _copy.WriteTo(this, part);
        _copy.Clear();
    }

    private void Test(ReadOnlySpan<byte> page, in Request request)
    {
        int inBucket = request.Bucket.IndexOf(request.Page);
        if (SpillPageBytes.Fault(page, request.Bucket.EntriesOf(inBucket)) is { } fault)
            throw Damaged(fault);
    }

    private InvalidDataException Damaged(string fault) => new(
        $"State that was spilled cannot be read back from {_description}: {fault}. The disk or its file system has changed it, or another program has. Nothing that is stored for good is concerned: start the query again; it recovers from its checkpoint.");

    /// <summary>Entries between two pages.</summary>
    private sealed class Copy : ISpillTarget
    {
        private readonly List<(ulong Hash, int Start, int KeyLength, int ValueLength)> _entries = [];
        private readonly StateWriter _bytes = new();

        internal List<long> Due { get; } = [];

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            (int start, int keyLength, int valueLength) = (_bytes.Length, key.Left, value.Left);
            ReadOnlySpan<byte> keyBytes = key.ReadRaw(keyLength);
            _bytes.WriteRaw(keyBytes);
            _bytes.WriteRaw(value.ReadRaw(valueLength));
            _entries.Add((SpillKey.Hash(keyBytes), start, keyLength, valueLength));
        }

        internal void WriteTo(PagedSpillArea area, SpillPart part)
        {
            ulong[] order = new ulong[_entries.Count];
            for (int i = 0; i < order.Length; i++)
                order[i] = ((ulong)SpillKey.Bucket(_entries[i].Hash, part.Buckets.Count) << 32) | (uint)i;
            Array.Sort(order);
            SpillBucket? bucket = null;
            ReadOnlySpan<byte> bytes = _bytes.Written.Span;
            foreach (ulong one in order)
            {
                (ulong hash, int start, int keyLength, int valueLength) = _entries[(int)(uint)one];
                SpillBucket next = part[(int)(one >> 32)];
                long due = Due[(int)(uint)one];
                if (bucket is not null && (next != bucket || area._builder.IsFullFor(keyLength + valueLength, due != NeverDue)))
                    area.Flush(bucket);
                bucket = next;
                area._builder.Add(hash, due, bytes.Slice(start, keyLength), bytes.Slice(start + keyLength, valueLength));
            }

            if (bucket is not null)
                area.Flush(bucket);
        }

        internal void Clear()
        {
            _entries.Clear();
            Due.Clear();
            _bytes.Clear();
        }
    }
}
