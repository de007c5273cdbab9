using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Connect;

/// <summary>Batches that are at hand, for a contract that waits.</summary>
internal static class AsyncBatches
{
    internal static async IAsyncEnumerable<ColumnBatch> AsAsync(this IEnumerable<ColumnBatch> batches, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (ColumnBatch batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return batch;
        }

        await ValueTask.CompletedTask;
    }
}
