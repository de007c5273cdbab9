namespace Typed.State;

/// <summary>
/// Entries of a part whose hashes are alike: for each a fingerprint in memory, and which of the pages it lies in. So a key that is not here costs no read
/// but for one in 65536 for each entry, and one that is here costs one. An entry that was taken has the fingerprint 0; its bytes stay in the page until that is
/// written anew or has no entry left.
/// </summary>
internal sealed class SpillBucket(SpillMemory memory)
{
    private const int FirstFingerprints = 16;
    private const int FirstPages = 2;
    private ushort[] _fingerprints = [];
    private SpillPage[] _pages = [];

    /// <summary>Entries, those that were taken included.</summary>
    internal int Count { get; private set; }

    /// <summary>Entries that are here.</summary>
    internal int Live { get; private set; }

    internal ReadOnlySpan<SpillPage> Pages => _pages.AsSpan(0, PageCount);

    internal int PageCount { get; private set; }

    /// <summary>Bytes of its pages.</summary>
    internal long PageBytes { get; private set; }

    /// <summary>The fingerprints of the entries, in the order of the pages and in them.</summary>
    internal ReadOnlySpan<ushort> Fingerprints => _fingerprints.AsSpan(0, Count);

    /// <summary>The page in which an entry lies.</summary>
    internal int PageOf(int position)
    {
        int page = PageCount - 1;
        while (_pages[page].First > position)
            page--;
        return page;
    }

    internal int IndexOf(int pageNumber)
    {
        for (int i = 0; i < PageCount; i++)
        {
            if (_pages[i].Number == pageNumber)
                return i;
        }

        return -1;
    }

    internal int EntriesOf(int page) => (page + 1 < PageCount ? _pages[page + 1].First : Count) - _pages[page].First;

    /// <summary>The fingerprints of the entries of a page.</summary>
    internal ReadOnlySpan<ushort> FingerprintsOf(int page) => _fingerprints.AsSpan(_pages[page].First, EntriesOf(page));

    internal void Add(int pageNumber, int bytes, ReadOnlySpan<ushort> fingerprints)
    {
        if (PageCount == _pages.Length)
            Resize(ref _pages, Math.Max(FirstPages, PageCount * 2));
        if (Count + fingerprints.Length > _fingerprints.Length)
            Resize(ref _fingerprints, Math.Max(Math.Max(FirstFingerprints, Count + fingerprints.Length), Count + (Count / 4)));
        _pages[PageCount++] = new SpillPage { Number = pageNumber, First = Count, Live = fingerprints.Length, Bytes = bytes };
        fingerprints.CopyTo(_fingerprints.AsSpan(Count));
        Count += fingerprints.Length;
        Live += fingerprints.Length;
        PageBytes += bytes;
    }

    /// <summary>Notes that an entry was taken.</summary>
    /// <returns>Whether it was the last one of its page.</returns>
    internal bool Remove(int page, int entry)
    {
        _fingerprints[_pages[page].First + entry] = 0;
        Live--;
        return --_pages[page].Live == 0;
    }

    /// <summary>Forgets a page that has no entry left.</summary>
    internal void RemovePage(int page)
    {
        int first = _pages[page].First;
        int entries = EntriesOf(page);
        PageBytes -= _pages[page].Bytes;
        _fingerprints.AsSpan(first + entries, Count - first - entries).CopyTo(_fingerprints.AsSpan(first));
        Count -= entries;
        _pages.AsSpan(page + 1, PageCount - page - 1).CopyTo(_pages.AsSpan(page));
        PageCount--;
        for (int i = page; i < PageCount; i++)
            _pages[i].First -= entries;
        if (Count < _fingerprints.Length / 4)
            Resize(ref _fingerprints, Count);
    }

    /// <summary>Forgets all pages.</summary>
    internal void Clear()
    {
        Resize(ref _fingerprints, 0);
        Resize(ref _pages, 0);
        (Count, Live, PageCount, PageBytes) = (0, 0, 0, 0);
    }

    private void Resize<T>(ref T[] array, int length)
        where T : unmanaged
    {
        memory.Add<T>(length - array.Length);
        Array.Resize(ref array, length);
    }
}

/// <summary>A page of a bucket.</summary>
internal struct SpillPage
{
    /// <summary>Its number in the store.</summary>
    internal int Number;

    /// <summary>The first of its entries among those of the bucket.</summary>
    internal int First;

    /// <summary>Its entries that were not taken.</summary>
    internal int Live;

    /// <summary>Its length.</summary>
    internal int Bytes;
}

/// <summary>Adds up what an area uses to find its entries.</summary>
internal sealed class SpillMemory
{
    internal long Bytes { get; private set; }

    internal unsafe void Add<T>(int count)
        where T : unmanaged => Bytes += (long)count * sizeof(T);

    internal void AddBytes(long bytes) => Bytes += bytes;
}
