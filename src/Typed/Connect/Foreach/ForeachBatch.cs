using System.Globalization;
using Typed.Columns;
using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>
/// Calls the program once for each micro-batch, empty ones included (semantics 12.12). A batch may come again after a crash, under the
/// same number and, if the source can be read again, with the same rows: whoever keeps <see cref="ForeachBatchContext.BatchKey"/>
/// with the rows can leave out the repetition (semantics 12.6).
/// </summary>
public static class ForeachBatch
{
    /// <summary>Calls <paramref name="body"/> for each micro-batch; an exception fails the batch and ends the query.</summary>
    public static ISink<T> Run<T>(Func<BatchRows<T>, ForeachBatchContext, Task> body)
        where T : IStreamRecord<T>
    {
        if (body is null)
            throw new QueryStartException(StartRules.NoHandler, "ForeachBatch.Run");
        return new Sink<T>(body);
    }

    private sealed record Sink<T>(Func<BatchRows<T>, ForeachBatchContext, Task> Body) : ISink<T>
        where T : IStreamRecord<T>
    {
        public ISinkWriter Open(SinkContext context) => new Writer<T>(Body, context);
    }

    private sealed class Writer<T>(Func<BatchRows<T>, ForeachBatchContext, Task> body, SinkContext context) : ISinkWriter
        where T : IStreamRecord<T>
    {
        private readonly BatchRows<T> _rows = new();
        private long? _begun;
        private int _attempt;
        private ForeachBatchContext _current = new(0, context.QueryId, context.QueryName, null, 1, default);

        public string Description => "foreach batch";

        public void Begin(long batchId, long? watermark)
        {
            _attempt = batchId == _begun ? _attempt + 1 : batchId == context.RepeatedBatch ? 2 : 1;
            _begun = batchId;
            _current = new ForeachBatchContext(batchId, context.QueryId, context.QueryName, watermark, _attempt, default) { Output = context.Output };
            _rows.Open();
        }

        public void Write(ColumnBatch batch) => _rows.Add(batch);

        public async ValueTask CommitAsync(CancellationToken cancellation)
        {
            try
            {
                await (body(_rows, _current with { Token = cancellation }) ?? throw new InvalidOperationException("The function of the ForeachBatch gave null in the place of a task. Return Task.CompletedTask, or make the function async."));
            }
            finally
            {
                _rows.Close();
            }
        }

        public void Abort() => _rows.Close();

        public ValueTask DisposeAsync()
        {
            _rows.Close();
            return default;
        }
    }
}

/// <summary>What the program gets to know of a micro-batch.</summary>
/// <param name="BatchId">The number of the batch.</param>
/// <param name="QueryId">Stays the same for the life of the checkpoint.</param>
/// <param name="QueryName">The name of the query.</param>
/// <param name="Watermark">The watermark the batch started with, µs since 1970 UTC; null if none is defined.</param>
/// <param name="Attempt">1, and one more each time the batch comes again: after a crash, or because writing it failed and is retried.</param>
/// <param name="Token">For calls that take one. A batch that is being written is written to its end before the query stops, so it is never cancelled.</param>
public sealed record ForeachBatchContext(
    long BatchId, Guid QueryId, string QueryName, long? Watermark, int Attempt, CancellationToken Token)
{
    /// <summary>The output of the pipeline whose rows these are: the name of its method.</summary>
    public string Output { get; init; } = "";

    /// <summary>A text that no other batch of any query has: the query, the output if it is not the only one, and the number of the batch.</summary>
    public string BatchKey => Output is "" or "Define"
        ? string.Create(CultureInfo.InvariantCulture, $"{QueryId:N}/{BatchId}")
        : string.Create(CultureInfo.InvariantCulture, $"{QueryId:N}/{Output}/{BatchId}");
}
