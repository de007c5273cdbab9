using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>Where the rows of a source enter the graph.</summary>
public sealed class SourceOperator(string name, RowSchema output) : Operator(name, output)
{
    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Emit(batch.AddReference());
    }
}
