namespace Typed.State;

/// <summary>
/// Which entries of a table have to be back when. What is taken before it is due stays here until there are mostly such items, so an entry that is found here
/// need not be in the area any more, or be there with another time; one that is in the area and has a due time is found here.
/// </summary>
/// <remarks>
/// Items lie in ranges of time, and of a range all but the last ones in pages of the store, so that memory has little for each:
/// <code>
/// … up to 10:00:03       … up to 10:04:00       all later
/// page page page tail    page tail              page page page page page page tail
/// </code>
/// Only when time comes into a range its items are looked at: if they are many, it is cut into some ranges by the times of a few of them. So an item is
/// written anew about as often as the logarithm of their number, whatever times they have.
/// An item of which nothing is in the area is found by the fingerprints in memory, so most that are void go for a look at the items alone. Those of a key that has
/// come and gone, and is in the area again, do not: which of them counts only the pages of the entries know, so once they are many the area gives all anew.
/// </remarks>
/// <param name="pages">Its pages.</param>
/// <param name="memory">What the area uses.</param>
/// <param name="isThere">Whether an entry with the part and the hash of an item may be in the area.</param>
internal sealed class SpillDueIndex(SpillDuePages pages, SpillMemory memory, Func<SpillDue, bool> isThere)
{
    private const int Pieces = 4;
    private const int SampledPages = 16;
    private const int FewestCleaned = 4096;
    private readonly List<Range> _ranges = [];
    private readonly List<SpillDue> _read = [];
    private long _items;

    // Entries that came or left since items were looked at: a look at all costs about as much as as many changes.
    private long _changes;

    /// <summary>How many entries of the area have a due time.</summary>
    internal long Live { get; private set; }

    /// <summary>Whether most items are of entries that were taken, and a look at all is worth it.</summary>
    internal bool IsWasteful => _items > (2 * Live) + FewestCleaned && _changes > _items / 2;

    /// <summary>How many bytes of the store have items of entries that were taken, if they are so many that it is worth something to be rid of them; else 0.</summary>
    internal long VoidBytes => _items - Live > Math.Max(Live, FewestCleaned) / 2 ? (_items - Live) * SpillDuePages.ItemBytes : 0;

    internal void Add(in SpillDue item)
    {
        Restore(item);
        Live++;
        _changes++;
    }

    /// <summary>Adds the item of an entry that is in the area already.</summary>
    internal void Restore(in SpillDue item)
    {
        if (_ranges.Count == 0)
            _ranges.Add(new Range(long.MinValue, memory));
        Append(_ranges[IndexOf(_ranges, item.Due)], item);
    }

    /// <summary>Notes that entries have left the area.</summary>
    internal void Remove(long count)
    {
        Live -= count;
        _changes += count;
    }

    /// <summary>Takes some items that are due at or before a time.</summary>
    /// <returns>Whether there are any.</returns>
    internal bool Take(long time, List<SpillDue> taken)
    {
        taken.Clear();
        while (taken.Count == 0 && _ranges.Count > 0)
        {
            Range first = _ranges[0];
            if (first.Count == 0 ? _ranges.Count == 1 || time < _ranges[1].From : time < first.Least)
                return false;
            if (first.Count == 0)
            {
                first.Free(memory);
                _ranges.RemoveAt(0);
                _ranges[0].From = long.MinValue;
            }
            else if ((_ranges.Count > 1 ? _ranges[1].From : long.MaxValue) - 1 <= time)
            {
                TakeSome(first, taken);
            }
            else if (first.Count <= SpillDuePages.Items)
            {
                TakeSome(first, _read);
                foreach (SpillDue item in _read)
                {
                    if (item.Due <= time)
                        taken.Add(item);
                    else
                        Append(first, item);
                }
            }
            else
            {
                Cut(first, time);
            }
        }

        return taken.Count > 0;
    }

    /// <summary>Forgets items of entries of which nothing is in the area.</summary>
    internal void Clean()
    {
        for (int i = 0; i < _ranges.Count; i++)
        {
            Range clean = new(_ranges[i].From, memory);
            Rewrite(_ranges[i], [clean]);
            _ranges[i] = clean;
        }

        _changes = 0;
    }

    /// <summary>Forgets all items, but for the times at which their ranges begin; those of all entries that are in the area are then given anew.</summary>
    internal void Empty()
    {
        for (int i = 0; i < _ranges.Count; i++)
        {
            DeletePages(_ranges[i]);
            _ranges[i].Free(memory);
            _ranges[i] = new Range(_ranges[i].From, memory);
        }

        _items = 0;
    }

