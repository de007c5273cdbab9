namespace Typed;

/// <summary>
/// A query was refused before its first batch: an option, a source, a sink or a checkpoint does not fit. The message says what
/// is wrong, where and what to do.
/// </summary>
public sealed class QueryStartException : Exception
{
    /// <summary>Refuses a query.</summary>
    /// <param name="rule">The rule that is broken.</param>
    /// <param name="message">What is wrong, where and what to do.</param>
    /// <param name="inner">What caused it.</param>
    public QueryStartException(string rule, string message, Exception? inner = null)
        : base(message, inner) => Rule = rule;

    /// <summary>The rule that is broken, in words joined by hyphens: <c>conflicting-rate-limits</c>.</summary>
    public string Rule { get; }

    /// <summary>What is wrong with a file, without its path and what to do; null where the message is not about one.</summary>
    internal string? Fault { get; init; }

    /// <summary>The path of the file or folder of the <see cref="Fault"/>.</summary>
    internal string? File { get; init; }
}
