using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>A description of where rows of any record go: opened once for each run of a query.</summary>
public interface ISink
{
    /// <summary>Opens the sink for a run.</summary>
    ISinkWriter Open(SinkContext context);
}

/// <summary>A description of where rows of one record go.</summary>
/// <typeparam name="T">The record.</typeparam>
public interface ISink<T>
    where T : IStreamRecord<T>
{
    /// <summary>Opens the sink for a run.</summary>
    ISinkWriter Open(SinkContext context);
}

/// <summary>What a sink gets to know of the query it serves.</summary>
/// <param name="QueryName">The name of the query.</param>
/// <param name="QueryId">Stays the same for the life of the checkpoint.</param>
/// <param name="Schema">The rows.</param>
/// <param name="Mode">What is written in each batch.</param>
/// <param name="Recovering">Whether the checkpoint held earlier batches when the query started.</param>
/// <param name="Time">The only clock.</param>
public sealed record SinkContext(string QueryName, Guid QueryId, RowSchema Schema, OutputMode Mode, bool Recovering, TimeProvider Time)
{
    /// <summary>The batch that an earlier run began and did not commit, which therefore comes again first; null if there is none.</summary>
    public long? RepeatedBatch { get; init; }

    /// <summary>
    /// The last of the batches over which the checkpoint was set back (<c>typed checkpoint repair</c>); null for none. Numbers up to it come again, and may come with other rows: a sink
    /// that leaves out a batch that it has makes sure first that it is the same one.
    /// </summary>
    public long? LastForgottenBatch { get; init; }

    /// <summary>The output of the pipeline that is written here: the name of its method. A batch is known by query, output and number.</summary>
    public string Output { get; init; } = "";

    /// <summary>The places that sinks of the query have to themselves.</summary>
    internal HashSet<string> Claimed { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Has a place for this sink alone, such as a folder: where two sinks of a query write, a batch of one would pass for that of the other
    /// when it comes again.
    /// </summary>
    /// <exception cref="QueryStartException">Another sink of the query has it: rule <c>sink-shared</c>.</exception>
    public void Claim(string place)
    {
        if (Claimed.Add(place))
            return;
        throw new QueryStartException("sink-shared", $"Two sinks of the query '{QueryName}' would write to {place}, the second one for '{Output}'. Give each sink a place of its own.");
    }

    /// <summary>Takes what whoever runs the query should know although it goes on.</summary>
    public Action<string> Warn { get; init; } = _ => { };
}

/// <summary>
/// An open sink. For each micro-batch: <see cref="Begin"/>, any number of <see cref="Write"/>, then either
/// <see cref="CommitAsync"/> or, after a failure, <see cref="Abort"/>. A batch may come again under its number after a restart; a sink
/// that is exactly-once leaves out one that it has committed.
/// </summary>
public interface ISinkWriter : IAsyncDisposable
{
    /// <summary>What the sink is, for progress records.</summary>
    string Description { get; }

    /// <summary>Starts a micro-batch.</summary>
    /// <param name="batchId">The number of the batch.</param>
    /// <param name="watermark">The watermark the batch started with, µs; null if none is defined.</param>
    void Begin(long batchId, long? watermark);

    /// <summary>Takes rows; keep the batch with <see cref="ColumnBatch.AddReference"/> or copy.</summary>
    void Write(ColumnBatch batch);

    /// <summary>Makes the rows of the batch visible, durably if the sink says so.</summary>
    ValueTask CommitAsync(CancellationToken cancellation);

    /// <summary>Forgets the rows of the batch.</summary>
    void Abort();
}
