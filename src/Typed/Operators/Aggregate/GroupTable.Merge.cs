using Typed.State;

namespace Typed.Operators;

/// <content>Whole tables: merging, storing.</content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    /// <summary>Adds the groups of another table and marks them as changed.</summary>
    /// <param name="aggregation">What to do.</param>
    /// <param name="other">The other table; no group was ever removed from it.</param>
    /// <param name="ownKeys">Whether the other table may go before this one, so that long strings are copied.</param>
    public void Merge(ref TOps aggregation, GroupTable<TKey, TAcc, TOps> other, bool ownKeys)
    {
        if (Top == 0)
            Reserve(other.Top);
        for (int i = 0; i < other.Top; i++)
            MergeGroup(ref aggregation, in other._records[i], ownKeys);
    }

    /// <summary>
    /// Adds the groups of another table, which may go. A group counts as touched in the present micro-batch only where it was there, and as changed
    /// since it was stored where one of both was.
    /// </summary>
    public void Absorb(ref TOps aggregation, GroupTable<TKey, TAcc, TOps> other)
    {
        for (int i = 0; i < other.Top; i++)
        {
            GroupRecord<TKey, TAcc>* record = other._records + i;
            int group = FindOrAdd(record->Key, record->Acc, ownKey: true, out bool added);
            if (!added)
                aggregation.Merge(ref _records[group].Acc, record->Acc, Arena);
            else if (TOps.HasCells)
                TOps.OwnCells(ref _records[group].Acc, Arena);
            if (Epoch != 0 && record->Epoch == Epoch)
                Touch(group);
            else if (other.IsChanged(i))
                MarkChanged(group);
            else if (added)
                MarkStored(group);
        }
    }

    /// <summary>Empties the table and makes it hold the groups of another one, which must outlive it.</summary>
    public void CopyFrom(GroupTable<TKey, TAcc, TOps> other)
    {
        Clear();
        if (other.Top == 0)
            return;
        Reserve(other.Top);
        int size = sizeof(GroupRecord<TKey, TAcc>);
        Buffer.MemoryCopy(other._records, _records, (long)other.Top * size, (long)other.Top * size);
        Top = other.Top;
        for (int i = 0; i < Top; i++)
        {
            _records[i].Epoch = 0;
            if (TOps.HasCells)
                TOps.OwnCells(ref _records[i].Acc, Arena);
        }

        if (typeof(TKey) == typeof(NoKey))
            return;
        for (long i = 0; i <= other._mask; i++)
        {
            ulong slot = other._slots[i];
            if ((uint)slot != 0)
                Place(_slots, _shift, _mask, (uint)(slot >> 32), (int)(uint)slot - 1);
        }
    }

    /// <summary>Adds one group of another table and marks it as changed.</summary>
    public void MergeGroup(ref TOps aggregation, in GroupRecord<TKey, TAcc> other, bool ownKey)
    {
        int group = FindOrAdd(other.Key, other.Acc, ownKey, out bool added);
        if (!added)
            aggregation.Merge(ref _records[group].Acc, other.Acc, Arena);
        else if (TOps.HasCells)
            TOps.OwnCells(ref _records[group].Acc, Arena);
        Touch(group);
    }

    /// <summary>Writes all groups.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Rows);
        writer.Write(Count);
        for (int i = 0; i < Top; i++)
        {
            if (_records[i].Epoch != GroupRecord<TKey, TAcc>.Dead)
            {
                TOps.SaveKey(_records[i].Key, writer);
                TOps.SaveAcc(_records[i].Acc, writer);
            }
        }
    }

    /// <summary>Replaces the groups by what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are cut short or hold a key twice.</exception>
    public void Load(StateReader reader)
    {
        Clear();
        Rows = reader.Read<long>();
        int count = reader.ReadCount(typeof(TKey) == typeof(NoKey) ? 0 : 1);
        for (int i = 0; i < count; i++)
        {
            TOps.LoadKey(reader, Arena, out TKey key);
            TOps.LoadAcc(reader, Arena, out TAcc acc);
            FindOrAdd(key, acc, false, out bool added);
            if (!added)
                throw new InvalidDataException("State is damaged: a group appears twice.");
        }

        TopBefore = Top;
    }
}
