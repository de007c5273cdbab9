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
        TOps.LoadAcc(value, Arena, out TAcc acc);
        int group = FindOrAdd(stored, acc, false, out bool added);
        if (!added)
            throw new InvalidDataException("State is damaged: a group appears twice.");
        MarkStored(group);
        return group;
    }
}
