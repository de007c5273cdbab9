using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation by plain keys that forgets a group for which no row has come for some time, by the clock of the batches: a group
/// last seen in a batch of time t is gone in batches from t + ttl on, and starts from nothing if its key comes again.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe class ExpiringAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ICountedGroups<TAcc>
{
    private readonly long _ttl;
    private readonly GroupTable<TKey, TAcc, TOps> _groups = new();

    /// <summary>Each group once, by a time it was seen at; when that is due, a group seen since is put back.</summary>
    private readonly TimeHeap _due = new();

    /// <summary>Removals of groups that are stored, on their way to be stored themselves: a group that comes again is put after them.</summary>
    private readonly StateChanges _early = new();
    private NativeBuffer _lastSeen = NativeBuffer.Rent(1024);

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">Update or complete.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="ttlMicros">How long a group without rows is kept, µs.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public ExpiringAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, long ttlMicros, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ttlMicros);
        _ttl = ttlMicros;
    }

    private long* LastSeen => (long*)_lastSeen.Pointer;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _groups.BeginEpoch(Epoch);
        while (_due.Count > 0 && _due.FirstTime <= context.TimestampMicros - _ttl)
        {
            (long time, int group) = _due.Pop();
            if (LastSeen[group] > time)
            {
                _due.Push(LastSeen[group], group);
                continue;
            }

            long rows = TOps.RowsOf(_groups.Records[group].Acc);
            Counts.Closed += rows;
            Counts.Held -= rows;
            State.Removed++;
            if (_groups.IsStored(group))
                _groups.PutRemoval(group, 0, StateEntry.NoTime, _early);
            _groups.Remove(group);
        }

        _groups.CompactIfWasteful();
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        int top = _groups.Top;
        int free = _groups.FreeCount;
        _groups.Add(Ops, new RowRange(0), batch.Length);
        for (int group = top; group < _groups.Top; group++)
            _due.Push(Context.TimestampMicros, group);
        for (int i = _groups.FreeCount; i < free; i++)
            _due.Push(Context.TimestampMicros, _groups.FreeAt(i));
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => SaveCounts(head);

    /// <inheritdoc/>
    internal override void SaveChanges(StateChanges changes)
    {
        changes.Append(_early);
        _early.Clear();
        foreach (int group in _groups.TakeChanged())
        {
            _groups.BeginPut(group, 0, StateEntry.NoTime, changes);
            changes.Writer.Write(LastSeen[group]);
            changes.End();
        }
    }

    /// <inheritdoc/>
    internal override void LoadHead(StateHead head)
    {
        _groups.Clear();
        _due.Clear();
        _early.Clear();
        LoadCounts(head);
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry)
    {
        int group = _groups.AddStored(entry.Key, entry.Value);
        EnsureLastSeen();
        LastSeen[group] = entry.Value.Read<long>();
        _due.Push(LastSeen[group], group);
    }

    /// <inheritdoc/>
    internal override void LoadEnd() => Count();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _groups.Dispose();
        _due.Dispose();
        _lastSeen.Release();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        EnsureLastSeen();
        foreach (int group in _groups.Touched)
            LastSeen[group] = Context.TimestampMicros;
        if (Mode == OutputMode.Update)
            EmitTouched(_groups, 0, 0);
        else if (Mode == OutputMode.Complete)
            EmitAll(_groups, 0, 0);
        FlushOutput();
        State.Updated = _groups.TouchedCount;
        Count();
    }

    private void EnsureLastSeen()
    {
        nint bytes = (nint)_groups.Top * sizeof(long);
        if (bytes <= _lastSeen.Capacity)
            return;
        NativeBuffer larger = NativeBuffer.Rent(bytes);
        Buffer.MemoryCopy(_lastSeen.Pointer, larger.Pointer, larger.Capacity, _lastSeen.Capacity);
        _lastSeen.Release();
        _lastSeen = larger;
    }

    private void Count()
    {
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes + _due.MemoryBytes + _lastSeen.Capacity;
    }
}
