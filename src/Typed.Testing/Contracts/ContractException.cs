namespace Typed.Testing;

/// <summary>A source or a sink does not do what queries rely on.</summary>
/// <param name="message">What was done, what was expected, what happened.</param>
public sealed class ContractException(string message) : Exception(message);
