using Typed.Execution;

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

    /// <summary>Refuses a query by a rule that the build has too.</summary>
    internal QueryStartException(StartRule rule, params object?[] about)
        : this(rule.Name, $"{rule.Id}: {rule.Text(about)}") => Id = rule.Id;

    /// <summary>The rule that is broken, in words joined by hyphens: <c>conflicting-rate-limits</c>.</summary>
    public string Rule { get; }

    /// <summary>
    /// The id by which the build refuses the same where the source shows it, as in <c>TYPED6001</c>; its page is <c>docs/diagnostics/TYPED6001.md</c>. Null where only a start can know.
    /// </summary>
    public string? Id { get; }

    /// <summary>What is wrong with a file, without its path and what to do; null where the message is not about one.</summary>
    internal string? Fault { get; init; }

    /// <summary>The path of the file or folder of the <see cref="Fault"/>.</summary>
    internal string? File { get; init; }
}
