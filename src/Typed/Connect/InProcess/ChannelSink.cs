using System.Threading.Channels;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// Writes the rows of each batch to a channel when the batch commits. A full channel holds the query back. A batch that is run again
/// after a crash is written again: at least once.
/// </summary>
public static class ChannelSink
{
    /// <summary>Writes to a channel.</summary>
    /// <param name="writer">The channel.</param>
    /// <param name="complete">Whether the channel is completed when the query ends; a later run then needs another one.</param>
    public static ISink<T> Of<T>(ChannelWriter<T> writer, bool complete = false)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(writer);
        return new Sink<T>(writer, complete);
    }

    private sealed record Sink<T>(ChannelWriter<T> Channel, bool Complete) : ISink<T>
        where T : IStreamRecord<T>
    {
        public ISinkWriter Open(SinkContext context) => new ChannelSinkWriter<T>(Channel, Complete);
    }
}

/// <summary>
/// The rows of a query as an asynchronous sequence, which ends with the query. A slow reader holds the query back. At least once, as
/// <see cref="ChannelSink"/>.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
/// <param name="buffer">How many rows wait for the reader at most.</param>
public sealed class AsyncSink<T>(int buffer = 1024) : ISink<T>
    where T : IStreamRecord<T>
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(new BoundedChannelOptions(buffer) { SingleWriter = true });

    /// <summary>The rows, each handed out once.</summary>
    public IAsyncEnumerable<T> Rows => _channel.Reader.ReadAllAsync();

    /// <inheritdoc/>
    public ISinkWriter Open(SinkContext context) => new ChannelSinkWriter<T>(_channel.Writer, complete: true);
}

/// <summary>Holds the rows of a batch and hands them to a channel at the commit.</summary>
internal sealed class ChannelSinkWriter<T>(ChannelWriter<T> channel, bool complete) : ISinkWriter
    where T : IStreamRecord<T>
{
    private readonly List<T> _pending = [];

    public string Description => "channel";

    public void Begin(long batchId, long? watermark) => _pending.Clear();

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.Length; row++)
            _pending.Add(T.Read(batch, row));
    }

    public async ValueTask CommitAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (T row in _pending)
                await channel.WriteAsync(row, cancellation);
        }
        catch (ChannelClosedException closed)
        {
            throw new InvalidOperationException(
                "The channel that the query writes to was completed, so nobody would read the rows. Give each run of the query an open channel.", closed);
        }

        _pending.Clear();
    }

    public void Abort() => _pending.Clear();

    public ValueTask DisposeAsync()
    {
        if (complete)
            channel.TryComplete();
        return default;
    }
}
