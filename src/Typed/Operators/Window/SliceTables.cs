namespace Typed.Operators;

/// <summary>Tables by the number of their slice or window, in ascending order; dropped ones are used again.</summary>
internal sealed class SliceTables<TKey, TAcc, TOps> : IDisposable
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly List<Entry> _entries = [];
    private readonly Stack<GroupTable<TKey, TAcc, TOps>> _free = [];
    private int _lastSize;

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>One of them, by position.</summary>
    public Entry this[int index] => _entries[index];

    /// <summary>Bytes in use, those of tables kept for later included.</summary>
    public long MemoryBytes
    {
        get
        {
            long bytes = 0;
            foreach (Entry entry in _entries)
                bytes += entry.Table.MemoryBytes;
            foreach (GroupTable<TKey, TAcc, TOps> table in _free)
                bytes += table.MemoryBytes;
            return bytes;
        }
    }

    /// <summary>The table of a number, made if there is none.</summary>
    public GroupTable<TKey, TAcc, TOps> GetOrAdd(long number)
    {
        int index = Search(number);
        if (index < _entries.Count && _entries[index].Number == number)
            return _entries[index].Table;
        GroupTable<TKey, TAcc, TOps> table = Rent();
        _entries.Insert(index, new Entry(number, table));
        return table;
    }

    /// <summary>The table of a number; null if there is none.</summary>
    public GroupTable<TKey, TAcc, TOps>? Find(long number)
    {
        int index = Search(number);
        return index < _entries.Count && _entries[index].Number == number ? _entries[index].Table : null;
    }

    /// <summary>How many groups the tables have.</summary>
    public long Groups()
    {
        long groups = 0;
        foreach (Entry entry in _entries)
            groups += entry.Table.Top;
        return groups;
    }

    /// <summary>The position of the first table whose number is not below <paramref name="number"/>.</summary>
    public int Search(long number)
    {
        int low = 0;
        int high = _entries.Count;

        // Nearly always the newest one.
        if (high > 0 && _entries[high - 1].Number < number)
            return high;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Number < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Drops the first tables.</summary>
    public void RemoveFirst(int count)
    {
        for (int i = 0; i < count; i++)
            Return(_entries[i].Table);
        _entries.RemoveRange(0, count);
    }

    /// <summary>A table that belongs to no number.</summary>
    public GroupTable<TKey, TAcc, TOps> Rent()
    {
        if (!_free.TryPop(out GroupTable<TKey, TAcc, TOps>? table))
            table = new();
        table.ExpectedGroups = _lastSize;
        return table;
    }

    /// <summary>Takes back a table.</summary>
    public void Return(GroupTable<TKey, TAcc, TOps> table)
    {
        _lastSize = table.Top;
        if (_free.Count > 2 + _entries.Count)
        {
            table.Dispose();
            return;
        }

        table.Clear();
        _free.Push(table);
    }

    /// <summary>Gives back the memory of tables that are kept for later.</summary>
    public void DropSpare()
    {
        while (_free.TryPop(out GroupTable<TKey, TAcc, TOps>? table))
            table.Dispose();
    }

    /// <summary>Drops all.</summary>
    public void Clear() => RemoveFirst(_entries.Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Entry entry in _entries)
            entry.Table.Dispose();
        _entries.Clear();
        DropSpare();
    }

    /// <summary>A table and its number.</summary>
    internal readonly record struct Entry(long Number, GroupTable<TKey, TAcc, TOps> Table);
}
