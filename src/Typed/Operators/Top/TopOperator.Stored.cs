using Typed.State;

namespace Typed.Operators;

/// <content>
/// What is stored:
/// <code>
/// table 0, groups:  time = that in the key by which the watermark closes the group, none where nothing does
///                   key = the fields of the key in their order
///                   value = when a row for it came last, µs (int64, 0 without a ttl) | rows (int32) | for each, the first one first: order | fields
/// floor of it:      one more than the watermark up to which groups were closed
/// </code>
/// A group that changed is written whole. One that the watermark closes lies below the floor; one that its ttl ends is removed.
/// </content>
public sealed unsafe partial class TopOperator<TKey, TOrder, TOps>
{
    /// <summary>Whether something was stored; if not, all groups are to be.</summary>
    private bool _tracks;

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        if (!_tracks)
            SaveSpilled(changes);
        _tracks = true;
        TopTable<TKey, TOrder, TOps>.ChangedSlice changed = _groups.TakeChanged(slice);
        while (changed.MoveNext())
            Save(changed.Current, changes);
        return changed.LeftNothing;
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head)
    {
        if (_isTimed)
            head.SetFloor(0, _closedTo == long.MinValue ? long.MinValue : _closedTo + 1);
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        _groups.Clear();
        _due.Clear();
        _store.Clear();
        (_spilledRows, _tracks) = (0, true);
        Counts.Held = 0;
        long floor = head.FloorOf(0);
        _closedTo = floor == long.MinValue ? floor : floor - 1;
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry)
    {
        TOps.LoadKey(entry.Key, _groups.Arena, out TKey key);
        if (entry.Table != 0 || entry.Time != TimeOf(key))
            throw new InvalidDataException($"State is damaged: a group of table {entry.Table} has time {entry.Time}, where its key says {TimeOf(key)}.");
        int group = Load(key, entry.Value);
        _groups.MarkStored(group);
        Counts.Held += _groups.Records[group].Acc.Count;
    }

    /// <inheritdoc/>
    internal override void LoadEnd() => ShowTotals();

    private long TimeOf(in TKey key) => _isTimed && TOps.TryGetTime(key, out long time) ? time : StateEntry.NoTime;

    private void Save(int group, StateChanges changes)
    {
        TKey key = _groups.Records[group].Key;
        changes.BeginPut(0, TimeOf(key), TOps.Hash(key));
        TOps.SaveKey(key, changes.Writer);
        changes.BeginValue();
        SaveValue(group, changes.Writer);
        changes.End();
    }

    private void SaveValue(int group, StateWriter writer)
    {
        ref TopGroup<TOrder> acc = ref _groups.Records[group].Acc;
        TopEntry<TOrder>* entries = _groups.Entries(group);
        writer.Write(acc.Seen);
        writer.Write(acc.Count);
        for (int i = 0; i < acc.Count; i++)
        {
            writer.Write(entries[i].Order);
            _store.Save(entries[i].Row, writer);
        }
    }

    /// <summary>Makes a group of what <see cref="SaveValue"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or there is a group of this key.</exception>
    private int Load(in TKey key, StateReader value)
    {
        int group = _groups.Restore(key, value.Read<long>());
        if (group < 0)
            throw new InvalidDataException("State is damaged: a key appears twice.");
        int count = value.Read<int>();
        if (count < 1 || count > _settings.Count)
            throw new InvalidDataException($"State is damaged: a group has {count} rows, where at most {_settings.Count} are kept.");
        TopEntry<TOrder>* entries = _groups.Entries(group);
        for (int i = 0; i < count; i++)
        {
            entries[i].Order = value.Read<TOrder>();
            if (i > 0 && entries[i].Order > entries[i - 1].Order)
                throw new InvalidDataException("State is damaged: the rows of a group are not in order.");
            entries[i].Row = _store.Load(value);
        }

        _groups.Records[group].Acc.Count = count;
        _groups.Records[group].Acc.Least = entries[count - 1].Order;
        Watch(group);
        return group;
    }

    /// <summary>Removes a group that its ttl ends.</summary>
    private void Forget(int group)
    {
        if (Early is { } early && _groups.IsStored(group))
        {
            TKey key = _groups.Records[group].Key;
            early.BeginRemove(0, StateEntry.NoTime, TOps.Hash(key));
            TOps.SaveKey(key, early.Writer);
            early.End();
        }

        Remove(group);
    }
}
