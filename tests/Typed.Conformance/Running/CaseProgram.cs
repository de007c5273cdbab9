namespace Typed.Conformance.Running;

/// <summary>A compiled case as the runner sees it: rows are arrays of .NET values in the order of the columns.</summary>
public abstract class CaseProgram
{
    /// <summary>The folder in which streams that are read from files find them.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Gives rows to a stream: what one call gives belongs to one micro-batch, also if it is no row at all.</summary>
    public abstract void Add(string source, object?[][] rows);

    /// <summary>Sets the rows of a table.</summary>
    public abstract void Set(string table, object?[][] rows);

    /// <summary>Starts the query on its sources, tables and its sink.</summary>
    public abstract Task<StreamingQuery> StartAsync(QueryOptions options);

    /// <summary>Lets the next call of a handler of custom state fail.</summary>
    public virtual void FailNextCall() => throw new InvalidOperationException("There is no handler of custom state.");

    /// <summary>Writes to a new sink from the next start on.</summary>
    public abstract void ClearSink();

    /// <summary>What was written since the sink is there.</summary>
    public abstract IReadOnlyList<WrittenBatch> Written();
}

/// <summary>What a micro-batch wrote.</summary>
/// <param name="Id">The number of the micro-batch.</param>
/// <param name="Rows">The rows.</param>
public sealed record WrittenBatch(long Id, IReadOnlyList<object?[]> Rows);
