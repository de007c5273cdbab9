using Typed.Execution;

namespace Typed;

/// <summary>The queries of this process.</summary>
public static class StreamingQueries
{
    private static readonly Lock Guard = new();
    private static readonly List<StreamingQuery> Running = [];
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal);
    private static ListenerQueue[] s_listeners = [];

    /// <summary>The queries that have started and not ended. A copy.</summary>
    public static IReadOnlyList<StreamingQuery> Active
    {
        get
        {
            lock (Guard)
                return [.. Running];
        }
    }

    /// <summary>
    /// Tells a listener of all that happens to the queries of this process from now on. While no listener takes warnings they are written to
    /// the standard error.
    /// </summary>
    /// <returns>Ends the listening when it is disposed of; what has happened before is still told.</returns>
    public static IDisposable Listen(StreamingQueryListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ListenerQueue queue = new(listener, Remove);
        lock (Guard)
            s_listeners = [.. s_listeners, queue];
        return queue;
    }

    /// <summary>
    /// Ends as soon as one of some queries has ended, without their ends being lost: if any of them has failed by then, that failure is thrown.
    /// </summary>
    /// <param name="queries">The queries; none for all that are active.</param>
    /// <exception cref="StreamingQueryException">One of them has failed.</exception>
    public static async Task AnyCompletion(params StreamingQuery[] queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        Task[] ends = [.. (queries.Length == 0 ? Active : queries).Select(query => (Task)query.Completion)];
        if (ends.Length == 0)
            return;
        await Task.WhenAny(ends);
        foreach (Task end in ends)
        {
            if (end.IsFaulted)
                await end;
        }
    }

    /// <exception cref="QueryStartException">The name is taken: rule <c>duplicate-query-name</c>.</exception>
    internal static void Reserve(string? name)
    {
        if (name is null)
            return;
        lock (Guard)
        {
            if (!Names.Add(name))
            {
                throw new QueryStartException(
                    "duplicate-query-name",
                    $"A query with the name '{name}' is active in this process. Stop it first, or give this one another name.");
            }
        }
    }

    internal static void Release(string? name)
    {
        if (name is null)
            return;
        lock (Guard)
            Names.Remove(name);
    }

    internal static void Add(StreamingQuery query)
    {
        lock (Guard)
            Running.Add(query);
    }

    internal static void Remove(StreamingQuery query)
    {
        lock (Guard)
            Running.Remove(query);
    }

    internal static void Tell(StreamingQuery query, object happened)
    {
        // A warning that nobody listens for would be a silence about rows or records: it goes to the standard error.
        if (happened is QueryWarning warning && !s_listeners.Any(one => one.HearsWarnings))
            Console.Error.WriteLine($"{query.Name}: {warning.Message}");
        foreach (ListenerQueue listener in s_listeners)
            listener.Add(query, happened);
    }

    private static void Remove(ListenerQueue queue)
    {
        lock (Guard)
            s_listeners = [.. s_listeners.Where(one => one != queue)];
    }
}
