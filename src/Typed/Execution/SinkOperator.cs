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

    /// <summary>Where a worker puts the rows, for the thread of the query to write them; null if they are written at once.</summary>
    internal (OutputQueue Queue, int Output, SinkOperator Writing)? Worker { get; set; }

    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Out += batch.Length;
        if (Worker is var (queue, output, writing))
        {
            if (writing.Writers.Count > 0)
                queue.Put(output, batch.AddReference());
            return;
        }

        Write(batch);
    }

    internal void Write(ColumnBatch batch)
    {
        foreach (ISinkWriter writer in Writers)
            writer.Write(batch);
    }
}
