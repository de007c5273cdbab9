using Typed.State;

namespace Typed.Operators;

/// <content>
/// Groups in the spill area: a key leaves with all its slices, and comes back with all when a row of it comes, so that pairs of window and key can be
/// counted, and a window has a key either from memory or from the area. Keys that no row came for stay there when their windows close: these are read
/// range by range, and written back without the slices that no window needs any more.
/// </content>
public sealed unsafe partial class SlidingAppendOperator<TKey, TAcc, TOps>
{
    private KeySpill<TKey, TAcc, TOps>? _away;

    /// <summary>
    /// Keys leave one by one, with all their slices, the coldest first. What slices are combined to is dropped, for it holds those keys as well; it is made
    /// again when a window closes.
    /// </summary>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        if (!MaySpill || HotBytes <= keepBytes)
            return;
        if (InBatch)
            CountAdded();
        for (int i = 0; i < _behind.Count; i++)
        {
            GroupTable<TKey, TAcc, TOps> slice = _slices.GetOrAdd(_behind[i].Number);
            if (InBatch)
                slice.BeginEpoch(Epoch);
            slice.Absorb(ref Ops, _behind[i].Table);
            slice.CountAdded();
        }

        _behind.Clear();
        _behind.DropSpare();
        _stacks.Drop();
        _sum.Clear();
        _sum.Compact();
        _away ??= new(area, Grid, _slices);
        _updatedAway += _away.Spill(keepBytes, Epoch, InBatch ? FirstOpen : FirstUnclosed, Early);
    }

    private protected override bool RowsMayBeAway => _away is { IsEmpty: false };

    private protected override void Want(long slice, GroupTable<TKey, TAcc, TOps> keys) =>
        _away!.Want(keys, (slice < _stacks.End ? _behind : _slices).Find(slice));

    private protected override void FetchWanted()
    {
        // Groups that come back are not new ones: those that are new so far are counted before.
        CountAdded();
        _away!.Fetch();
        while (_away.Next(_scratch))
        {
            TKey key = _away.Key;
            long from = FirstOpen;
            foreach (KeySpill<TKey, TAcc, TOps>.Group group in _away.Groups)
            {
                if (TableOf(group.Slice).Return(key, group.Acc, own: true, group.Epoch, Epoch))
                    _updatedAway -= Grid.CountWindows(group.Slice, ref from);
            }

            _scratch.Reset();
        }
    }

    /// <summary>Emits the windows before one of keys that are away.</summary>
    private void CloseAway(long open)
    {
        if (!IsWatermarked || _away is null || _away.IsEmpty)
            return;
        long due = Grid.WindowEnd(open - 1);
        if (_away.Due > due)
            return;
        _away.Due = long.MaxValue;
        for (int range = 0; range < SpillRange.Count; range++)
        {
            _away.TakeDue(range, due);
            while (_away.Next(_scratch))
            {
                TKey key = _away.Key;
                int needed = Close(key, _away.Groups, open);
                if (needed < _away.Groups.Count)
                    _away.PutBack(needed, open);
                _scratch.Reset();
            }

            _away.Put();
        }

        // What was not due stays as it was: it is due later.
        _away.Due = Math.Min(_away.Due, Grid.WindowEnd(open));
    }

    /// <summary>Emits the windows of a key before one.</summary>
    /// <returns>The first of its groups that is needed still.</returns>
    private int Close(in TKey key, IReadOnlyList<KeySpill<TKey, TAcc, TOps>.Group> groups, long open)
    {
        int first = 0;
        long next = FirstOpen;
        while (first < groups.Count)
        {
            long window = Math.Max(next, Grid.FirstWindow(groups[first].Slice));
            if (window >= open)
                break;
            TAcc sum = groups[first].Acc;
            if (TOps.HasCells)
                TOps.OwnCells(ref sum, _scratch);
            for (int i = first + 1; i < groups.Count && groups[i].Slice < Grid.EndSlice(window); i++)
                Ops.Merge(ref sum, groups[i].Acc, _scratch);
            EmitRow(key, sum, Grid.WindowStart(window), Grid.WindowEnd(window));
            State.Removed++;
            State.Total--;
            next = window + 1;
            while (first < groups.Count && groups[first].Slice < Grid.FirstSlice(next))
                first++;
        }

        return first;
    }
}
