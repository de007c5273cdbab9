namespace Typed;

/// <summary>
/// A running query has failed. <see cref="Exception.InnerException"/> is the first cause, if an exception of another kind was it. The
/// batch is not committed; the next start runs it again (semantics 12.10).
/// </summary>
public sealed class StreamingQueryException : Exception
{
    /// <summary>A failure that a source, an operator or a sink found.</summary>
    /// <param name="rule">The id of the rule that is broken, such as <c>malformed-record</c>; null if none has a name.</param>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public StreamingQueryException(string? rule, string message, Exception? innerException = null)
        : base(message, innerException) => Rule = rule;

    /// <summary>The id of the rule that is broken; null if none has a name.</summary>
    public string? Rule { get; }

    /// <summary>The query; null before it is known.</summary>
    public Guid? QueryId { get; init; }

    /// <summary>The name of the query; null before it is known.</summary>
    public string? QueryName { get; init; }

    /// <summary>The run; null before it is known.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The batch that was being run or planned; null if there was none.</summary>
    public long? BatchId { get; init; }

    /// <summary>How often a sink was tried with the batch before the query gave up; 1 if that was not the cause.</summary>
    public int Attempts { get; init; } = 1;
}
