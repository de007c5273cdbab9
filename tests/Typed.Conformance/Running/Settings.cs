namespace Typed.Conformance.Running;

/// <summary>How the cases are run: hostile settings must not change an answer.</summary>
/// <param name="BatchSize">The rows in a batch of columns at most; null for what the source gives.</param>
/// <param name="RestartEveryBatch">Whether the query is stopped and started from its checkpoint after each micro-batch with data.</param>
internal sealed record Settings(int? BatchSize, bool RestartEveryBatch)
{
    /// <summary>How many workers run a query: the first number at its first start, the next one at its next, and so on in turns.</summary>
    public IReadOnlyList<int> Workers { get; init; } = [1];

    /// <summary>Where state goes, whose memory is none: all of it is spilled after each push of rows; null where all stays in memory.</summary>
    public StateStore? State { get; init; }
}

/// <summary>Why a case failed: what was expected and what was seen.</summary>
internal sealed class MismatchException(string message) : Exception(message);
