using Typed.State;

namespace Typed.Operators;

/// <content>Groups as entries of stored state: the fields of the key, the fields of the accumulator.</content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    /// <summary>Writes a group as an entry: the fields of its key, of its accumulator, and where the operator adds some to the value, those before <see cref="StateChanges.End"/>.</summary>
    /// <param name="group">The group.</param>
    /// <param name="table">The table of the entry.</param>
    /// <param name="time">The time of the entry.</param>
    /// <param name="changes">Where to write.</param>
    public void BeginPut(int group, int table, long time, StateChanges changes)
    {
        GroupRecord<TKey, TAcc>* record = _records + group;
        changes.BeginPut(table, time, TOps.Hash(record->Key));
        TOps.SaveKey(record->Key, changes.Writer);
        changes.BeginValue();
        TOps.SaveAcc(record->Acc, changes.Writer);
    }

    /// <summary>Writes that the entry of a group is gone.</summary>
    public void PutRemoval(int group, int table, long time, StateChanges changes)
    {
        GroupRecord<TKey, TAcc>* record = _records + group;
        changes.BeginRemove(table, time, TOps.Hash(record->Key));
        TOps.SaveKey(record->Key, changes.Writer);
        changes.End();
    }

    /// <summary>Adds the group of an entry; it counts as stored.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidDataException">The bytes are cut short, or the key is here already.</exception>
    public int AddStored(StateReader key, StateReader value)
    {
        TOps.LoadKey(key, Arena, out TKey stored);
        return AddStored(stored, TOps.Hash(stored), value);
    }

    /// <summary>Reads the keys of entries and fetches the slots where their groups will be: in a large table they have left all caches.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="keys">Takes their keys.</param>
    /// <param name="hashes">Takes the hashes of the keys.</param>
    /// <exception cref="InvalidDataException">The bytes are those of something else.</exception>
    public void LoadKeys(StateEntries entries, int first, int count, TKey* keys, uint* hashes)
    {
        for (int i = 0; i < count; i++)
        {
            StateReader key = entries.Key(first + i);
            TOps.LoadKey(key, Arena, out keys[i]);
            if (key.Left != 0)
                throw new InvalidDataException($"State is damaged: {key.Left} bytes of a key are left over.");
            hashes[i] = TOps.Hash(keys[i]);
            if (_slots != null)
                Prefetch(_slots + ((hashes[i] & _hashMask) >> _shift));
        }
    }

    /// <summary>Adds the group of an entry whose key was read; it counts as stored.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidDataException">The bytes are cut short, or the key is here already.</exception>
    public int AddStored(in TKey key, uint hash, StateReader value)
    {
        TOps.LoadAcc(value, Arena, out TAcc acc);
        int group = AddNew(key, acc, hash & _hashMask);
        if (group < 0)
            throw new InvalidDataException("State is damaged: a group appears twice.");
        MarkStored(group);
        return group;
    }
}
