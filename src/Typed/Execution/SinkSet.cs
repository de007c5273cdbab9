using Typed.Connect;

namespace Typed.Execution;

/// <summary>
/// The writers of a query: those of its outputs, and those for late rows, dead letters and quarantined rows. They begin, commit and abort
/// together. A crash between two commits leaves the batch to be run again: the writers that have it leave it out, each by the batch's
/// number (semantics 12.6).
/// </summary>
internal sealed class SinkSet(IReadOnlyList<OutputSink> outputs, ISinkWriter? late, ISinkWriter? deadLetters, ISinkWriter? quarantine)
{
    internal IReadOnlyList<OutputSink> Outputs { get; } = outputs;

    internal ISinkWriter? Late { get; } = late;

    internal ISinkWriter? DeadLetters { get; } = deadLetters;

    internal ISinkWriter? Quarantine { get; } = quarantine;

    /// <summary>In the order in which they commit. The outputs are last: once they have their rows, the others have theirs.</summary>
    private readonly ISinkWriter[] _all =
    [
        .. late is null ? [] : (ISinkWriter[])[late],
        .. deadLetters is null ? [] : (ISinkWriter[])[deadLetters],
        .. quarantine is null ? [] : (ISinkWriter[])[quarantine],
        .. outputs.Select(output => output.Writer),
    ];

    /// <summary>Which sink is waited for, in words; null for none.</summary>
    internal string? Waiting => _all.Select(writer => (writer as RetryingWriter)?.Waiting).FirstOrDefault(waiting => waiting is not null);

    /// <summary>How often sinks were tried again in the present batch.</summary>
    internal long Retries => _all.Sum(RetriesOf);

    /// <summary>How often a sink was tried again in the present batch.</summary>
    internal static long RetriesOf(ISinkWriter writer) => (writer as RetryingWriter)?.Retries ?? 0;

    internal void Begin(long batchId, long? watermarkMicros)
    {
        foreach (ISinkWriter writer in _all)
            writer.Begin(batchId, watermarkMicros);
    }

    /// <summary>Commits one after the other.</summary>
    /// <param name="between">Called after each commit but the last.</param>
    /// <param name="cancellation">Ends the patience with a sink that is down, not a commit that goes on.</param>
    internal async ValueTask CommitAsync(Action between, CancellationToken cancellation)
    {
        for (int i = 0; i < _all.Length; i++)
        {
            await _all[i].CommitAsync(_all[i] is RetryingWriter ? cancellation : CancellationToken.None);
            if (i < _all.Length - 1)
                between();
        }
    }

    /// <summary>Lets all writers forget the batch.</summary>
    /// <returns>What went wrong meanwhile; the cause of the abort is something else.</returns>
    internal IReadOnlyList<Exception> Abort()
    {
        List<Exception> failures = [];
        foreach (ISinkWriter writer in _all)
        {
            try
            {
                writer.Abort();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        return failures;
    }
}

/// <summary>An open sink of an output.</summary>
/// <param name="Output">The number of the output.</param>
/// <param name="Writer">The writer.</param>
internal sealed record OutputSink(int Output, ISinkWriter Writer);
