using Typed.Columns;
using Typed.Connect;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>The end of the graph: hands rows to the sink, or drops them while a committed batch is replayed.</summary>
internal sealed class SinkOperator(RowSchema schema) : Operator("sink", schema)
{
    /// <summary>Where the rows go; null to drop them.</summary>
    internal ISinkWriter? Writer { get; set; }

    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Out += batch.Length;
        Writer?.Write(batch);
    }
}
