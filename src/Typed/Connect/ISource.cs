using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>A description of where a stream comes from: opened once for each run of a query.</summary>
/// <typeparam name="T">The record.</typeparam>
public interface ISource<T>
    where T : IStreamRecord<T>
{
    /// <summary>Opens the source for a run.</summary>
    ISourceReader Open(SourceContext context);
}

/// <summary>What a source gets to know of the query it serves.</summary>
/// <param name="Name">The name of the pipeline's parameter.</param>
/// <param name="Number">The number of the source in the plan.</param>
/// <param name="Directory">A folder in the checkpoint for the source's own records; null without a checkpoint.</param>
/// <param name="Time">The only clock.</param>
/// <param name="Malformed">Takes records that could not be read.</param>
public sealed record SourceContext(string Name, int Number, string? Directory, TimeProvider Time, IMalformedRecords Malformed)
{
    /// <summary>Takes what whoever runs the query should know although it goes on: a directory that vanished, a file that was rewritten.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Where the last batch that was planned ends in the source; null if none was, or the source had nothing.</summary>
    internal string? StandsAt { get; init; }
}

/// <summary>Takes records that could not be read: counts them and, if anybody asked, keeps them.</summary>
public interface IMalformedRecords
{
    /// <summary>Takes one.</summary>
    /// <param name="source">The path of the file or the name of the source.</param>
    /// <param name="position">The line from 1, or the offset.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="text">The raw bytes, capped by the reader.</param>
    void Take(string source, long position, string reason, ReadOnlySpan<byte> text);

    /// <summary>Counts one that the source was told to leave out without keeping it.</summary>
    void Drop();
}

/// <summary>An open source. Offsets are texts that only the source understands; they are stored in the offset log.</summary>
public interface ISourceReader : IAsyncDisposable
{
    /// <summary>What the source is, for progress records.</summary>
    string Description { get; }

    /// <summary>
    /// The names of the partitions, by the number that <see cref="ColumnBatch.Partition"/> has in the batches; empty if there are none, or if the
    /// order between them means nothing. May grow.
    /// </summary>
    IReadOnlyList<string> Partitions => [];

    /// <summary>Whether a range of offsets that was read before can be read again, also after a restart.</summary>
    bool CanReplay { get; }

    /// <summary>
    /// The end of the next batch: at or after <paramref name="start"/>, within the source's limits unless
    /// <paramref name="all"/> lifts them (semantics 16.1). Null if nothing ever came; equal to the start if nothing is new.
    /// </summary>
    /// <param name="start">Where the last batch ended; null before the first.</param>
    /// <param name="all">Take everything there is, as trigger Once does.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation);

    /// <summary>
    /// Freezes the end for trigger AvailableNow (semantics 11.5): later calls of <see cref="NextOffsetAsync"/> stop there and go on
    /// respecting the limits. Called once, before the first batch.
    /// </summary>
    ValueTask FreezeAsync(string? start, CancellationToken cancellation);

    /// <summary>Reads the rows after <paramref name="start"/> up to <paramref name="end"/>, the same ones each time, as batches that the caller releases.</summary>
    IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, CancellationToken cancellation);

    /// <summary>Says that all up to <paramref name="end"/> is durably processed and will not be read again.</summary>
    ValueTask CommitAsync(string end, CancellationToken cancellation);

    /// <summary>Whether nothing will ever come after <paramref name="start"/>, as when a channel was completed; a query whose sources have all ended completes.</summary>
    bool HasEnded(string? start) => false;

    /// <summary>
    /// Waits until there may be new data or the source has ended, at most until cancelled; a source that must be polled waits for its
    /// interval. Not called once <see cref="HasEnded"/>.
    /// </summary>
    ValueTask WaitForDataAsync(string? start, CancellationToken cancellation);
}
