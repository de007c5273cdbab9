using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Groups as entries of a spill area: the fields of the key → the micro-batch that last changed the group (uint32), the fields of the accumulator. The number
/// tells whether the present micro-batch has touched the group already: spilled entries do not outlive the process, as the numbers of its
/// micro-batches do not.
/// </content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    private readonly Arena _lookup = new();

    /// <summary>Writes a group that was picked to be spilled; the operator adds what else it keeps, and calls <see cref="SpillBatch.End"/>.</summary>
    public void BeginSpill(int group, int table, long part, long due, SpillBatch batch)
    {
        GroupRecord<TKey, TAcc>* record = _records + group;
        batch.Begin(table, part, SpillHash(record->Key), due);
        TOps.SaveKey(record->Key, batch.Writer);
        batch.BeginValue();
        batch.Writer.Write(record->Epoch);
        TOps.SaveAcc(record->Acc, batch.Writer);
    }

    /// <summary>The hash by which a group is spilled.</summary>
    public uint SpillHash(int group) => SpillHash(_records[group].Key);

    /// <summary>
    /// Takes back a group that was spilled: the one of the key, if <see cref="KeyTable{TKey, TAcc, TKeys}.AddMissing"/> has made one, or a new one. It
    /// counts as stored. One that the present micro-batch had touched before is among those again.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; what the operator has added is left to be read.</param>
    /// <returns>Its number.</returns>
    public int TakeBack(StateReader key, StateReader value)
    {
        _lookup.Reset();
        TOps.LoadKey(key, _lookup, out TKey spilled);
        uint epoch = value.Read<uint>();
        TOps.LoadAcc(value, Arena, out TAcc acc);
        int group = FindOrAdd(spilled, acc, true, out bool added);
        GroupRecord<TKey, TAcc>* record = _records + group;
        if (!added)
            record->Acc = acc;
        record->Epoch = epoch;
        MarkStored(group);
        if (epoch == Epoch)
        {
            TouchAgain(group);
            TouchedAway--;
        }

        return group;
    }

    /// <summary>Reads a group that was spilled without taking it back; key and accumulator are valid until the next call.</summary>
    /// <returns>The micro-batch that last changed it.</returns>
    public uint Read(StateReader key, StateReader value, out TKey spilled, out TAcc acc)
    {
        _lookup.Reset();
        TOps.LoadKey(key, _lookup, out spilled);
        uint epoch = value.Read<uint>();
        TOps.LoadAcc(value, _lookup, out acc);
        return epoch;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _lookup.Dispose();
    }
}
