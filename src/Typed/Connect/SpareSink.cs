using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>
/// A spare place for the rows of a sink that is down: when the attempts of <see cref="QueryOptions.Retry"/> are used up, the batch goes there, and so do
/// all later ones until the query is started anew. What lies there is then without a gap, in the order of the batches. It covers failures of a
/// running query: a sink that cannot be opened is refused at the start. Where the process dies between the commit of a batch there and the query's own,
/// that batch comes again, to the sink that is up by then.
/// </summary>
public static class SpareSinks
{
    /// <summary>Writes to <paramref name="spare"/> when <paramref name="sink"/> is down.</summary>
    public static ISink<T> OrWhenDown<T>(this ISink<T> sink, ISink<T> spare)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(spare);
        return new SpareSink<T>(sink.Open, spare.Open);
    }

    /// <inheritdoc cref="OrWhenDown{T}(ISink{T}, ISink{T})"/>
    public static ISink<T> OrWhenDown<T>(this ISink<T> sink, ISink spare)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(spare);
        return new SpareSink<T>(sink.Open, spare.Open);
    }

    /// <inheritdoc cref="OrWhenDown{T}(ISink{T}, ISink{T})"/>
    public static ISink<T> OrWhenDown<T>(this ISink sink, ISink<T> spare)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(spare);
        return new SpareSink<T>(sink.Open, spare.Open);
    }

    /// <inheritdoc cref="OrWhenDown{T}(ISink{T}, ISink{T})"/>
    public static ISink OrWhenDown(this ISink sink, ISink spare)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(spare);
        return new SpareSink(sink.Open, spare.Open);
    }

    private static RetryingWriter Open(SinkContext context, Func<SinkContext, ISinkWriter> sink, Func<SinkContext, ISinkWriter> spare)
    {
        ISinkWriter first = sink(context);
        try
        {
            return new RetryingWriter(first, spare(context), context);
        }
        catch
        {
            // Nothing is in it yet; that the spare one cannot be opened is what has to be said.
            first.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private sealed record SpareSink(Func<SinkContext, ISinkWriter> First, Func<SinkContext, ISinkWriter> Spare) : ISink
    {
        public ISinkWriter Open(SinkContext context) => SpareSinks.Open(context, First, Spare);
    }

    private sealed record SpareSink<T>(Func<SinkContext, ISinkWriter> First, Func<SinkContext, ISinkWriter> Spare) : ISink<T>
        where T : IStreamRecord<T>
    {
        public ISinkWriter Open(SinkContext context) => SpareSinks.Open(context, First, Spare);
    }
}