    /// <summary>Forgets all.</summary>
    /// <param name="withPages">Whether the store still has the pages.</param>
    internal void Clear(bool withPages)
    {
        foreach (Range range in _ranges)
        {
            if (withPages)
                DeletePages(range);
            range.Free(memory);
        }

        _ranges.Clear();
        (Live, _items, _changes) = (0, 0, 0);
    }

    private static int IndexOf(List<Range> ranges, long due)
    {
        int low = 0;
        int high = ranges.Count;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (ranges[middle].From <= due)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    private void DeletePages(Range range)
    {
        foreach (int page in range.Pages)
            pages.Delete(page);
    }

    private void Append(Range range, in SpillDue item)
    {
        if (range.InTail == SpillDuePages.Items)
        {
            range.Pages.Add(pages.Write(range.Tail));
            memory.Add<int>(1);
            range.InTail = 0;
        }

        if (range.InTail == range.Tail.Length)
            range.GrowTail(memory);
        range.Tail[range.InTail++] = item;
        range.Least = Math.Min(range.Least, item.Due);
        _items++;
    }

    /// <summary>Takes the items of some pages out of a range, or those that lie in no page.</summary>
    private void TakeSome(Range range, List<SpillDue> taken)
    {
        taken.Clear();
        taken.AddRange(range.Tail.AsSpan(0, range.InTail));
        range.InTail = 0;
        int count = Math.Min(range.Pages.Count, SpillDuePages.PagesAtOnce);
        int first = range.Pages.Count - count;
        pages.Read([.. range.Pages[first..]], taken);
        for (int i = first; i < range.Pages.Count; i++)
            pages.Delete(range.Pages[i]);
        range.Pages.RemoveRange(first, count);
        memory.Add<int>(-count);
        _items -= taken.Count;
        if (range.Count == 0)
            range.Least = long.MaxValue;
    }

    private void Cut(Range range, long time)
    {
        _read.Clear();
        int step = Math.Max(1, range.Pages.Count / SampledPages);
        pages.Read([.. range.Pages.Where((_, i) => i % step == 0)], _read);
        _read.AddRange(range.Tail.AsSpan(0, range.InTail));
        long[] times = [.. _read.Select(item => item.Due).Order()];
        SortedSet<long> cuts = [time + 1];
        for (int piece = 1; piece < Pieces; piece++)
            cuts.Add(times[times.Length * piece / Pieces]);
        List<Range> parts = [new Range(range.From, memory), .. cuts.Where(cut => cut > range.From).Select(cut => new Range(cut, memory))];
        Rewrite(range, parts);
        _ranges.RemoveAt(0);
        _ranges.InsertRange(0, parts);
    }

    /// <summary>Moves the items of a range to others, but for those of which nothing is in the area.</summary>
    private void Rewrite(Range range, List<Range> to)
    {
        while (range.Count > 0)
        {
            TakeSome(range, _read);
            foreach (SpillDue item in _read)
            {
                if (isThere(item))
                    Append(to[IndexOf(to, item.Due)], item);
            }
        }

        range.Free(memory);
    }

    /// <summary>Items from one time on to the beginning of the next range; the first one has also those before.</summary>
    private sealed class Range
    {
        private const int Bytes = 150;
        private const int FirstItems = 4;

        internal Range(long from, SpillMemory memory)
        {
            From = from;
            memory.AddBytes(Bytes);
        }

        internal long From { get; set; }

        /// <summary>No item is due before.</summary>
        internal long Least { get; set; } = long.MaxValue;

        internal List<int> Pages { get; } = [];

        internal SpillDue[] Tail { get; private set; } = [];

        internal int InTail { get; set; }

        internal long Count => ((long)Pages.Count * SpillDuePages.Items) + InTail;

        internal void GrowTail(SpillMemory memory)
        {
            int length = Math.Clamp(Tail.Length * 2, FirstItems, SpillDuePages.Items);
            memory.Add<SpillDue>(length - Tail.Length);
            SpillDue[] longer = new SpillDue[length];
            Tail.CopyTo(longer, 0);
            Tail = longer;
        }

        internal void Free(SpillMemory memory)
        {
            memory.AddBytes(-Bytes);
            memory.Add<int>(-Pages.Count);
            memory.Add<SpillDue>(-Tail.Length);
            Pages.Clear();
            (Tail, InTail) = ([], 0);
        }
    }
}

/// <summary>An entry that has to be back at some time.</summary>
/// <param name="Due">The time.</param>
/// <param name="Part">The part that it is in.</param>
/// <param name="Hash">The hash of its key.</param>
internal readonly record struct SpillDue(long Due, long Part, ulong Hash);
