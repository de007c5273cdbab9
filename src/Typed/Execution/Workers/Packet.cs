using Typed.Columns;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>Rows on their way to a worker: a batch, or some rows of one that other workers read too.</summary>
/// <param name="Batch">The rows; a reference goes with them.</param>
/// <param name="Turn">
/// The number, in the micro-batch, of the batch of a source that they came of; <see cref="AtEnd"/> for what operators emit at its end. Rows are taken in this order, so
/// that those of one key come as the source gave them.
/// </param>
/// <param name="Source">The source; −1 at the end.</param>
/// <param name="Partition">The partition of the source; −1 for none.</param>
internal readonly unsafe record struct Packet(ColumnBatch Batch, long Turn, int Source, int Partition)
{
    /// <summary>Behind all batches of sources.</summary>
    internal const long AtEnd = long.MaxValue;

    /// <summary>How many rows came from that source before, in this micro-batch.</summary>
    internal long RowsBefore { get; init; }

    /// <summary>Lists of rows, of which one is meant; a reference goes with it. Null if all rows of the batch are meant.</summary>
    internal NativeBuffer? Lists { get; init; }

    /// <summary>Where in <see cref="Lists"/> the numbers of the rows begin.</summary>
    internal int Start { get; init; }

    /// <summary>How many rows are named.</summary>
    internal int Count { get; init; }

    /// <summary>The rows that are meant, where they are some of the batch.</summary>
    internal RowPicks Picks => new((int*)Lists!.Pointer + Start);

    /// <summary>Gives the rows back.</summary>
    internal void Release()
    {
        Batch.Release();
        Lists?.Release();
    }
}
