using Typed.State;

namespace Typed.Operators;

/// <summary>Begins entries of stored custom state: knows which table a state field has, and the keys.</summary>
internal abstract class EntryKeys(StateTables tables)
{
    /// <summary>
    /// Takes records ahead of the next snapshot: of entries whose key, list or map was forgotten since, and of keys that memory had no room for. To be asked
    /// for before each record.
    /// </summary>
    public abstract StateChanges Early { get; }

    /// <summary>Begins an entry of a field; more fields of its key may follow.</summary>
    public void BeginPut(StateChanges changes, int member, int group)
    {
        changes.BeginPut(tables.TableOf(member), tables.GenerationOf(member), HashOf(group));
        WriteKey(group, changes.Writer);
    }

    /// <summary>Begins the removal of an entry of a field; more fields of its key may follow.</summary>
    public void BeginRemove(StateChanges changes, int member, int group)
    {
        changes.BeginRemove(tables.TableOf(member), tables.GenerationOf(member), HashOf(group));
        WriteKey(group, changes.Writer);
    }

    /// <summary>Removes the one entry that a key has of a field.</summary>
    public void Remove(StateChanges changes, int member, int group)
    {
        BeginRemove(changes, member, group);
        changes.End();
    }

    /// <summary>The hash of a key: the whole one, which tells its shard.</summary>
    public abstract uint HashOf(int group);

    /// <summary>Writes a key.</summary>
    public abstract void WriteKey(int group, StateWriter writer);
}
