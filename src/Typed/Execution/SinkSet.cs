using Typed.Connect;

namespace Typed.Execution;

/// <summary>The writers of a query: the sink, the one for late rows and the one for dead letters. They begin, commit and abort together.</summary>
internal sealed class SinkSet(ISinkWriter main, ISinkWriter? late, ISinkWriter? deadLetters)
{
    internal ISinkWriter Main { get; } = main;

    internal ISinkWriter? Late { get; } = late;

    internal ISinkWriter? DeadLetters { get; } = deadLetters;

    internal void Begin(long batchId, long? watermarkMicros)
    {
        Late?.Begin(batchId, watermarkMicros);
        DeadLetters?.Begin(batchId, watermarkMicros);
        Main.Begin(batchId, watermarkMicros);
    }

    /// <summary>Commits. The main sink is last: once it has its rows, the others have theirs.</summary>
    internal async ValueTask CommitAsync()
    {
        if (Late is not null)
            await Late.CommitAsync(CancellationToken.None);
        if (DeadLetters is not null)
            await DeadLetters.CommitAsync(CancellationToken.None);
        await Main.CommitAsync(CancellationToken.None);
    }

    /// <summary>Lets all writers forget the batch.</summary>
    /// <returns>What went wrong meanwhile; the cause of the abort is something else.</returns>
    internal IReadOnlyList<Exception> Abort()
    {
        List<Exception> failures = [];
        foreach (ISinkWriter? writer in (ISinkWriter?[])[Main, Late, DeadLetters])
        {
            try
            {
                writer?.Abort();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        return failures;
    }
}
