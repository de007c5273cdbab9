using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// What is stored: a group of a slice is one entry, also while what came behind is in a table of its own. Stacks are not stored.
/// </content>
public sealed unsafe partial class SlidingAppendOperator<TKey, TAcc, TOps>
{
    /// <summary>What accumulators point to that are there for a moment only.</summary>
    private readonly Arena _scratch = new();

    internal override StateLayout Layout => StateLayout.OfSlices("slices", new StateSlices(Grid.Slide, Grid.Offset, Grid.Size % Grid.Slide), TOps.KeyLayout, TOps.AccLayout);

    private protected override bool SaveGroups(StateChanges changes, CaptureSlice slice) =>
        SaveGroups(_slices, _behind, changes, slice) && SaveGroups(_behind, _slices, changes, slice);

    private protected override void ForgetGroups()
    {
        _stacks.Reset();
        _slices.Clear();
        _behind.Clear();
        _away?.Clear();
    }

    // All tables are slices to begin with: nothing is combined yet.
    private protected override GroupTable<TKey, TAcc, TOps> TableToLoad(long time) => _slices.GetOrAdd(time);

    private protected override long FloorFor(long window) => Grid.FirstSlice(window);

    private bool SaveGroups(SliceTables<TKey, TAcc, TOps> tables, SliceTables<TKey, TAcc, TOps> others, StateChanges changes, CaptureSlice capture)
    {
        for (int i = 0; i < tables.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> table) = tables[i];
            GroupTable<TKey, TAcc, TOps>? other = others.Find(slice);
            GroupTable<TKey, TAcc, TOps>.ChangedSlice changed = table.TakeChanged(capture);
            while (changed.MoveNext())
                Put(slice, table, changed.Current, other, changes);
            if (!changed.LeftNothing)
                return false;
        }

        return true;
    }

    /// <summary>Writes a group with what the other table of its slice has for its key.</summary>
    private void Put(long slice, GroupTable<TKey, TAcc, TOps> table, int group, GroupTable<TKey, TAcc, TOps>? other, StateChanges changes)
    {
        GroupRecord<TKey, TAcc>* record = table.Records + group;
        int found = other is null ? -1 : other.Find(record->Key);
        if (found < 0)
        {
            table.BeginPut(group, 0, slice, changes);
            changes.End();
            return;
        }

        TAcc sum = record->Acc;
        if (TOps.HasCells)
            TOps.OwnCells(ref sum, _scratch);
        Ops.Merge(ref sum, other!.Records[found].Acc, _scratch);
        changes.BeginPut(0, slice, TOps.Hash(record->Key));
        TOps.SaveKey(record->Key, changes.Writer);
        changes.BeginValue();
        TOps.SaveAcc(sum, changes.Writer);
        changes.End();
        _scratch.Reset();
    }
}
