using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>An aggregation by plain keys whose groups stay for ever: update and complete mode (semantics 3.2, 3.3).</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class KeyedAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly GroupTable<TKey, TAcc, TOps> _groups = new();

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">What is written. In append mode nothing ever is, since no group closes (semantics 3.1).</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public KeyedAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: false)
    {
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
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        _groups.Add(Ops, new RowRange(0), batch.Length);
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => SaveCounts(head);

    /// <inheritdoc/>
    internal override void SaveChanges(StateChanges changes)
    {
        foreach (int group in _groups.TakeChanged())
        {
            _groups.BeginPut(group, 0, StateEntry.NoTime, changes);
            changes.End();
        }
    }

    /// <inheritdoc/>
    internal override void LoadHead(StateHead head)
    {
        _groups.Clear();
        LoadCounts(head);
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry) => _groups.AddStored(entry.Key, entry.Value);

    /// <inheritdoc/>
    internal override void LoadEnd()
    {
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _groups.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Mode == OutputMode.Update)
            EmitTouched(_groups, 0, 0);
        else if (Mode == OutputMode.Complete)
            EmitAll(_groups, 0, 0);
        FlushOutput();
        State.Updated = _groups.TouchedCount;
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes;
    }
}
