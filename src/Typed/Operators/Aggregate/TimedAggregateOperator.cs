using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation one of whose keys is a time or a window that carries the watermark: rows at or before the late watermark are
/// dropped, groups at or before the eviction watermark are emitted (append) and forgotten (semantics 2.3.2, 3.1, 3.2). A null
/// time is never late and never closes (semantics 2.3.8).
/// </summary>
/// <remarks>
/// The time of a stored entry is that of its group; groups are closed by the floor of the table, without a record for each. A spilled group is due at its
/// time; it is closed where it is read, so that closing needs no memory.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe class TimedAggregateOperator<TKey, TAcc, TOps> : GroupedOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ITimedKey<TKey>, ICountedGroups<TAcc>
{
    private readonly int _timeColumn;
    private readonly TimeHeap _due = new();
    private readonly LateRowSplit _split = new();
    private readonly Closing _closing;

    /// <summary>The least time that a group may have: those before are closed, so that what is stored of them is gone without a word about each.</summary>
    private long _floor = long.MinValue;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">Append or update; in complete mode the time is a plain key.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="timeColumn">The column of the time or window in the input.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public TimedAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, int timeColumn, TOps aggregation)
        : base(name, output, mode, schema, aggregation)
    {
        if (mode == OutputMode.Complete)
            throw new ArgumentException("In complete mode nothing is late and nothing closes; use KeyedAggregateOperator.", nameof(mode));
        _timeColumn = timeColumn;
        _closing = new Closing(this);
    }

    /// <inheritdoc/>
    private protected override long HotBytes => base.HotBytes + _due.MemoryBytes;

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = batch.Length;
        Counts.In += count;
        int inTime = _split.Split(this, batch, _timeColumn);
        Bind(batch);
        fixed (int* picks = _split.Rows)
        {
            int top = Groups.Top;
            int free = Groups.FreeCount;
            if (inTime == count)
                Add(new RowRange(0), inTime);
            else
                Add(new RowPicks(picks), inTime);
            for (int group = top; group < Groups.Top; group++)
                Watch(group);
            for (int i = Groups.FreeCount; i < free; i++)
                Watch(Groups.FreeAt(i));
        }

        Counts.Grouped += inTime;
        Counts.Held += inTime;
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head)
    {
        base.SaveHead(head);
        head.SetFloor(Table, _floor);
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        base.BeginLoad(head);
        _due.Clear();
        _floor = head.FloorOf(Table);
    }

    /// <inheritdoc/>
    internal override long? NextRelease()
    {
        if (Mode != OutputMode.Append)
            return null;
        Earliest earliest = new();
        if (_due.Count > 0)
            earliest.Time = _due.FirstTime;
        if (SpillArea is { Count: > 0 } area)
            area.Visit(Table, 0, earliest);
        return earliest.Time;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Mode == OutputMode.Append)
            CountUpdated();
        else
            EmitResults();
        while (_due.Count > 0 && _due.FirstTime <= EvictionWatermark)
        {
            int group = _due.Pop().Group;
            GroupRecord<TKey, TAcc>* record = Groups.Records + group;
            Close(record->Key, record->Acc);
            Groups.Remove(group);
        }

        if (SpillArea is { Count: > 0 } area)
            area.TakeDue(Table, EvictionWatermark, _closing);

        // Watermarks do not go back; nor does the floor.
        _floor = Math.Max(_floor, EvictionWatermark == long.MaxValue ? EvictionWatermark : EvictionWatermark + 1);
        FlushOutput();
        Groups.CompactIfWasteful();
        CountState();
    }

    internal override StateLayout Layout => StateLayout.Of("groups", StateTimeKind.Instant, TOps.KeyLayout, TOps.AccLayout);

    private protected override long TimeOf(int group) => TOps.TryGetTime(Groups.Records[group].Key, out long time) ? time : StateEntry.NoTime;

    private protected override long DueOf(int group) => TOps.TryGetTime(Groups.Records[group].Key, out long time) ? time : SpillArea.NeverDue;

    private protected override long DueOfTouched(in TKey key) => TOps.TryGetTime(key, out long time) ? time : SpillArea.NeverDue;

    private protected override void LoadMore(int group, StateReader reader) => Watch(group);

    // Numbers have changed: what is watched is listed anew.
    private protected override void Compact()
    {
        base.Compact();
        _due.Dispose();
        for (int group = 0; group < Groups.Top; group++)
            Watch(group);
    }

    private void Watch(int group)
    {
        if (TOps.TryGetTime(Groups.Records[group].Key, out long time))
            _due.Push(time, group);
    }

    // Key and accumulator lie in native memory.
    private void Close(in TKey key, in TAcc acc)
    {
        if (Mode == OutputMode.Append)
            EmitRow(key, acc, 0, 0);
        long rows = TOps.RowsOf(acc);
        Counts.Closed += rows;
        Counts.Held -= rows;
        State.Removed++;
    }

    /// <summary>Closes groups that were spilled.</summary>
    private sealed class Closing(TimedAggregateOperator<TKey, TAcc, TOps> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
            owner.Groups.Read(key, value, out TKey spilled, out TAcc acc);
            if (TOps.TryGetTime(spilled, out long time) && time <= owner.EvictionWatermark)
            {
                owner.Close(spilled, acc);
                return;
            }

            key.Rewind();
            value.Rewind();
            owner.Watch(owner.TakeBack(key, value));
        }
    }

    /// <summary>Finds the earliest time of groups that were spilled.</summary>
    private sealed class Earliest : ISpillTarget
    {
        private readonly Arena _scratch = new();

        public long? Time { get; set; }

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            TOps.LoadKey(key, _scratch, out TKey spilled);
            if (TOps.TryGetTime(spilled, out long time) && !(Time <= time))
                Time = time;
            _scratch.Reset();
        }
    }
}
