using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation of all rows as one group: update and complete mode (semantics 3.5). Its row is written in each executed batch,
/// whether rows came or not (semantics 3.2, 3.4).
/// </summary>
/// <remarks>
/// Stored:
/// <code>
/// head:             sequence (greatest): rows that have come; held (sum): rows in the group
/// table 0 "group":  nothing → the fields of the accumulator
/// </code>
/// </remarks>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class GlobalAggregateOperator<TAcc, TOps> : AggregateOperator<NoKey, TAcc, TOps>
    where TAcc : unmanaged
    where TOps : struct, IAggregation<NoKey, TAcc>
{
    private readonly GroupTable<NoKey, TAcc, TOps> _group = new();
    private bool _isCombining;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The results.</param>
    /// <param name="mode">What is written. In append mode nothing ever is, since the group never closes (semantics 3.1).</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="aggregation">The aggregates.</param>
    public GlobalAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: false)
    {
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _isCombining = false;
        _group.BeginEpoch(Epoch);
    }

    internal override bool CombinesRows => TOps.MergesExactly;

    internal override bool IsOneGroup => true;

    /// <summary>The group of the first worker is that of the query; those of the others hold what came in this micro-batch.</summary>
    internal override void CombineRows(ColumnBatch batch)
    {
        if (!_isCombining && Worker.Number > 0)
        {
            _group.Clear();
            _isCombining = true;
        }

        Process(batch);
    }

    internal override unsafe void TakeCombined(StatefulOperator other)
    {
        GlobalAggregateOperator<TAcc, TOps> combined = (GlobalAggregateOperator<TAcc, TOps>)other;
        if (Worker.Number == 0 && combined._isCombining)
            _group.MergeGroup(ref Ops, combined._group.Records[0], ownKey: true);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        _group.Add(Ops, new RowRange(0), batch.Length);
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => SaveCounts(head);

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        if (Worker.Number > 0)
            return true;
        GroupTable<NoKey, TAcc, TOps>.ChangedSlice changed = _group.TakeChanged(slice);
        while (changed.MoveNext())
        {
            _group.BeginPut(changed.Current, 0, StateEntry.NoTime, changes);
            changes.End();
        }

        return changed.LeftNothing;
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        _group.Clear();
        LoadCounts(head);
    }

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry) => _group.AddStored(entry.Key, entry.Value);

    /// <inheritdoc/>
    internal override void LoadEnd() => State.Total = _group.Count;

    private protected override long HotBytes => _group.MemoryBytes;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _group.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        _group.AddEmptyGroup(Ops);
        if (Mode != OutputMode.Append)
            EmitAll(_group, 0, 0);
        FlushOutput();
        State.Updated = 1;
        State.Total = 1;
    }
}

/// <summary>The aggregates of the rows of one micro-batch, for metrics that are observed while rows pass (semantics 13.5).</summary>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
/// <param name="output">The results.</param>
/// <param name="aggregation">The aggregates.</param>
public sealed unsafe class BatchAggregate<TAcc, TOps>(RowSchema output, TOps aggregation) : IDisposable
    where TAcc : unmanaged
    where TOps : struct, IAggregation<NoKey, TAcc>
{
    private readonly BatchPool _pool = new(output);
    private readonly GroupTable<NoKey, TAcc, TOps> _group = new();
    private TOps _aggregation;
    private long _sequence;
    private long _turn;

    /// <summary>Starts a micro-batch; to be called before the first one, too.</summary>
    public void Clear()
    {
        _aggregation = aggregation;
        _group.Clear();
        (_sequence, _turn) = (0, -1);
    }

    /// <summary>Says of which turn the next rows are, where several workers take turns: rows are ordered by arrival over all of them.</summary>
    internal void BeginTurn(long turn)
    {
        if (turn == _turn)
            return;
        _turn = turn;
        _sequence = Math.Min(turn, int.MaxValue) << 32;
    }

    /// <summary>Adds the aggregates of other rows.</summary>
    internal void Absorb(BatchAggregate<TAcc, TOps> other)
    {
        if (other._group.Top > 0)
            _group.Merge(ref _aggregation, other._group, ownKeys: true);
    }

    /// <summary>Adds rows.</summary>
    public void Add(ColumnBatch batch)
    {
        _aggregation.Bind(batch, _sequence);
        _sequence += batch.Length;
        _group.Add(_aggregation, new RowRange(0), batch.Length);
    }

    /// <summary>One row: the aggregates of the rows since <see cref="Clear"/>, of no row if none came. The caller releases it.</summary>
    public ColumnBatch Result()
    {
        _group.AddEmptyGroup(_aggregation);
        ColumnBatch batch = _pool.Rent();
        _aggregation.BindOutput(batch, 1);
        _aggregation.Emit(_group.Records->Key, _group.Records->Acc, 0);
        _aggregation.EndOutput(1);
        batch.Length = 1;
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _group.Dispose();
        _pool.Dispose();
    }
}
