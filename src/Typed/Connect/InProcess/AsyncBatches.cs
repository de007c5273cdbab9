using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Connect;

/// <summary>Batches that are at hand, for a contract that waits.</summary>
internal static class AsyncBatches
{
    internal static async IAsyncEnumerable<ColumnBatch> AsAsync(this IEnumerable<ColumnBatch> batches, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Asked before a batch is made, since nobody would release one that is not handed over.
        cancellation.ThrowIfCancellationRequested();
        foreach (ColumnBatch batch in batches)
        {
            yield return batch;
            cancellation.ThrowIfCancellationRequested();
        }

        await ValueTask.CompletedTask;
    }
}
