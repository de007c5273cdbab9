using Typed.State;

namespace Typed.Operators;

/// <summary>Groups of slices, or of windows, that are in the spill area and not in their tables.</summary>
/// <remarks>
/// <code>
/// area table   first table + range of the hash, one of 64
/// part         number of the slice
/// key, value   fields of the key | the micro-batch that changed the group last (uint32), fields of the accumulator
/// </code>
/// A window that closes is read range by range, so that no more than a part of it is in memory at a time. The tables of slices of which all groups
/// are away stay, empty.
/// </remarks>
/// <param name="area">The area.</param>
/// <param name="firstTable">The first of its tables.</param>
/// <param name="tables">The tables of the slices.</param>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
internal sealed unsafe class SliceSpill<TKey, TAcc, TOps>(SpillArea area, int firstTable, SliceTables<TKey, TAcc, TOps> tables) : ISpillTarget, IDisposable
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly Dictionary<long, long> _away = [];
    private readonly SpillBatch _batch = new();
    private readonly ColdGroups _cold = new();
    private readonly GroupTable<TKey, TAcc, TOps> _part = new();
    private bool _toPart;
    private uint _epoch;
    private uint? _touchedIn;

    /// <summary>Whether nothing is away.</summary>
    public bool IsEmpty => _away.Count == 0;

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _part.MemoryBytes;

    /// <summary>How many groups of a slice are away.</summary>
    public long CountOf(long slice) => _away.GetValueOrDefault(slice);

    /// <summary>How many groups are away.</summary>
    public long Count()
    {
        long count = 0;
        foreach (long ofSlice in _away.Values)
            count += ofSlice;
        return count;
    }

    /// <summary>Notes the keys whose groups are not in the table of a slice, but may be away.</summary>
    public void Want(long slice, GroupTable<TKey, TAcc, TOps> keys)
    {
        if (!_away.ContainsKey(slice))
            return;
        GroupTable<TKey, TAcc, TOps>? here = tables.Find(slice);
        for (int i = 0; i < keys.Top; i++)
        {
            if (here is not null && here.Find(keys.Records[i].Key) >= 0)
                continue;
            Begin(slice, keys.Records[i].Key);
            _batch.End();
        }
    }

    /// <summary>Takes the groups of the keys that were noted into their tables.</summary>
    /// <param name="epoch">The present micro-batch.</param>
    public void Fetch(uint epoch)
    {
        _epoch = epoch;
        _batch.TakeFrom(area, this);
    }

    /// <summary>Puts groups into the area, those first that were not touched for the longest time, until the others take no more than so many bytes.</summary>
    /// <param name="keepBytes">The bytes.</param>
    /// <param name="epoch">The present micro-batch.</param>
    /// <param name="changes">Takes the groups that have changed since they were stored, for they are stored now; null if none are.</param>
    public void Spill(long keepBytes, uint epoch, StateChanges? changes)
    {
        tables.DropSpare();
        _part.Clear();
        _part.Compact();
        long bytes = tables.MemoryBytes;
        if (bytes <= keepBytes)
            return;
        _cold.Begin(epoch);
        for (int i = 0; i < tables.Count; i++)
        {
            GroupTable<TKey, TAcc, TOps> table = tables[i].Table;
            for (int group = 0; group < table.Top; group++)
                _cold.Count(table.Records[group].Epoch);
        }

        _cold.Decide((long)(tables.Groups() * ((double)keepBytes / bytes)));
        for (int i = 0; i < tables.Count; i++)
            Spill(tables[i].Number, tables[i].Table, epoch, changes);
        _batch.PutInto(area);
    }

    /// <summary>
    /// The groups of a slice that are away, those of a range of hashes at a time: null for a range without any. Valid until the next call.
    /// </summary>
    /// <param name="slice">The slice.</param>
    /// <param name="range">The range.</param>
    /// <param name="keep">Whether they stay in the area.</param>
    /// <param name="touchedIn">The micro-batch that has touched those that are meant; null for all of them.</param>
    public GroupTable<TKey, TAcc, TOps>? Part(long slice, int range, bool keep, uint? touchedIn = null)
    {
        if (area.CountOf(firstTable + range, slice) == 0)
            return null;
        _part.Clear();
        (_toPart, _touchedIn) = (true, touchedIn);
        if (keep)
            area.Visit(firstTable + range, slice, this);
        else
            area.TakePart(firstTable + range, slice, this);
        _toPart = false;
        return _part;
    }

    /// <summary>Forgets the groups of a slice.</summary>
    public void Drop(long slice)
    {
        if (!_away.Remove(slice))
            return;
        for (int range = 0; range < SpillRange.Count; range++)
            area.DropPart(firstTable + range, slice);
    }

    /// <summary>Forgets all groups, when the area has.</summary>
    public void Clear() => _away.Clear();

    /// <inheritdoc/>
    public void Dispose() => _part.Dispose();

    /// <inheritdoc/>
    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        uint epoch = value.Read<uint>();
        if (_toPart && _touchedIn is { } only && epoch != only)
            return;
        GroupTable<TKey, TAcc, TOps> to = _toPart ? _part : tables.GetOrAdd(part);
        TOps.LoadKey(key, to.Arena, out TKey own);
        TOps.LoadAcc(value, to.Arena, out TAcc acc);
        if (_toPart)
        {
            to.Restore(own, acc, own: false);
            return;
        }

        if (to.Return(own, acc, own: false, epoch, _epoch))
            to.TouchedAway--;
        if (--_away[part] == 0)
            _away.Remove(part);
    }

    private void Spill(long slice, GroupTable<TKey, TAcc, TOps> table, uint epoch, StateChanges? changes)
    {
        long left = 0;
        bool isTouched = table.Epoch == epoch;
        for (int group = 0; group < table.Top; group++)
        {
            GroupRecord<TKey, TAcc>* record = table.Records + group;
            if (!_cold.Takes(record->Epoch))
                continue;
            if (changes is not null && table.IsChanged(group))
                Save(table, group, slice, changes);
            if (isTouched && record->Epoch == epoch)
                table.TouchedAway++;
            Begin(slice, record->Key);
            _batch.BeginValue();
            _batch.Writer.Write(record->Epoch);
            TOps.SaveAcc(record->Acc, _batch.Writer);
            _batch.End();
            table.Leave(group);
            left++;
            if (_batch.IsLarge)
                _batch.PutInto(area);
        }

        if (left == 0)
            return;
        _away[slice] = CountOf(slice) + left;
        table.Compact();
    }

    private static void Save(GroupTable<TKey, TAcc, TOps> table, int group, long slice, StateChanges changes)
    {
        table.BeginPut(group, 0, slice, changes);
        changes.End();
    }

    private void Begin(long slice, in TKey key)
    {
        uint hash = TOps.Hash(key);
        _batch.Begin(firstTable + SpillRange.Of(hash), slice, hash);
        TOps.SaveKey(key, _batch.Writer);
    }
}
