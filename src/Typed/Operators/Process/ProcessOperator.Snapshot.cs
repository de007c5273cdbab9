using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Stored as entries: what has changed since the last snapshot is written, field by field.
/// <code>
/// table 0  key | → | order of the key (int64) | how many times (int32) | time, µs (int64), ascending | …      where the key waits for a time
/// table n  key | → | the value as the generated Save writes it                                               a plain value that is not absent
///          a value, list or map with operations of its own: as drawn at ValueMember, ListMember and MapMember
/// head     "order": the last order that was given; "table NAME TYPE": the n of each state field
/// </code>
/// Which field has which table is up to <see cref="StateTables"/>. A key is there as long as it has an entry in any table.
/// </content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const int Version = 2;
    private const int TimersTable = 0;
    private const string OrderName = "order";

    // Beside the bits of members: whether the timers of a key have changed, or are stored.
    private const uint TimersBit = 1u << 31;
    private readonly StateTables _tables;
    private readonly List<int> _changedKeys = [];
    private readonly Arena _keyScratch = new();
    private long[] _times = [];

    // The order of the key that was the last to wait for something.
    private long _order;

    // Without a snapshot nobody asks which keys have changed: all have, and they are not listed.
    private bool _listsChanges;
    private bool _isLoading;

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head)
    {
        head.SetMax(OrderName, _order);
        _tables.Save(head);
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        Keys.Clear();
        Due.Clear();
        Memory.Clear();
        _changedKeys.Clear();
        ForgetSpilled();
        _listsChanges = true;
        _isLoading = true;
        _order = head.Get(OrderName);
        _tables.Load(head);

        // Without a table there was none to handle, and one that is given later comes too late: a batch has run (semantics 9.9, 10.1).
        _hasInitial = true;
    }

    /// <inheritdoc/>
    internal override void ExpectEntries(long count)
    {
        // A list or a map may have many entries for one key.
        bool isSingle = true;
        for (int member = 0; member < TMembers.Members.Count; member++)
            isSingle &= Memory.Member(member) is null or { IsSingle: true };
        if (isSingle)
            Keys.Reserve((int)Math.Min(count / (TMembers.Members.Count + 1), int.MaxValue / 4));
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry)
    {
        int member = entry.Table == TimersTable ? -1 : _tables.MemberOf(entry.Table, entry.Time);
        if (entry.Table != TimersTable && member < 0)
        {
            // Of a field that the class no longer has.
            entry.Key.ReadRaw(entry.Key.Left);
            entry.Value.ReadRaw(entry.Value.Left);
            return;
        }

        _keyScratch.Reset();
        TRows.LoadKey(entry.Key, _keyScratch, out TCell cell);
        int key = Keys.FindOrAdd(cell, KeySlot<TState>.Empty, true, out bool added);
        if (added && HasSpilled)
            TakeBack(key);
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        slot.IsKept = true;
        if (member < 0)
        {
            if ((slot.Stored & TimersBit) != 0)
                throw Damaged("the timers of a key twice");
            LoadTimers(entry.Value, key);
            slot.Stored |= TimersBit;
            return;
        }

        uint bit = ProcessState.BitOf(member);
        Memory.Group = key;
        if (Memory.Member(member) is { } field)
        {
            Members.Use(member, ref slot.State);
            if (field.IsSingle && TMembers.Has(member, slot.State))
                throw Damaged($"the field '{TMembers.Members[member].Name}' of a key twice");
            field.LoadEntry(entry.Key, entry.Value);
        }
        else
        {
            if (TMembers.Has(member, slot.State))
                throw Damaged($"the field '{TMembers.Members[member].Name}' of a key twice");
            Members.Load(member, ref slot.State, entry.Value, Memory);
        }

        Memory.Group = -1;
        slot.Stored |= bit;
    }

    /// <inheritdoc/>
    internal override void LoadShardEnd()
    {
        // A key has all its entries in one shard, so nothing waits for others any more, and every key may leave.
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            foreach (int key in Memory.Member(member)?.Incomplete.ToArray() ?? [])
                ArrangeLoaded(key);
        }
    }

    /// <inheritdoc/>
    internal override void LoadEnd()
    {
        for (int key = 0; key < Keys.Top; key++)
        {
            if (IsAlive(key))
                ArrangeLoaded(key);
        }

        _isLoading = false;
        _keyScratch.Dispose();
        CountState();
    }

    /// <summary>Notes that a key waits for one more time. Keys that wait for the same time have their calls in the order in which they began to wait.</summary>
    private protected void AddTimer(long time, int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (slot.Timers.Count == 1)
            slot.Order = ++_order;
        Note(time, key);
    }

    /// <summary>Those that are due at the same time in the order in which their keys began to wait.</summary>
    private protected void SortDue(List<(long Time, int Key)> due)
    {
        if (due.Count > 1)
            due.Sort(CompareDue);
    }

    /// <summary>Notes what has changed of a key, so that the next snapshot has it.</summary>
    private protected void MarkChanged(int key, uint changes)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (slot.Changes == 0 && changes != 0 && _listsChanges)
            _changedKeys.Add(key);
        slot.Changes |= changes;
    }

    /// <summary>Puts the entries of a key in order, as many as have come.</summary>
    private void ArrangeLoaded(int key)
    {
        Memory.Group = key;
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if (Memory.Member(member) is not { } field)
                continue;
            Members.Use(member, ref Keys.Records[key].Acc.State);
            field.Arrange();
            field.NoteFirst();
        }

        Memory.Group = -1;
    }

    private int CompareDue((long Time, int Key) one, (long Time, int Key) other)
    {
        if (one.Time != other.Time)
            return one.Time.CompareTo(other.Time);
        ref GroupRecord<TCell, KeySlot<TState>> left = ref Keys.Records[one.Key];
        ref GroupRecord<TCell, KeySlot<TState>> right = ref Keys.Records[other.Key];

        // Keys that were with different workers may have the same order.
        return left.Acc.Order != right.Acc.Order ? left.Acc.Order.CompareTo(right.Acc.Order) : TRows.Hash(left.Key).CompareTo(TRows.Hash(right.Key));
    }

    private void Note(long time, int key)
    {
        Due.Push(time, key);
        Due.Live++;
    }

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        if (!_listsChanges)
        {
            _listsChanges = true;
            _changedKeys.EnsureCapacity(Keys.Top);
            for (int key = 0; key < Keys.Top; key++)
                _changedKeys.Add(key);
        }

        while (_changedKeys.Count > 0 && !slice.IsOver)
        {
            int last = _changedKeys[^1];
            _changedKeys.RemoveAt(_changedKeys.Count - 1);
            SaveKey(last, changes);
            slice.Add(1);
        }

        return _changedKeys.Count == 0;
    }

    /// <summary>Writes what has changed of a key.</summary>
    private void SaveKey(int key, StateChanges changes)
    {
        if (!IsAlive(key) || Keys.Records[key].Acc.Changes is not (var changed and not 0))
            return;
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        slot.Changes = 0;
        Memory.Group = key;
        if ((changed & TimersBit) != 0)
            SaveTimers(key, ref slot, changes);
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            uint bit = ProcessState.BitOf(member);
            if ((changed & bit) == 0)
                continue;
            if (Memory.Member(member) is { } field)
            {
                Members.Use(member, ref slot.State);
                field.SaveChanges(changes, (slot.Stored & bit) != 0);
            }
            else if (TMembers.Has(member, slot.State))
            {
                Memory.Entries.BeginPut(changes, member, key);
                changes.BeginValue();
                Members.Save(member, ref slot.State, changes.Writer, Memory);
                changes.End();
            }
            else if ((slot.Stored & bit) != 0)
            {
                Memory.Entries.Remove(changes, member, key);
            }
        }

        slot.Stored = StoredOf(slot);
        Memory.Group = -1;
    }

    /// <summary>What is stored of a key once all of it is.</summary>
    private uint StoredOf(in KeySlot<TState> slot)
    {
        uint stored = slot.Timers.Any ? TimersBit : 0;
        for (int member = 0; member < TMembers.Members.Count; member++)
            stored |= TMembers.Has(member, slot.State) ? ProcessState.BitOf(member) : 0;
        return stored;
    }

    private void SaveTimers(int key, ref KeySlot<TState> slot, StateChanges changes)
    {
        if (slot.Timers.Any)
        {
            changes.BeginPut(TimersTable, 0, TRows.Hash(Keys.Records[key].Key));
            TRows.SaveKey(Keys.Records[key].Key, changes.Writer);
            changes.BeginValue();
            SaveTimers(ref slot, changes.Writer);
            changes.End();
        }
        else if ((slot.Stored & TimersBit) != 0)
        {
            RemoveTimers(key, changes);
        }
    }

    private void RemoveTimers(int key, StateChanges changes)
    {
        changes.BeginRemove(TimersTable, 0, TRows.Hash(Keys.Records[key].Key));
        TRows.SaveKey(Keys.Records[key].Key, changes.Writer);
        changes.End();
    }

    private void SaveTimers(ref KeySlot<TState> slot, StateWriter writer)
    {
        int count = slot.Timers.Count;
        if (_times.Length < count)
            _times = new long[count * 2];
        slot.Timers.CopyTo(_times);
        writer.Write(slot.Order);
        writer.Write(count);
        foreach (long time in _times.AsSpan(0, count))
            writer.Write(time);
    }

    private void LoadTimers(StateReader reader, int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        slot.Order = reader.Read<long>();
        int count = reader.ReadCount(sizeof(long));
        long last = long.MinValue;
        for (int i = 0; i < count; i++)
        {
            long time = reader.Read<long>();
            if (time <= last || time == long.MaxValue)
                throw Damaged("timers that are not in order");
            last = time;
            slot.Timers.Add(time, Memory.Heap);
            Note(time, key);
        }
    }

    /// <summary>Removes what is stored of a key that goes. Lists and maps have done so when they became empty.</summary>
    private void RemoveStored(int key, in KeySlot<TState> slot)
    {
        if (slot.Stored == 0)
            return;
        StateChanges early = Memory.Entries.Early;
        if ((slot.Stored & TimersBit) != 0)
            RemoveTimers(key, early);
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if ((slot.Stored & ProcessState.BitOf(member)) != 0 && Memory.Member(member) is null or { IsSingle: true })
                Memory.Entries.Remove(early, member, key);
        }
    }

    private InvalidDataException Damaged(string what) => new($"State of {Memory.Processor} is damaged: it has {what}.");

    /// <summary>The keys as members write them.</summary>
    private sealed class StoredKeys(ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> owner) : EntryKeys(owner._tables)
    {
        private readonly StateChanges _unstored = new();

        // Members count what comes back from the spill area as stored; without a checkpoint nobody wants to know what becomes of it.
        public override StateChanges Early
        {
            get
            {
                _unstored.Clear();
                return owner.Early ?? _unstored;
            }
        }

        public override uint HashOf(int group) => TRows.Hash(owner.Keys.Records[group].Key);

        public override void WriteKey(int group, StateWriter writer) => TRows.SaveKey(owner.Keys.Records[group].Key, writer);
    }
}
