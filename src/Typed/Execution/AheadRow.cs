using Typed.Columns;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>A row whose event time was too far ahead of the clock of its batch to move the watermark.</summary>
/// <param name="Node">The watermark it did not move.</param>
/// <param name="Source">The number of the source.</param>
/// <param name="Partition">The partition; −1 for none.</param>
/// <param name="TimeMicros">The event time.</param>
/// <param name="Row">Which of the rows it was that the batch read from the source, from 1.</param>
/// <param name="Place">The file it was read from, if the source says so.</param>
internal readonly record struct AheadRow(WatermarkOperator Node, int Source, int Partition, long TimeMicros, long Row, string? Place)
{
    /// <summary>
    /// The number, from 1, of the first row that has the time in one of its columns; 0 if it was computed from others. It happens to few
    /// rows and need not be fast; what reaches the watermark has been filtered and no longer knows its place.
    /// </summary>
    internal static int Find(ColumnBatch batch, long timeMicros)
    {
        int first = batch.Length;
        for (int i = 0; i < batch.Schema.Fields.Count; i++)
        {
            if (batch[i] is not FixedColumn<long> times)
                continue;
            for (int row = 0; row < first; row++)
            {
                if (times[row] == timeMicros && times.IsValid(row))
                    first = row;
            }
        }

        return first == batch.Length ? 0 : first + 1;
    }
}
