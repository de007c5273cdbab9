using Typed.State;

namespace Typed.Operators;

/// <content>Stored as: keys, what each waits for, then field by field the values of all keys.</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const int Version = 1;
    private readonly StateWriter _part = new();
    private long[] _times = [];

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_hasInitial);
        writer.Write(Keys.Count);
        for (int key = 0; key < Keys.Top; key++)
        {
            if (!IsAlive(key))
                continue;
            TRows.SaveKey(Keys.Records[key].Key, writer);
            ref KeyTimers timers = ref Keys.Records[key].Acc.Timers;
            int count = timers.Count;
            if (_times.Length < count)
                _times = new long[count * 2];
            timers.CopyTo(_times);
            writer.Write(count);
            foreach (long time in _times.AsSpan(0, count))
                writer.Write(time);
        }

        IReadOnlyList<StateMemberInfo> members = TMembers.Members;
        writer.Write(members.Count);
        for (int member = 0; member < members.Count; member++)
        {
            _part.Clear();
            for (int key = 0; key < Keys.Top; key++)
            {
                if (IsAlive(key))
                    Members.Save(member, ref Keys.Records[key].Acc.State, _part, Memory);
            }

            writer.Write(members[member].Name);
            writer.Write(members[member].Type);
            writer.Write(members[member].TtlMicros > 0);
            writer.Write(_part.Written.Length);
            writer.WriteRaw(_part.Written.Span);
        }

        _part.Clear();
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        int version = reader.Read<int>();
        if (version != Version)
            throw new InvalidDataException($"State of {Memory.Processor} has version {version}; this program reads version {Version}.");
        Keys.Clear();
        Due.Clear();
        Memory.Clear();

        // Without a table there was none to handle, and one that is given later comes too late: a batch has run (semantics 9.9, 10.1).
        _ = reader.Read<byte>();
        _hasInitial = true;
        int keys = reader.ReadCount(sizeof(int));
        for (int key = 0; key < keys; key++)
        {
            TRows.LoadKey(reader, Keys.Arena, out TCell cell);
            _chains.Start(out KeySlot<TState> slot);
            slot.IsKept = true;
            int found = Keys.FindOrAdd(cell, slot, false, out bool added);
            if (!added)
                throw new InvalidDataException($"State of {Memory.Processor} is damaged: a key appears twice.");
            LoadTimers(reader, found);
        }

        int members = reader.ReadCount(2 * sizeof(int));
        for (int member = 0; member < members; member++)
            LoadMember(reader, keys);
        for (int key = 0; key < Keys.Top; key++)
        {
            ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
            if (TMembers.IsEmpty(slot.State) && !slot.Timers.Any)
                Keys.Remove(key);
        }

        State.Total = Keys.Count;
        State.MemoryBytes = Keys.MemoryBytes + Memory.MemoryBytes + Due.MemoryBytes;
    }

    private void LoadTimers(StateReader reader, int key)
    {
        int count = reader.ReadCount(sizeof(long));
        long last = long.MinValue;
        for (int i = 0; i < count; i++)
        {
            long time = reader.Read<long>();
            if (time <= last || time == long.MaxValue)
                throw new InvalidDataException($"State of {Memory.Processor} is damaged: its timers are not in order.");
            last = time;
            Keys.Records[key].Acc.Timers.Add(time, Memory.Heap);
            Note(time, key);
        }
    }

    /// <summary>Reads one field of all keys. One that the class no longer has is left out, one that it has in another form is refused (semantics 10.10).</summary>
    private void LoadMember(StateReader reader, int keys)
    {
        StateMemberInfo stored = new(reader.ReadString() ?? "", reader.ReadString() ?? "", reader.Read<byte>());
        ReadOnlyMemory<byte> bytes = reader.ReadRaw(reader.Read<int>()).ToArray();
        IReadOnlyList<StateMemberInfo> members = TMembers.Members;
        int member = 0;
        while (member < members.Count && members[member].Name != stored.Name)
            member++;
        if (member == members.Count)
            return;
        if (members[member].Type != stored.Type || members[member].TtlMicros > 0 != stored.TtlMicros > 0)
        {
            throw new InvalidDataException(
                $"The state of {Memory.Processor} holds '{stored}', and the class now has '{members[member]}' (semantics 10.10). "
                + "Give the field its former type, or another name, or the query a new checkpoint.");
        }

        StateReader part = new(bytes);
        for (int key = 0; key < keys; key++)
        {
            Memory.Group = key;
            Members.Load(member, ref Keys.Records[key].Acc.State, part, Memory);
        }

        Memory.Group = -1;
        if (part.Left != 0)
            throw new InvalidDataException($"State of {Memory.Processor} is damaged: {part.Left} bytes are left of the field '{stored.Name}'.");
    }

    /// <summary>Notes that a key waits for a time.</summary>
    private protected void Note(long time, int key)
    {
        Due.Push(time, key);
        Due.Live++;
    }
}
