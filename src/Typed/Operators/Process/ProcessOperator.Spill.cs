using Typed.State;

namespace Typed.Operators;

/// <content>
/// Keys that memory has no room for. A key leaves with all that it has, and comes back when it has rows, or when a timer or a lifetime of it is due; one
/// whose rows wait for their call stays. While state is loaded, keys leave with what has come of them, and come back for the rest; not those some pieces of
/// whose lists wait for others, which none does at the end of a shard.
/// <code>
/// table 0, part 0:  key | → | order | timers | for each field: whether it is there (1) | what the field writes of it |      due: the earliest timer or expiry
/// </code>
/// What has changed of a key is written for the next snapshot before it leaves, so all of it counts as stored when it comes back.
/// </content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const double FirstStepMicros = 1_000_000;
    private readonly SpillBatch _leaving = new();
    private readonly ColdGroups _cold = new();
    private readonly Returning _returning;
    private readonly StateWriter _moved = new();

    // How many keys that left have timers, and the earliest of these. It is a lower bound only, once the key that had it has come back.
    private long _spilledTimers;
    private long _firstSpilledTimer = long.MaxValue;
    private bool _isFirstKnown = true;

    // Nothing that left is due before.
    private long _spilledDue = long.MaxValue;

    private bool HasSpilled => SpillArea is { Count: > 0 };

    /// <inheritdoc/>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        long bytes = HotBytes;
        if (bytes <= keepBytes || Keys.Count == 0)
            return;

        // Tables grow by doubling, so a little less than what would fit; and not so few that all the rest is moved again and again.
        long keep = (long)(Keys.Count * 0.9 * Math.Max(0, keepBytes) / bytes);
        long leave = Math.Max(Keys.Count - keep, Keys.Count / 8);
        _cold.Begin(_epoch);
        long mayLeave = 0;
        for (int key = 0; key < Keys.Top; key++)
        {
            if (!MayLeave(key))
                continue;
            _cold.Count(EpochOf(key));
            mayLeave++;
        }

        _cold.Decide(Math.Max(0, mayLeave - leave));
        bool any = false;
        for (int key = 0; key < Keys.Top; key++)
        {
            if (!MayLeave(key) || !_cold.Takes(EpochOf(key)))
                continue;
            Leave(key, area);
            any = true;
        }

        _leaving.PutInto(area);
        if (any)
            Shrink();
        CountState();
    }

    private protected override long HotBytes => Keys.MemoryBytes + Memory.MemoryBytes + Due.MemoryBytes + (_next?.Capacity ?? 0);

    /// <summary>The first timer of any key.</summary>
    private protected long FirstTimer => Math.Min(Due.Count > 0 ? Due.FirstTime : long.MaxValue, _firstSpilledTimer);

    private bool MayLeave(int key)
    {
        if (!IsAlive(key) || Keys.Records[key].Acc is not { IsKept: true, First: < 0 })
            return false;
        for (int member = 0; _isLoading && member < TMembers.Members.Count; member++)
        {
            if (Memory.Member(member) is { } field && field.IsIncomplete(key))
                return false;
        }

        return true;
    }

    /// <summary>The last micro-batch in which the key had a call.</summary>
    private uint EpochOf(int key)
    {
        ref GroupRecord<TCell, KeySlot<TState>> record = ref Keys.Records[key];
        return Math.Max(record.Epoch, record.Acc.Updated);
    }

    private void Leave(int key, SpillArea area)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (_isLoading)
            ArrangeLoaded(key);
        if (Early is { } early)
            SaveKey(key, early);
        long due = slot.Timers.First;
        if (slot.Timers.Any)
        {
            _spilledTimers++;
            if (due <= _firstSpilledTimer)
                (_firstSpilledTimer, _isFirstKnown) = (due, true);
            Due.Live -= slot.Timers.Count;
        }

        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if (Memory.Due(member) is null)
                continue;
            StateMember field = Memory.Member(member)!;
            Members.Use(member, ref slot.State);
            if (field.NotedDue != 0)
                due = Math.Min(due, field.NotedDue);
            field.Expire(StateMember.KeyGoes);
        }

        _spilledDue = Math.Min(_spilledDue, due);
        _leaving.Begin(TimersTable, 0, TRows.Hash(Keys.Records[key].Key), due);
        TRows.SaveKey(Keys.Records[key].Key, _leaving.Writer);
        _leaving.BeginValue();
        Write(ref slot, _leaving.Writer);
        _leaving.End();
        Keys.Remove(key);
        if (_leaving.IsLarge)
            _leaving.PutInto(area);
    }

    /// <summary>Moves the keys that stay to tables of their size.</summary>
    private void Shrink()
    {
        GroupTable<TCell, KeySlot<TState>, KeyChains<TCell, TKey, TState, TRows>> old = Keys;
        using StateHeap heap = Memory.ReplaceHeap();
        Due.Dispose();
        _changedKeys.Clear();
        Keys = new();
        Keys.Reserve(old.Count);
        Keys.BeginEpoch(_epoch);
        for (int member = 0; member < TMembers.Members.Count; member++)
            Memory.Member(member)?.BeginMove();

        // Those with rows first: they have their calls in this order.
        foreach (int key in _isRunning ? old.Touched : [])
            Move(key, ref old.Records[key]);
        for (int key = 0; key < old.Top; key++)
        {
            if (old.IsThere(key) && !(_isRunning && old.Records[key].Epoch == _epoch))
                Move(key, ref old.Records[key]);
        }

        old.Dispose();
    }

    private void Move(int from, ref GroupRecord<TCell, KeySlot<TState>> record)
    {
        int key = Keys.FindOrAdd(record.Key, KeySlot<TState>.Empty, true, out _);
        uint epoch = record.Epoch;
        if (_isRunning && epoch == _epoch)
            Keys.Touch(key);
        else
            Keys.Records[key].Epoch = epoch;
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        slot = record.Acc with { Timers = KeyTimers.None, State = default };
        _moved.Clear();
        Write(ref record.Acc, _moved);
        Read(key, new StateReader(_moved.Written));
        if (slot.Changes != 0 && _listsChanges)
            _changedKeys.Add(key);
        for (int member = 0; _isLoading && member < TMembers.Members.Count; member++)
            Memory.Member(member)?.Move(from, key);
    }

    /// <summary>Writes all that a key has.</summary>
    private void Write(ref KeySlot<TState> slot, StateWriter writer)
    {
        SaveTimers(ref slot, writer);
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            bool has = TMembers.Has(member, slot.State);
            writer.Write(has ? (byte)1 : (byte)0);
            if (!has)
                continue;
            if (Memory.Member(member) is { } field)
            {
                Members.Use(member, ref slot.State);
                field.Save(writer);
            }
            else
            {
                Members.Save(member, ref slot.State, writer, Memory);
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote into a key that has nothing but perhaps rows.</summary>
    private void Read(int key, StateReader reader)
    {
        LoadTimers(reader, key);
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        Memory.Group = key;
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if (reader.Read<byte>() == 0)
                continue;
            if (Memory.Member(member) is { } field)
            {
                Members.Use(member, ref slot.State);
                field.Load(reader);
            }
            else
            {
                Members.Load(member, ref slot.State, reader, Memory);
            }
        }

        Memory.Group = -1;
    }

    /// <summary>Takes keys back that have rows now; one that is kept is not among those that left.</summary>
    /// <param name="first">From which of the touched keys on.</param>
    private void TakeTouched(int first)
    {
        foreach (int key in Keys.Touched[first..])
        {
            if (!Keys.Records[key].Acc.IsKept)
                Ask(key);
        }

        _leaving.TakeFrom(SpillArea!, _returning);
    }

    /// <summary>Takes one key back, if it left.</summary>
    private void TakeBack(int key)
    {
        Ask(key);
        _leaving.TakeFrom(SpillArea!, _returning);
    }

    private void Ask(int key)
    {
        _leaving.Begin(TimersTable, 0, TRows.Hash(Keys.Records[key].Key));
        TRows.SaveKey(Keys.Records[key].Key, _leaving.Writer);
        _leaving.End();
    }

    /// <summary>Takes keys back that have something due.</summary>
    private void TakeDue(long time)
    {
        if (time < _spilledDue || !HasSpilled)
            return;
        SpillArea!.TakeDue(TimersTable, time, _returning);
        long next = time == long.MaxValue ? time : time + 1;
        _spilledDue = HasSpilled ? next : long.MaxValue;
        if (_firstSpilledTimer < next)
            (_firstSpilledTimer, _isFirstKnown) = _spilledTimers > 0 ? (next, false) : (long.MaxValue, true);
    }

    /// <summary>
    /// Sees to it that the first timer is known, since a batch runs at its time: if it may be among keys that left, those come back that have theirs
    /// next.
    /// </summary>
    private void FindFirstTimer()
    {
        for (double step = FirstStepMicros; !_isFirstKnown && (Due.Count == 0 || _firstSpilledTimer < Due.FirstTime); step *= 2)
            TakeDue((long)Math.Min(long.MaxValue - 1024.0, _firstSpilledTimer + step));
    }

    private void ForgetSpilled()
    {
        SpillArea?.Clear();
        _leaving.Clear();
        (_spilledTimers, _firstSpilledTimer, _isFirstKnown, _spilledDue) = (0, long.MaxValue, true, long.MaxValue);
    }

    /// <summary>Takes keys that come back.</summary>
    private sealed class Returning(ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
            owner._keyScratch.Reset();
            TRows.LoadKey(key, owner._keyScratch, out TCell cell);
            int group = owner.Keys.FindOrAdd(cell, KeySlot<TState>.Empty, true, out _);
            owner.Return(group, value);
        }
    }

    private void Return(int key, StateReader value)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (slot.IsKept)
            throw new InvalidOperationException($"A key of {Memory.Processor} is in memory and was spilled.");
        slot.IsKept = true;

        // It is not the first to leave again; and its call in this batch is still to be counted.
        slot.Updated = _epoch - 1;
        Read(key, value);
        slot.Stored = StoredOf(slot);
        if (!slot.Timers.Any)
            return;
        _spilledTimers--;
        if (_spilledTimers == 0)
            (_firstSpilledTimer, _isFirstKnown) = (long.MaxValue, true);
        else if (slot.Timers.First == _firstSpilledTimer)
            _isFirstKnown = false;
    }
}
