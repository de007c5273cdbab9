namespace Typed;

/// <summary>What a query is doing.</summary>
/// <param name="Message">In words: <c>Waiting for data</c>, <c>Processing batch 7</c>, <c>Stopped</c>.</param>
/// <param name="IsActive">Whether it has not ended.</param>
/// <param name="IsTriggerActive">Whether it is planning or running a batch.</param>
public sealed record StreamingQueryStatus(string Message, bool IsActive, bool IsTriggerActive);
