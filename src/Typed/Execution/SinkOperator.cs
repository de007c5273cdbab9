using Typed.Columns;
using Typed.Connect;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>An end of the graph: hands the rows of an output to its sinks, or drops them while a committed batch is replayed.</summary>
internal sealed class SinkOperator(RowSchema schema) : Operator("sink", schema)
{
    /// <summary>Where the rows go; none to drop them.</summary>
    internal IReadOnlyList<ISinkWriter> Writers { get; set; } = [];

    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Out += batch.Length;
        foreach (ISinkWriter writer in Writers)
            writer.Write(batch);
    }
}
