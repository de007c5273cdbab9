using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation by sliding windows in append mode: slices are combined when a window closes, by <see cref="SliceStacks{TKey, TAcc, TOps}"/>,
/// so that neither a row nor a window costs more where windows overlap more.
/// </summary>
/// <typeparam name="TKey">The key beside the window.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe class SlidingAppendOperator<TKey, TAcc, TOps> : WindowAggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SliceTables<TKey, TAcc, TOps> _slices = new();

    /// <summary>
    /// What came for slices that were combined already: rows later than the delay of the watermark, but for a window still open. They
    /// are added to each window by themselves, and to their slices when those are combined anew.
    /// </summary>
    private readonly SliceTables<TKey, TAcc, TOps> _behind = new();
    private readonly GroupTable<TKey, TAcc, TOps> _sum = new();
    private readonly SliceStacks<TKey, TAcc, TOps> _stacks;

    /// <summary>The tables of both, by slice; for counting.</summary>
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _tables = [];
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _touched = [];

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The window, the keys, the results.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="window">The windows.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public SlidingAppendOperator(string name, RowSchema output, string schema, in WindowSettings window, TOps aggregation)
        : base(name, output, OutputMode.Append, schema, window, aggregation)
    {
        _stacks = new SliceStacks<TKey, TAcc, TOps>(_slices);
    }

    /// <inheritdoc/>
    internal override long? NextRelease() =>
        IsWatermarked && _slices.Count + _behind.Count > 0 ? Grid.WindowEnd(Math.Max(FirstUnclosed, Grid.FirstWindow(OldestSlice()))) : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stacks.Dispose();
        _slices.Dispose();
        _behind.Dispose();
        _sum.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Counts.Grouped > 0)
            CountGroups();
        long open = FirstOpenAfter();

        // Not from the first window of the first slice: its windows that were late already never took a row (semantics 2.3.1).
        long next = FirstOpen;
        while (_slices.Count + _behind.Count > 0)
        {
            long number = Math.Max(next, Grid.FirstWindow(OldestSlice()));
            if (number >= open)
                break;
            GroupTable<TKey, TAcc, TOps> groups = Combine(Grid.FirstSlice(number), Grid.EndSlice(number));
            EmitAll(groups, Grid.WindowStart(number), Grid.WindowEnd(number));
            State.Removed += groups.Top;
            State.Total -= groups.Top;
            next = number + 1;
            RemoveBefore(_slices, Grid.FirstSlice(next));
            RemoveBefore(_behind, Grid.FirstSlice(next));
        }

        FlushOutput();
        CloseUpTo(open);
        State.MemoryBytes = Memory();
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = (slice < _stacks.End ? _behind : _slices).GetOrAdd(slice);
        table.BeginEpoch(Epoch);
        return table;
    }

    private protected override void SaveTables(StateWriter writer)
    {
        SaveTables(_slices, writer);
        SaveTables(_behind, writer);
    }

    private protected override void LoadTables(StateReader reader)
    {
        _stacks.Reset();
        LoadTables(_slices, reader);
        LoadTables(_behind, reader);
        State.MemoryBytes = Memory();
    }

    private long OldestSlice() =>
        Math.Min(_slices.Count > 0 ? _slices[0].Number : long.MaxValue, _behind.Count > 0 ? _behind[0].Number : long.MaxValue);

    private GroupTable<TKey, TAcc, TOps> Combine(long first, long end)
    {
        if (_behind.Count == 0)
            return _stacks.Combine(ref Ops, first, end);
        if (_stacks.TurnsAt(first))
        {
            for (int i = 0; i < _behind.Count; i++)
                _slices.GetOrAdd(_behind[i].Number).Absorb(ref Ops, _behind[i].Table);
            _behind.Clear();
            return _stacks.Combine(ref Ops, first, end);
        }

        GroupTable<TKey, TAcc, TOps> groups = _stacks.Combine(ref Ops, first, end);
        int from = _behind.Search(first);
        int to = _behind.Search(end);
        if (from == to)
            return groups;
        _sum.CopyFrom(groups);
        for (int i = from; i < to; i++)
            _sum.Merge(ref Ops, _behind[i].Table, ownKeys: false);
        return _sum;
    }

    private void RemoveBefore(SliceTables<TKey, TAcc, TOps> tables, long slice)
    {
        int count = tables.Search(slice);
        for (int i = 0; i < count; i++)
            CloseRows(tables[i].Table.Rows);
        tables.RemoveFirst(count);
    }

    private long Memory() => _slices.MemoryBytes + _behind.MemoryBytes + _stacks.MemoryBytes + _sum.MemoryBytes;

    /// <summary>
    /// Counts pairs of window and key, which is what the state counters are about (semantics 13.4), though only slices are kept. A
    /// key that comes into a slice makes a new pair for each of the slice's open windows but those that the nearest earlier and
    /// the nearest later slice with that key also belong to.
    /// </summary>
    private void CountGroups()
    {
        ListTables();
        for (int i = 0; i < _tables.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> table) = _tables[i];
            if (table.Epoch != Epoch)
                continue;
            long first = Math.Max(Grid.FirstWindow(slice), FirstOpen);
            long last = Grid.LastWindow(slice);
            for (int group = table.TopBefore; group < table.Top; group++)
            {
                long from = AfterEarlier(i, table.Records[group].Key, first);
                long to = BeforeLater(i, table.Records[group].Key, last);
                State.Total += Math.Max(0, to - from + 1);
            }
        }

        // Most slices of a long window are not touched; a key is looked up in those that are.
        for (int i = 0; i < _touched.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> table) = _touched[i];
            long first = Math.Max(Grid.FirstWindow(slice), FirstOpen);
            long last = Grid.LastWindow(slice);
            if (i == 0)
            {
                State.Updated += table.TouchedCount * (last - first + 1);
                continue;
            }

            long before = Grid.LastWindow(_touched[i - 1].Number);
            State.Updated += before < first ? table.TouchedCount * (last - first + 1) : CountBehind(i, first, before, last);
        }
    }

    // Mostly the nearest slice has the key as well, so that one is asked for all keys at once.
    private long CountBehind(int index, long first, long before, long last)
    {
        const int AtOnce = 1024;
        int* found = stackalloc int[AtOnce];
        GroupTable<TKey, TAcc, TOps> table = _touched[index].Table;
        GroupTable<TKey, TAcc, TOps> nearest = _touched[index - 1].Table;
        long updated = 0;
        for (ReadOnlySpan<int> rest = table.Touched; rest.Length > 0;)
        {
            ReadOnlySpan<int> some = rest[..Math.Min(AtOnce, rest.Length)];
            nearest.FindAll(table, some, new Span<int>(found, AtOnce));
            for (int i = 0; i < some.Length; i++)
            {
                bool isThere = found[i] >= 0 && nearest.Records[found[i]].Epoch == Epoch;
                updated += last - (isThere ? before : AfterTouched(index - 1, table.Records[some[i]].Key, first) - 1);
            }

            rest = rest[some.Length..];
        }

        return updated;
    }

    private void ListTables()
    {
        _tables.Clear();
        _touched.Clear();
        int behind = 0;
        for (int i = 0; i < _slices.Count; i++)
        {
            while (behind < _behind.Count && _behind[behind].Number < _slices[i].Number)
                ListTable(_behind[behind++]);
            ListTable(_slices[i]);
        }

        while (behind < _behind.Count)
            ListTable(_behind[behind++]);
    }

    private void ListTable(SliceTables<TKey, TAcc, TOps>.Entry entry)
    {
        _tables.Add(entry);
        if (entry.Table.Epoch == Epoch)
            _touched.Add(entry);
    }

    /// <summary>The first window from <paramref name="first"/> on that holds no earlier slice with the key.</summary>
    private long AfterEarlier(int index, in TKey key, long first)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            long last = Grid.LastWindow(_tables[i].Number);
            if (last < first)
                break;
            if (_tables[i].Table.Find(key) >= 0)
                return last + 1;
        }

        return first;
    }

    /// <summary>The same of slices into which the key came in this micro-batch.</summary>
    private long AfterTouched(int index, in TKey key, long first)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> table) = _touched[i];
            long last = Grid.LastWindow(slice);
            if (last < first)
                break;
            int group = table.Find(key);
            if (group >= 0 && table.Records[group].Epoch == Epoch)
                return last + 1;
        }

        return first;
    }

    /// <summary>The last window up to <paramref name="last"/> that holds no later slice in which the key was counted already.</summary>
    private long BeforeLater(int index, in TKey key, long last)
    {
        for (int i = index + 1; i < _tables.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> table) = _tables[i];
            long first = Grid.FirstWindow(slice);
            if (first > last)
                break;
            int group = table.Find(key);
            if (group >= 0 && (table.Epoch != Epoch || group < table.TopBefore))
                return first - 1;
        }

        return last;
    }
}
