using Typed.Columns;

namespace Typed.Execution;

/// <summary>Rows on their way to a worker.</summary>
/// <param name="Batch">The rows; a reference goes with them.</param>
/// <param name="Turn">
/// The number, in the micro-batch, of the batch of a source that they came of; <see cref="AtEnd"/> for what operators emit at its end. Rows are taken in this order, so
/// that those of one key come as the source gave them.
/// </param>
/// <param name="Source">The source; −1 at the end.</param>
/// <param name="Partition">The partition of the source; −1 for none.</param>
internal readonly record struct Packet(ColumnBatch Batch, long Turn, int Source, int Partition)
{
    /// <summary>Behind all batches of sources.</summary>
    internal const long AtEnd = long.MaxValue;

    /// <summary>How many rows came from that source before, in this micro-batch.</summary>
    internal long RowsBefore { get; init; }
}
