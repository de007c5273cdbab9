namespace Typed.Operators;

/// <content>The counters of state.</content>
public sealed unsafe partial class SlidingAppendOperator<TKey, TAcc, TOps>
{
    /// <summary>The tables of slices and of what came behind them, by slice.</summary>
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _tables = [];
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _touched = [];

    /// <summary>How many pairs of this micro-batch's <see cref="StateCounts.Updated"/> have gone to the spill area.</summary>
    private long _updatedAway;

    /// <summary>
    /// Counts pairs of window and key, which is what the state counters are about (semantics 13.4), though only slices are kept. A
    /// key that comes into a slice makes a new pair for each of the slice's open windows but those that the nearest earlier and
    /// the nearest later slice with that key also belong to.
    /// </summary>
    private void CountAdded()
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

        foreach ((_, GroupTable<TKey, TAcc, TOps> table) in _touched)
            table.CountAdded();
    }

    // Most slices of a long window are not touched; a key is looked up in those that are.
    private void CountUpdated()
    {
        State.Updated += _updatedAway;
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
