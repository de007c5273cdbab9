namespace Typed.Conformance.Running;

/// <summary>How the cases are run: hostile settings must not change an answer.</summary>
/// <param name="BatchSize">The rows in a batch of columns at most; null for what the source gives.</param>
/// <param name="RestartEveryBatch">Whether the query is stopped and started from its checkpoint after each micro-batch with data.</param>
internal sealed record Settings(int? BatchSize, bool RestartEveryBatch);

/// <summary>Why a case failed: what was expected and what was seen.</summary>
internal sealed class MismatchException(string message) : Exception(message);
