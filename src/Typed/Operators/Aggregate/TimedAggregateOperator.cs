using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation one of whose keys is a time or a window that carries the watermark: rows at or before the late watermark are
/// dropped, groups at or before the eviction watermark are emitted (append) and forgotten (semantics 2.3.2, 3.1, 3.2). A null
/// time is never late and never closes (semantics 2.3.8).
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe class TimedAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ITimedKey<TKey>, ICountedGroups<TAcc>
{
    private readonly int _timeColumn;
    private readonly GroupTable<TKey, TAcc, TOps> _groups = new();
    private readonly TimeHeap _due = new();
    private readonly LateRowSplit _split = new();

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
        : base(name, output, mode, schema, aggregation, hasWindow: false)
    {
        if (mode == OutputMode.Complete)
            throw new ArgumentException("In complete mode nothing is late and nothing closes; use KeyedAggregateOperator.", nameof(mode));
        _timeColumn = timeColumn;
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _groups.BeginEpoch(Epoch);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = batch.Length;
        Counts.In += count;
        int inTime = _split.Split(this, batch, _timeColumn);
        Bind(batch);
        fixed (int* picks = _split.Rows)
        {
            int top = _groups.Top;
            int free = _groups.FreeCount;
            if (inTime == count)
                _groups.Add(Ops, new RowRange(0), inTime);
            else
                _groups.Add(Ops, new RowPicks(picks), inTime);
            for (int group = top; group < _groups.Top; group++)
                Watch(group);
            for (int i = _groups.FreeCount; i < free; i++)
                Watch(_groups.FreeAt(i));
        }

        Counts.Grouped += inTime;
        Counts.Held += inTime;
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head)
    {
        SaveCounts(head);
        head.SetFloor(0, _floor);
    }

    /// <inheritdoc/>
    internal override void SaveChanges(StateChanges changes)
    {
        foreach (int group in _groups.TakeChanged())
        {
            _groups.BeginPut(group, 0, TOps.TryGetTime(_groups.Records[group].Key, out long time) ? time : StateEntry.NoTime, changes);
            changes.End();
        }
    }

    /// <inheritdoc/>
    internal override void LoadHead(StateHead head)
    {
        _groups.Clear();
        _due.Clear();
        LoadCounts(head);
        _floor = head.FloorOf(0);
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry) => Watch(_groups.AddStored(entry.Key, entry.Value));

    /// <inheritdoc/>
    internal override void LoadEnd()
    {
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes + _due.MemoryBytes;
    }

    /// <inheritdoc/>
    internal override long? NextRelease() => Mode == OutputMode.Append && _due.Count > 0 ? _due.FirstTime : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _groups.Dispose();
        _due.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        State.Updated = _groups.TouchedCount;
        if (Mode == OutputMode.Update)
            EmitTouched(_groups, 0, 0);
        while (_due.Count > 0 && _due.FirstTime <= EvictionWatermark)
        {
            GroupRecord<TKey, TAcc>* group = _groups.Records + _due.Pop().Group;
            if (Mode == OutputMode.Append)
                EmitGroup(group, 0, 0);
            long rows = TOps.RowsOf(group->Acc);
            Counts.Closed += rows;
            Counts.Held -= rows;
            State.Removed++;
            _groups.Remove((int)(group - _groups.Records));
        }

        // Watermarks do not go back; nor does the floor, whatever a single batch is told.
        _floor = Math.Max(_floor, EvictionWatermark == long.MaxValue ? EvictionWatermark : EvictionWatermark + 1);
        FlushOutput();
        _groups.CompactIfWasteful();
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes + _due.MemoryBytes;
    }

    private void Watch(int group)
    {
        if (TOps.TryGetTime(_groups.Records[group].Key, out long time))
            _due.Push(time, group);
    }
}
