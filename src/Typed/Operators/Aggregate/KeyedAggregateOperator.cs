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

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        Add(new RowRange(0), batch.Length);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        EmitResults();
        FlushOutput();
        CountState();
    }
}
