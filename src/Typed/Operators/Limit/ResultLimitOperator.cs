using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>The first rows of each result: a limit above an aggregation in complete mode (semantics 8.1). It keeps nothing.</summary>
/// <param name="name">The name of the operator.</param>
/// <param name="schema">The rows.</param>
/// <param name="limit">How many rows of a result pass.</param>
public sealed class ResultLimitOperator(string name, RowSchema schema, long limit) : Operator(name, schema)
{
    private long _passed;

    internal override bool NeedsAllRows => true;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _passed = 0;
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = (int)Math.Min(batch.Length, limit - _passed);
        Counts.In += batch.Length;
        Counts.Filtered += batch.Length - count;
        _passed += count;
        if (count > 0)
            Emit(FirstRows.Of(batch, count, Pool));
    }
}
