using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Benchmarks;

/// <summary>Takes rows and counts them.</summary>
internal sealed class CountingSink(RowSchema schema) : Operator("sink", schema)
{
    public long Rows { get; private set; }

    /// <summary>Whether rows are added up.</summary>
    public bool Adds { get; init; }

    /// <summary>The sum of the hashes of rows of numbers: the same in any order.</summary>
    public ulong Sum { get; private set; }

    public override void Process(ColumnBatch batch)
    {
        Rows += batch.Length;
        for (int i = 0; Adds && i < batch.Length; i++)
        {
            ulong hash = 0;
            for (int column = 0; column < batch.Schema.Fields.Count; column++)
                hash = (hash ^ (ulong)((FixedColumn<long>)batch[column])[i]) * 0x9E3779B97F4A7C15;
            Sum += hash ^ (hash >> 29);
        }
    }
}
