namespace Typed.State;

/// <summary>Pages in memory: what other stores are compared with.</summary>
internal sealed class MemoryPageStore : IPageStore
{
    private readonly List<byte[]?> _pages = [];
    private readonly Stack<int> _free = new();

    public long MemoryBytes => 0;

    public long DiskBytes { get; private set; }

    /// <summary>How many pages there are.</summary>
    internal int Count => _pages.Count - _free.Count;

    /// <summary>Changes what is stored, as a disk that fails does.</summary>
    internal void Damage(Func<byte[], byte[]> change)
    {
        for (int i = 0; i < _pages.Count; i++)
        {
            if (_pages[i] is { } page)
                _pages[i] = change(page);
        }
    }

    public int Write(ReadOnlySpan<byte> page)
    {
        if (!_free.TryPop(out int number))
        {
            number = _pages.Count;
            _pages.Add(null);
        }

        _pages[number] = page.ToArray();
        DiskBytes += page.Length;
        return number;
    }

    public void Read(ReadOnlySpan<int> pages, IPageTarget target)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            byte[] page = _pages[pages[i]] ?? throw new InvalidOperationException($"Page {pages[i]} is read after it was deleted.");
            target.Take(i, page, 0, page.Length);
        }
    }

    public void Delete(int page)
    {
        DiskBytes -= _pages[page]!.Length;
        _pages[page] = null;
        _free.Push(page);
    }

    public void Clear()
    {
        _pages.Clear();
        _free.Clear();
        DiskBytes = 0;
    }

    public void Dispose() => Clear();
}
