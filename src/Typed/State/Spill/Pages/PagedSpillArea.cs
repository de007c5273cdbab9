namespace Typed.State;

/// <summary>
/// A spill area over a store of pages. Each part of a table is cut into buckets by the hash of the key, an entry lies in a page of its bucket, and memory has two
/// bytes of each key: so a key that is not here costs no read, one that is here costs one, and many that lie in one page cost one together.
/// </summary>
/// <remarks>
/// Entries that are put become new pages, as many entries of a bucket in one as there are; nothing is read for that. A bucket with many small pages is written anew
/// as one of few full ones, and a part with many entries in its buckets gets more buckets (linear hashing). Entries that are taken stay in their pages, dead, until
/// pages have about twice the bytes of the entries that are here; then buckets with many dead entries are written anew.
/// Each page has a checksum, tested before anything of it is used.
/// </remarks>
public sealed partial class PagedSpillArea : SpillArea
{
    private readonly Func<IPageStore> _open;
    private IPageStore? _opened;
    private readonly string _description;
    private readonly Dictionary<(int Table, long Key), SpillPart> _parts = [];
    private readonly Dictionary<int, SpillDueIndex> _due = [];
    private readonly SpillDuePages _duePages;
    private readonly SpillMemory _memory = new();
    private readonly SpillPageBuilder _builder = new();
    private readonly List<SpillPart> _touched = [];
    private ulong[] _hashes = [];
    private ulong[] _order = [];
    private int[] _items = [];
    private long _count;
    private long _pageBytes;
    private double _liveBytes;

    /// <summary>An area.</summary>
    /// <param name="open">Makes what keeps the pages, when the first entries are put; disposed with the area.</param>
    /// <param name="description">Where the entries are, for messages.</param>
    public PagedSpillArea(Func<IPageStore> open, string description)
    {
        _open = open;
        _description = description;
        _reader = new Reader(this);
        _duePages = new SpillDuePages(() => Store, Damaged);
    }

    /// <inheritdoc/>
    public override long Count => _count;

    /// <inheritdoc/>
    public override long MemoryBytes => _memory.Bytes + (_opened?.MemoryBytes ?? 0);

    /// <inheritdoc/>
    public override long DiskBytes => _opened?.DiskBytes ?? 0;

    /// <inheritdoc/>
    public override long CountOf(int table, long part) => _parts.TryGetValue((table, part), out SpillPart? found) ? found.Live : 0;

    /// <inheritdoc/>
    public override IReadOnlyList<long> PartsOf(int table) => [.. _parts.Keys.Where(key => key.Table == table).Select(key => key.Key).Order()];

    /// <inheritdoc/>
    public override void Put(SpillBatch entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        int count = entries.Count;
        if (count == 0)
            return;
        Reserve(count);
        Sort(entries);
        SpillBucket? bucket = null;
        ReadOnlySpan<SpillBatch.Item> all = entries.ItemSpan;
        for (int i = 0; i < count; i++)
        {
            ref readonly SpillBatch.Item item = ref all[_items[i]];
            SpillPart part = _touched[(int)(_order[i] >> 32)];
            SpillBucket next = part[(int)(uint)_order[i]];
            bool due = item.Due != NeverDue;
            if (bucket is not null && (next != bucket || _builder.IsFullFor(item.KeyLength + item.ValueLength, due)))
                Flush(bucket);
            bucket = next;
            ulong hash = _hashes[_items[i]];
            _builder.Add(hash, item.Due, entries.KeyOf(item).Span, entries.ValueOf(item).Span);
            part.Live++;
            _count++;
            _liveBytes += EntryBytes(item.KeyLength, item.ValueLength, due);
            Counts.BytesPut += item.KeyLength + item.ValueLength;
            if (!due)
                continue;
            part.Due++;
            DueOf(item.Table).Add(new SpillDue(item.Due, item.Part, hash));
        }

        Flush(bucket!);
        Counts.EntriesPut += count;
        Release(count);
        foreach (SpillPart part in _touched)
            (part.Ordinal, part.Coming) = (-1, 0);
        _touched.Clear();
        MergeSmallPages();
        CleanDue();
    }

