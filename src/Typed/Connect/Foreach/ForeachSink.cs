using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>Calls the program for each row when its micro-batch commits: at least once.</summary>
public static class ForeachSink
{
    /// <summary>Calls <paramref name="body"/> for each row; an exception fails the batch and ends the query.</summary>
    public static ISink<T> Run<T>(Func<T, ForeachBatchContext, ValueTask> body)
        where T : IStreamRecord<T>
    {
        if (body is null)
            throw NoWriter(nameof(Run));
        return ForeachBatch.Run<T>(async (batch, context) =>
        {
            foreach (T row in batch.Rows)
            {
                context.Token.ThrowIfCancellationRequested();
                await body(row, context);
            }
        });
    }

    /// <summary>Hands each batch to a writer: opened, given the rows, closed.</summary>
    public static ISink<T> Of<T>(ForeachWriter<T> writer)
        where T : IStreamRecord<T>
    {
        if (writer is null)
            throw NoWriter(nameof(Of));
        return ForeachBatch.Run<T>(async (batch, context) =>
        {
            Exception? failure = null;
            try
            {
                if (!await writer.OpenAsync(context))
                    return;
                foreach (T row in batch.Rows)
                    await writer.ProcessAsync(row, context.Token);
            }
            catch (Exception caught)
            {
                failure = caught;
                throw;
            }
            finally
            {
                await writer.CloseAsync(failure);
            }
        });
    }

    private static QueryStartException NoWriter(string method) =>
        new(StartRules.NoHandler, "ForeachSink." + method);
}

/// <summary>Takes the rows of one batch after the other.</summary>
/// <typeparam name="T">The record.</typeparam>
public abstract class ForeachWriter<T>
{
    /// <summary>Starts a batch.</summary>
    /// <returns>False if the batch is known already and its rows are to be left out.</returns>
    public abstract ValueTask<bool> OpenAsync(ForeachBatchContext context);

    /// <summary>Takes a row.</summary>
    public abstract ValueTask ProcessAsync(T row, CancellationToken cancellation);

    /// <summary>Ends a batch, whether it went well or not.</summary>
    /// <param name="failure">What went wrong; null if nothing did.</param>
    public abstract ValueTask CloseAsync(Exception? failure);
}
