using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Benchmarks;

/// <summary>Takes rows and counts them.</summary>
internal sealed class CountingSink(RowSchema schema) : Operator("sink", schema)
{
    public long Rows { get; private set; }

    public override void Process(ColumnBatch batch) => Rows += batch.Length;
}
