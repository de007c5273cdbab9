using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>All rows of its inputs, duplicates included, as they come (semantics 8.4).</summary>
/// <param name="name">The name of the operator.</param>
/// <param name="schema">The rows, the same in both inputs but for names.</param>
public sealed class UnionOperator(string name, RowSchema schema) : Operator(name, schema)
{
    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Emit(batch.AddReference());
    }
}
