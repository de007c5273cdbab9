using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>An aggregation by plain keys whose groups stay for ever: update and complete mode (semantics 3.2, 3.3).</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class KeyedAggregateOperator<TKey, TAcc, TOps> : GroupedOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    /// <summary>What came of rows whose keys may belong to other workers, in this micro-batch.</summary>
    private GroupTable<TKey, TAcc, TOps>? _combined;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">What is written. In append mode nothing ever is, since no group closes (semantics 3.1).</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public KeyedAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation)
        : base(name, output, mode, schema, aggregation)
    {
    }

    internal override bool CombinesRows => TOps.MergesExactly;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _combined?.Clear();
        _combined?.BeginEpoch(Epoch);
    }

    internal override bool TakesPicks => true;

    internal override void CombineRows(ColumnBatch batch) => Combine(batch, new RowRange(0), batch.Length);

    internal override void CombinePicks(ColumnBatch batch, RowPicks rows, int count) => Combine(batch, rows, count);

    internal override unsafe void TakeCombined(StatefulOperator other)
    {
        if (((KeyedAggregateOperator<TKey, TAcc, TOps>)other)._combined is not { } combined)
            return;
        for (int group = 0; group < combined.Top; group++)
        {
            if (Owns(combined.Records[group].Key))
                Merge(combined.Records[group]);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _combined?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Count(batch, batch.Length);
        Add(new RowRange(0), batch.Length);
    }

    private protected override void ProcessPicks(ColumnBatch batch, RowPicks rows, int count)
    {
        Count(batch, count);
        Add(rows, count);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        EmitResults();
        FlushOutput();
        CountState();
    }

    private void Combine<TRows>(ColumnBatch batch, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        Count(batch, count);
        if (_combined is null)
        {
            _combined = new();
            _combined.BeginEpoch(Epoch);
        }

        _combined.AddRuns(Ops, rows, count);
    }

    private void Count(ColumnBatch batch, int rows)
    {
        Counts.In += rows;
        Counts.Grouped += rows;
        Counts.Held += rows;
        Bind(batch);
    }
}
