using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>
/// An asynchronous sequence as a stream. It is enumerated anew by each run, a bounded number of rows ahead of the query; its end
/// ends the query, and trigger AvailableNow reads up to the end. Rows cannot be read again after a restart: at most once.
/// </summary>
public static class AsyncSource
{
    /// <summary>Reads an asynchronous sequence.</summary>
    public static ISource<T> Of<T>(IAsyncEnumerable<T> rows, BufferedSourceOptions? options = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new Source<T>(rows, options ?? new());
    }

    /// <inheritdoc cref="Of{T}(IAsyncEnumerable{T}, BufferedSourceOptions?)"/>
    public static ISource<T> AsSource<T>(this IAsyncEnumerable<T> rows, BufferedSourceOptions? options = null)
        where T : IStreamRecord<T> => Of(rows, options);

    private sealed record Source<T>(IAsyncEnumerable<T> Rows, BufferedSourceOptions Options) : ISource<T>
        where T : IStreamRecord<T>
    {
        public ISourceReader Open(SourceContext context) =>
            RowPump.Open<T>($"sequence '{context.Name}'", Options, availableMeansAll: true, async (writer, cancellation) =>
            {
                await foreach (T row in Rows.WithCancellation(cancellation))
                    await writer.WriteAsync(row, cancellation);
            });
    }
}
