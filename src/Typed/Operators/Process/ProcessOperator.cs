using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// What both forms of custom state share: the rows of a micro-batch are kept as they came and listed by key; at its end each key gets one call
/// with all of its rows, what is due is called, and what handlers emitted goes on as columns.
/// </summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key as handlers see it.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TState">What is kept for a key.</typeparam>
/// <typeparam name="TRows">How rows and keys are read and written.</typeparam>
/// <typeparam name="TMembers">The state fields.</typeparam>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> : StatefulOperator
    where TCell : unmanaged
    where TState : unmanaged
    where TRows : struct, IProcessRows<TCell, TKey, TIn, TOut>
    where TMembers : struct, IProcessMembers<TState>
{
    private readonly List<ColumnBatch> _batches = [];
    private readonly Hand _hand;
    private readonly bool _dropsLate;
    private readonly LateRowSplit _split = new();
    private KeyChains<TCell, TKey, TState, TRows> _chains;
    private TRows[] _rows = new TRows[16];
    private int[] _ends = new int[16];
    private NativeBuffer? _next;
    private int _rowCount;
    private int _firstBatch;
    private uint _epoch;
    private bool _isRunning;

    private protected ProcessOperator(ProcessSettings settings, TMembers members, TRows rows)
        : base(settings.Name, settings.Output)
    {
        IsNamed = true;
        Settings = settings;
        Members = members;
        _chains.Rows = rows;
        _dropsLate = settings.Time == TimeMode.EventTime && settings.TimeColumn >= 0;
        Memory = new ProcessState($"{settings.Processor} '{settings.UserName}'", TMembers.Members.Count);
        Members.Open(Memory);
        _hand = new Hand(this);
        _tables = new StateTables(Memory.Processor, TMembers.Members);
        Memory.Entries = new StoredKeys(this);
        _returning = new Returning(this);
    }

    internal override bool FollowsClock => Settings.Time == TimeMode.ProcessingTime;

    internal override bool SplitsByKey => true;

    private protected ProcessSettings Settings { get; }

    private protected ProcessState Memory { get; }

    private protected GroupTable<TCell, KeySlot<TState>, KeyChains<TCell, TKey, TState, TRows>> Keys { get; private set; } = new();

    /// <summary>When keys are to be looked at: timers or time-outs.</summary>
    private protected DueHeap Due { get; } = new();

    /// <summary>The clock that timers are compared with, µs.</summary>
    private protected long Clock => Settings.Time == TimeMode.ProcessingTime ? Context.TimestampMicros : EvictionWatermark;

    /// <summary>Whether a timer or the time-out of the present key was changed in the present call.</summary>
    private protected bool TimersChanged { get; set; }

    private protected TMembers Members;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        Memory.Now = context.TimestampMicros;
        Keys.BeginEpoch(++_epoch);
        _isRunning = true;
        _rowCount = 0;
        _firstBatch = 0;
    }

    internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
    {
        TRows rows = _chains.Rows;
        rows.Bind(batch);
        KeyHashes.Of<TCell, TRows>(rows, hashes);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = batch.Length;
        Counts.In += count;
        if (count == 0)
            return;
        int inTime = _dropsLate ? _split.Split(this, batch, Settings.TimeColumn) : count;
        if (inTime > 0)
        {
            Collect(batch);
            int touched = Keys.TouchedCount;
            fixed (int* picks = _split.Rows)
            {
                if (inTime == count)
                    Keys.Add(_chains, new RowRange(0), count);
                else
                    Keys.Add(_chains, new RowPicks(picks), inTime);
            }

            if (HasSpilled)
                TakeTouched(touched);
        }

        Counts.Grouped += inTime;
        Counts.Closed += inTime;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        ReleaseRows();
        DisposeOutput();
        _next?.Release();
        _next = null;
        Keys.Dispose();
        Due.Dispose();
        Memory.Dispose();
        _keyScratch.Dispose();
        base.Dispose();
    }

    /// <summary>Calls the handlers of the batch: initial state, rows, what is due.</summary>
    private protected abstract void Handle();

    /// <inheritdoc/>
    protected override void End()
    {
        TakeDue(Clock);
        Handle();
        _isRunning = false;
        RemoveExpired();
        FlushRows();
        ReleaseRows();
        if (Due.IsWasteful)
            Due.Compact(IsDue);

        // Between batches the first entry is what the query waits for, so it is not a void one.
        while (Due.Count > 0 && !IsDue(Due.First.Time, Due.First.Group))
            Due.Pop();
        if (FollowsClock)
            FindFirstTimer();
        Keys.CompactIfWasteful();
        CountState();
    }

    private protected bool IsAlive(int key) => key < Keys.Top && Keys.Records[key].Epoch != GroupRecord<TCell, KeySlot<TState>>.Dead;

    /// <summary>Whether an entry of <see cref="Due"/> counts: the key is there and still waits for that time.</summary>
    private protected bool IsDue(long time, int key) => IsAlive(key) && Keys.Records[key].Acc.Timers.Contains(time);

    /// <summary>Starts the call of a handler: sets the state fields.</summary>
    private protected ref KeySlot<TState> Enter(int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        Memory.Group = key;
        Memory.Changes = 0;
        TimersChanged = false;
        Members.Load(ref slot.State, Memory);
        return ref slot;
    }

    /// <summary>Ends the call of a handler: keeps the state fields, and lets the key go if nothing is kept.</summary>
    private protected void Leave(int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        uint changes = Members.Store(ref slot.State, Memory) | Memory.Changes | (TimersChanged ? TimersBit : 0);
        Memory.Group = -1;
        MarkChanged(key, changes);
        if (TMembers.IsEmpty(slot.State) && !slot.Timers.Any)
        {
            if (slot.First < 0)
                Remove(key);
        }
        else
        {
            slot.IsKept = true;
            if (changes != 0 && slot.Updated != _epoch)
            {
                slot.Updated = _epoch;
                State.Updated++;
            }
        }
    }

    /// <summary>Makes the rows of a key; its list is empty afterwards.</summary>
    private protected Rows<TIn> TakeRows(ref KeySlot<TState> slot)
    {
        _hand.Take(slot.First, slot.Rows);
        slot.First = -1;
        slot.Rows = 0;
        return _hand.View;
    }

    private protected void LeaveRows() => _hand.Leave();

    /// <summary>What is in the table for the key of the present call.</summary>
    private protected ref KeySlot<TState> SlotOfCall()
    {
        if (Memory.Group < 0)
            throw new StreamingQueryException("tws-no-implicit-key", $"The context of {Memory.Processor} is used outside of a call for a key. Use it in the handlers only.");
        return ref Keys.Records[Memory.Group].Acc;
    }

    private protected TKey KeyOfCall()
    {
        SlotOfCall();
        return TRows.KeyOf(Keys.Records[Memory.Group].Key, Memory.Texts);
    }

    private protected DateTimeOffset WatermarkOfCall() => Settings.HasWatermark
        ? Instant.FromMicros(EvictionWatermark)
        : throw new StreamingQueryException(
            "current-watermark-without-watermark",
            $"{Memory.Processor} asks for the watermark, but its input has none (semantics 9.8). Declare one with WithWatermark.");

    /// <summary>Makes all state fields of the key of the present call absent.</summary>
    private protected void ClearKey()
    {
        SlotOfCall();
        Members.Clear();
    }

    /// <summary>The failure of a handler, or what the handler was told that it must not do, with the key and the row.</summary>
    private protected StreamingQueryException Failure(Exception e, int key, string where)
    {
        string row = _hand.Describe();
        string place = $"{Memory.Processor} for the key '{KeyText(key)}'{where}{(row.Length > 0 ? " at " + row : "")} in batch {Context.Id}";
        return e is StreamingQueryException { Rule: { } rule }
            ? new StreamingQueryException(rule, $"{e.Message} This was {place}.", e.InnerException)
            : new StreamingQueryException("user-function-failure", $"{place} failed: {e.GetType().Name}: {e.Message}", e);
    }

    /// <summary>A key in words.</summary>
    private protected string KeyText(int key) => TRows.KeyOf(Keys.Records[key].Key, Memory.Texts)?.ToString() ?? "null";

    private void Remove(int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (slot.IsKept)
            State.Removed++;
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if (Memory.Due(member) is null)
                continue;
            Members.Use(member, ref slot.State);
            Memory.Member(member)!.Expire(StateMember.KeyGoes);
        }

        RemoveStored(key, slot);
        Keys.Remove(key);
    }

    private void CountState() => State.Total = Keys.Count + (SpillArea?.Count ?? 0);

    /// <summary>Removes what has expired by now: only what was noted to be due is looked at.</summary>
    private void RemoveExpired()
    {
        for (int member = 0; member < TMembers.Members.Count; member++)
        {
            if (Memory.Due(member) is not { } due)
                continue;
            while (due.Count > 0 && due.FirstTime <= Memory.Now)
            {
                (long time, int key) = due.Pop();
                if (!IsAlive(key))
                    continue;
                ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
                Memory.Group = key;
                Memory.Changes = 0;
                Members.Use(member, ref slot.State);
                Memory.Member(member)!.Expire(time);
                Memory.Group = -1;
                MarkChanged(key, Memory.Changes);
                if (TMembers.IsEmpty(slot.State) && !slot.Timers.Any)
                    Remove(key);
            }

            if (due.IsWasteful && due.Count > Keys.Top)
                NoteAgain(member, due);
        }
    }

    // Keys that were removed or spilled have left void entries behind.
    private void NoteAgain(int member, DueHeap due)
    {
        due.Clear();
        for (int key = 0; key < Keys.Top; key++)
        {
            if (!IsAlive(key))
                continue;
            Memory.Group = key;
            Members.Use(member, ref Keys.Records[key].Acc.State);
            Memory.Member(member)!.NoteAgain();
        }

        Memory.Group = -1;
    }
}