    /// <inheritdoc/>
    public override void DropPart(int table, long part)
    {
        if (!_parts.Remove((table, part), out SpillPart? dropped))
            return;
        foreach (SpillBucket bucket in dropped.Buckets)
        {
            for (int i = 0; i < bucket.PageCount; i++)
            {
                SpillPage page = bucket.Pages[i];
                _liveBytes -= (double)page.Bytes / bucket.EntriesOf(i) * page.Live;
                DeletePage(page.Number, page.Bytes);
            }
        }

        _count -= dropped.Live;
        if (dropped.Due > 0 && _due.TryGetValue(table, out SpillDueIndex? due))
            due.Remove(dropped.Due);
        dropped.Clear();
        CleanDue();
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        foreach (SpillPart part in _parts.Values)
            part.Clear();
        _parts.Clear();
        foreach (SpillDueIndex due in _due.Values)
            due.Clear(withPages: false);
        _due.Clear();
        (_count, _pageBytes, _liveBytes, _fruitless) = (0, 0, 0, 0);
        _merges.Clear();
        _sweep.Clear();
        _opened?.Clear();
    }

    /// <inheritdoc/>
    public override void Dispose() => _opened?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => _description;

    private IPageStore Store => _opened ??= _open();

    /// <summary>What an entry adds to a page.</summary>
    private static int EntryBytes(int keyLength, int valueLength, bool due) => keyLength + valueLength + sizeof(int) + sizeof(int) + (due ? sizeof(long) : 0);

    /// <summary>Orders entries by part and bucket, so that those of a bucket come one after the other; parts grow before.</summary>
    private void Sort(SpillBatch entries)
    {
        int count = entries.Count;
        SpillPart? part = null;
        ReadOnlySpan<SpillBatch.Item> all = entries.ItemSpan;
        for (int i = 0; i < count; i++)
        {
            ref readonly SpillBatch.Item item = ref all[i];
            if (part is null || part.Table != item.Table || part.Key != item.Part)
                part = Touch(item.Table, item.Part);
            part.Coming++;
            _hashes[i] = SpillKey.Hash(entries.KeyOf(item).Span);
            _order[i] = (ulong)part.Ordinal << 32;
            _items[i] = i;
        }

        foreach (SpillPart touched in _touched)
            Grow(touched, touched.Live + touched.Coming);
        for (int i = 0; i < count; i++)
        {
            SpillPart touched = _touched[(int)(_order[i] >> 32)];
            _order[i] |= (uint)SpillKey.Bucket(_hashes[i], touched.Buckets.Count);
        }

        Array.Sort(_order, _items, 0, count);
    }

    private SpillPart Touch(int table, long key)
    {
        if (!_parts.TryGetValue((table, key), out SpillPart? part))
            _parts[(table, key)] = part = new SpillPart(table, key, _memory);
        if (part.Ordinal < 0)
        {
            part.Ordinal = _touched.Count;
            _touched.Add(part);
        }

        return part;
    }

    private SpillDueIndex DueOf(int table)
    {
        if (!_due.TryGetValue(table, out SpillDueIndex? due))
            _due[table] = due = new SpillDueIndex(_duePages, _memory, IsThere(table));
        return due;
    }

    private void Flush(SpillBucket bucket)
    {
        int bytes = _builder.Flush(Store, bucket);
        if (bytes == 0)
            return;
        _pageBytes += bytes - SpillPageBytes.HeaderLength;
        Counts.PagesWritten++;
        NoteSmallPages(bucket);
    }

    private void DeletePage(int number, int bytes)
    {
        Store.Delete(number);
        _pageBytes -= bytes - SpillPageBytes.HeaderLength;
    }

    private void Reserve(int count)
    {
        if (_items.Length >= count)
            return;
        (_hashes, _order, _items) = (new ulong[count], new ulong[count], new int[count]);
    }

    // What many entries needed once need not stay.
    private void Release(int count)
    {
        const int Kept = 1 << 16;
        if (count > Kept)
            (_hashes, _order, _items) = ([], [], []);
    }
}
