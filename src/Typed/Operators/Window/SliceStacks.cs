namespace Typed.Operators;

/// <summary>
/// Combines runs of slices whose both ends only move forward, with a constant number of merges a step (two stacks): the front
/// holds, for each of its slices, that slice and all after it in the front; the back holds the sum of what came since. When the front
/// is used up, all slices in reach become the new front.
/// </summary>
/// <remarks>
/// <code>
/// slices      3   4   5   6 | 7   8
/// front       3–6 4–6 5–6 6 |            back   7–8        the run 5–8 is  (5–6) + (7–8)
/// </code>
/// The combined tables share the keys' strings with the slices, which live longer: an entry of the front goes with its first slice,
/// and the back is emptied before its first slice goes.
/// </remarks>
internal sealed class SliceStacks<TKey, TAcc, TOps>(SliceTables<TKey, TAcc, TOps> slices) : IDisposable
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly Stack<SliceTables<TKey, TAcc, TOps>.Entry> _front = [];
    private readonly SliceTables<TKey, TAcc, TOps> _spare = new();
    private readonly GroupTable<TKey, TAcc, TOps> _back = new();
    private readonly GroupTable<TKey, TAcc, TOps> _sum = new();
    private long _backStart = long.MaxValue;
    private long _end = long.MinValue;

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes
    {
        get
        {
            long bytes = _back.MemoryBytes + _sum.MemoryBytes + _spare.MemoryBytes;
            foreach (SliceTables<TKey, TAcc, TOps>.Entry entry in _front)
                bytes += entry.Table.MemoryBytes;
            return bytes;
        }
    }

    /// <summary>The first slice of which nothing was combined yet; those before it must not change unless <see cref="TurnsAt"/>.</summary>
    public long End => _end;

    /// <summary>Whether a run from <paramref name="first"/> on is combined from the slices anew.</summary>
    public bool TurnsAt(long first) => _backStart < first;

    /// <summary>Forgets all.</summary>
    public void Reset()
    {
        while (_front.TryPop(out SliceTables<TKey, TAcc, TOps>.Entry entry))
            _spare.Return(entry.Table);
        _back.Clear();
        _backStart = long.MaxValue;
        _end = long.MinValue;
    }

    /// <summary>Forgets all and gives the memory back.</summary>
    public void Drop()
    {
        Reset();
        _spare.DropSpare();
        _back.Compact();
        _sum.Clear();
        _sum.Compact();
    }

    /// <summary>The groups of the slices from <paramref name="first"/> to before <paramref name="end"/>; valid until the next call.</summary>
    public GroupTable<TKey, TAcc, TOps> Combine(ref TOps aggregation, long first, long end)
    {
        int from = slices.Search(first);
        int to = slices.Search(end);
        if (to - from == 1)
            return slices[from].Table;
        while (_front.TryPeek(out SliceTables<TKey, TAcc, TOps>.Entry entry) && entry.Number < first)
            _spare.Return(_front.Pop().Table);
        if (TurnsAt(first))
        {
            Turn(ref aggregation, from, to);
            _end = end;
        }

        for (int i = slices.Search(Math.Max(first, _end)); i < to; i++)
        {
            _back.Merge(ref aggregation, slices[i].Table, ownKeys: false);
            _backStart = Math.Min(_backStart, slices[i].Number);
        }

        _end = Math.Max(_end, end);
        if (_front.Count == 0)
            return _back;
        if (_back.Top == 0)
            return _front.Peek().Table;
        _sum.CopyFrom(_front.Peek().Table);
        _sum.Merge(ref aggregation, _back, ownKeys: false);
        return _sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        _spare.Dispose();
        _back.Dispose();
        _sum.Dispose();
    }

    /// <summary>Makes the slices the front and empties the back.</summary>
    private void Turn(ref TOps aggregation, int from, int to)
    {
        Reset();
        for (int i = to - 1; i >= from; i--)
        {
            GroupTable<TKey, TAcc, TOps> table = _spare.Rent();
            table.CopyFrom(_front.TryPeek(out SliceTables<TKey, TAcc, TOps>.Entry after) ? after.Table : slices[i].Table);
            if (i < to - 1)
                table.Merge(ref aggregation, slices[i].Table, ownKeys: false);
            _front.Push(new(slices[i].Number, table));
        }
    }
}
