using System.Threading.Channels;
using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// A channel as a stream. A bounded channel slows its writer while the query is busy, so memory stays flat; a completed one ends
/// the query. Rows cannot be read again after a restart: at most once.
/// </summary>
public static class ChannelSource
{
    /// <summary>Reads a channel; nobody else may read it meanwhile.</summary>
    public static ISource<T> Of<T>(ChannelReader<T> reader, BufferedSourceOptions? options = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new Source<T>(reader, options ?? new());
    }

    /// <inheritdoc cref="Of{T}(ChannelReader{T}, BufferedSourceOptions?)"/>
    public static ISource<T> AsSource<T>(this ChannelReader<T> reader, BufferedSourceOptions? options = null)
        where T : IStreamRecord<T> => Of(reader, options);

    private sealed record Source<T>(ChannelReader<T> Channel, BufferedSourceOptions Options) : ISource<T>
        where T : IStreamRecord<T>
    {
        public ISourceReader Open(SourceContext context) =>
            new HeldRows<T>($"channel '{context.Name}'", Channel, Options, availableMeansAll: false, close: null);
    }
}
