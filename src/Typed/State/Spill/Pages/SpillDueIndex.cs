namespace Typed.State;

/// <summary>
/// Which entries have to be back when: their hashes in lists by the second in which they are due and by their part. What is taken before it is due stays on its
/// list until that has mostly such entries, so a hash that is found here need not be in the area any more.
/// </summary>
internal sealed class SpillDueIndex(SpillMemory memory)
{
    /// <summary>The times of a list differ in so many bits: about a second of µs.</summary>
    private const int SlotBits = 20;
    private const int ListBytes = 160;
    private const int FewestCompacted = 1024;
    private readonly SortedDictionary<(long Slot, long Part), List> _lists = [];

    /// <summary>How many entries of the area have a due time.</summary>
    internal long Live { get; private set; }

    internal void Add(long part, long due, ulong hash)
    {
        if (!_lists.TryGetValue((due >> SlotBits, part), out List? list))
        {
            _lists[(due >> SlotBits, part)] = list = new List();
            memory.AddBytes(ListBytes);
        }

        if (list.Count == list.Hashes.Length)
            Resize(list, Math.Max(4, list.Count * 2));
        list.Hashes[list.Count++] = hash;
        list.Live++;
        Live++;
    }

    /// <summary>Notes that an entry was taken before it was due.</summary>
    /// <param name="part">Its part.</param>
    /// <param name="due">Its due time.</param>
    internal void Remove(SpillPart part, long due)
    {
        if (!_lists.TryGetValue((due >> SlotBits, part.Key), out List? list))
            return;
        Live--;
        if (--list.Live <= 0)
        {
            Drop((due >> SlotBits, part.Key), list);
            return;
        }

        // After a compaction the list has to halve again first: what it could not tell from live entries stays.
        if (list.Count > FewestCompacted && list.Count > 2 * Math.Max(list.Live, list.Compacted))
            Compact(list, part);
    }

    /// <summary>Forgets the lists of a part whose entries are all gone.</summary>
    internal void RemovePart(long part)
    {
        foreach (((long Slot, long Part) key, List list) in _lists.Where(one => one.Key.Part == part).ToList())
        {
            Live -= list.Live;
            Drop(key, list);
        }
    }

    /// <summary>Takes the next list that has entries due at or before a time.</summary>
    internal bool TryTake(long time, out long part, out ReadOnlySpan<ulong> hashes)
    {
        part = 0;
        hashes = default;
        if (_lists.Count == 0)
            return false;
        ((long Slot, long Part) key, List list) = _lists.First();
        if (key.Slot > time >> SlotBits)
            return false;
        part = key.Part;
        hashes = list.Hashes.AsSpan(0, list.Count);
        Live -= list.Live;
        Drop(key, list);
        return true;
    }

    /// <summary>Whether an entry belongs to a list that was taken for a time.</summary>
    internal static bool IsDue(long due, long time) => due >> SlotBits <= time >> SlotBits;

    private void Compact(List list, SpillPart part)
    {
        Span<ulong> hashes = list.Hashes.AsSpan(0, list.Count);
        hashes.Sort();
        int kept = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            if ((i == 0 || hashes[i] != hashes[i - 1]) && part.Of(hashes[i]).Fingerprints.Contains(SpillKey.Fingerprint(hashes[i])))
                hashes[kept++] = hashes[i];
        }

        Resize(list, kept);
        list.Count = list.Compacted = kept;
    }

    private void Drop((long Slot, long Part) key, List list)
    {
        Resize(list, 0);
        memory.AddBytes(-ListBytes);
        _lists.Remove(key);
    }

    private void Resize(List list, int length)
    {
        memory.Add<ulong>(length - list.Hashes.Length);
        Array.Resize(ref list.Hashes, length);
    }

    private sealed class List
    {
        internal ulong[] Hashes = [];

        internal int Count { get; set; }

        internal int Live { get; set; }

        internal int Compacted { get; set; }
    }
}
