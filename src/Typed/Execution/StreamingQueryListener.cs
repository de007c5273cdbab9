namespace Typed;

/// <summary>
/// What is to be done when something happens to a query: each handler gets the events of a query in their order, from a thread of its own.
/// A handler that is slow or throws neither delays nor ends a query.
/// </summary>
public sealed class StreamingQueryListener
{
    /// <summary>A query has started.</summary>
    public Action<QueryStarted>? OnStarted { get; init; }

    /// <summary>A batch is committed.</summary>
    public Action<StreamingQueryProgress>? OnProgress { get; init; }

    /// <summary>A query had nothing to do for a while (semantics 13.6).</summary>
    public Action<QueryIdle>? OnIdle { get; init; }

    /// <summary>A query goes on, but somebody should know.</summary>
    public Action<QueryWarning>? OnWarning { get; init; }

    /// <summary>A query has ended.</summary>
    public Action<QueryTerminated>? OnTerminated { get; init; }
}

/// <summary>A query has started.</summary>
/// <param name="Id">The query; stays for the life of the checkpoint.</param>
/// <param name="RunId">The run.</param>
/// <param name="Name">The name of the query.</param>
/// <param name="Timestamp">When.</param>
public sealed record QueryStarted(Guid Id, Guid RunId, string Name, DateTimeOffset Timestamp);

/// <summary>A query had nothing to do for a while.</summary>
/// <param name="Id">The query.</param>
/// <param name="RunId">The run.</param>
/// <param name="Timestamp">When.</param>
public sealed record QueryIdle(Guid Id, Guid RunId, DateTimeOffset Timestamp);

/// <summary>A query goes on, but somebody should know.</summary>
/// <param name="Id">The query.</param>
/// <param name="RunId">The run.</param>
/// <param name="Message">What, where, and what can be done.</param>
public sealed record QueryWarning(Guid Id, Guid RunId, string Message);

/// <summary>A query has ended.</summary>
/// <param name="Id">The query.</param>
/// <param name="RunId">The run.</param>
/// <param name="Name">The name of the query.</param>
/// <param name="Exception">Why it failed; null if it was stopped or is done.</param>
public sealed record QueryTerminated(Guid Id, Guid RunId, string Name, StreamingQueryException? Exception);
