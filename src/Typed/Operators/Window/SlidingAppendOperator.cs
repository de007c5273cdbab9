using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// An aggregation by sliding windows in append mode: slices are combined when a window closes, by <see cref="SliceStacks{TKey, TAcc, TOps}"/>,
/// so that neither a row nor a window costs more where windows overlap more.
/// </summary>
/// <typeparam name="TKey">The key beside the window.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe partial class SlidingAppendOperator<TKey, TAcc, TOps> : WindowAggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SliceTables<TKey, TAcc, TOps> _slices = new();

    /// <summary>
    /// What came for slices that were combined already: rows later than the delay of the watermark, but for a window still open. They
    /// are added to each window by themselves, and to their slices when those are combined anew.
    /// </summary>
    private readonly SliceTables<TKey, TAcc, TOps> _behind = new();
    private readonly GroupTable<TKey, TAcc, TOps> _sum = new();
    private readonly SliceStacks<TKey, TAcc, TOps> _stacks;


    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The window, the keys, the results.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="window">The windows.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public SlidingAppendOperator(string name, RowSchema output, string schema, in WindowSettings window, TOps aggregation)
        : base(name, output, OutputMode.Append, schema, window, aggregation)
    {
        _stacks = new SliceStacks<TKey, TAcc, TOps>(_slices);
    }

    /// <inheritdoc/>
    internal override long? NextRelease() =>
        IsWatermarked && _slices.Count + _behind.Count > 0 ? Grid.WindowEnd(Math.Max(FirstUnclosed, Grid.FirstWindow(OldestSlice()))) : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stacks.Dispose();
        _slices.Dispose();
        _behind.Dispose();
        _sum.Dispose();
        _scratch.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _updatedAway = 0;
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (HasNewRows)
        {
            CountAdded();
            CountUpdated();
        }

        long open = FirstOpenAfter();

        // Not from the first window of the first slice: its windows that were late already never took a row (semantics 2.3.1).
        long next = FirstOpen;
        while (_slices.Count + _behind.Count > 0)
        {
            long number = Math.Max(next, Grid.FirstWindow(OldestSlice()));
            if (number >= open)
                break;
            GroupTable<TKey, TAcc, TOps> groups = Combine(Grid.FirstSlice(number), Grid.EndSlice(number));
            EmitAll(groups, Grid.WindowStart(number), Grid.WindowEnd(number));
            State.Removed += groups.Top;
            State.Total -= groups.Top;
            next = number + 1;
            _slices.RemoveFirst(_slices.Search(Grid.FirstSlice(next)));
            _behind.RemoveFirst(_behind.Search(Grid.FirstSlice(next)));
        }

        CloseAway(open);
        FlushOutput();
        Finish(open);
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = (slice < _stacks.End ? _behind : _slices).GetOrAdd(slice);
        table.BeginEpoch(Epoch);
        return table;
    }

    private long OldestSlice() =>
        Math.Min(_slices.Count > 0 ? _slices[0].Number : long.MaxValue, _behind.Count > 0 ? _behind[0].Number : long.MaxValue);

    private GroupTable<TKey, TAcc, TOps> Combine(long first, long end)
    {
        if (_behind.Count == 0)
            return _stacks.Combine(ref Ops, first, end);
        if (_stacks.TurnsAt(first))
        {
            for (int i = 0; i < _behind.Count; i++)
                _slices.GetOrAdd(_behind[i].Number).Absorb(ref Ops, _behind[i].Table);
            _behind.Clear();
            return _stacks.Combine(ref Ops, first, end);
        }

        GroupTable<TKey, TAcc, TOps> groups = _stacks.Combine(ref Ops, first, end);
        int from = _behind.Search(first);
        int to = _behind.Search(end);
        if (from == to)
            return groups;
        _sum.CopyFrom(groups);
        for (int i = from; i < to; i++)
            _sum.Merge(ref Ops, _behind[i].Table, ownKeys: false);
        return _sum;
    }

    /// <inheritdoc/>
    private protected override long HotBytes => _slices.MemoryBytes + _behind.MemoryBytes + _stacks.MemoryBytes + _sum.MemoryBytes + _scratch.CapacityBytes;
}
