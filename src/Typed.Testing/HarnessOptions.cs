namespace Typed.Testing;

/// <summary>How a pipeline is run in a test.</summary>
public sealed record HarnessOptions
{
    /// <summary>Where the clock stands at the start.</summary>
    public DateTimeOffset Now { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Whether the query has a checkpoint, in a folder that is removed with the harness, so that it can crash and go on. Without one a test touches no files.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>Whether rows behind the watermark are kept, to be read from <see cref="PipelineHarness.LateRows"/>.</summary>
    public bool KeepLateRows { get; init; }

    /// <summary>How many rows go through the operators at once at most; null for all that were added. No answer may depend on it.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Everything else of the query; its clock, trigger and checkpoint are the harness's.</summary>
    public QueryOptions Query { get; init; } = new();
}

/// <summary>A place in a batch at which a test lets the process die (semantics 12.3), in the order in which a batch comes to them.</summary>
public enum CrashPoint
{
    /// <summary>Nothing of the batch is written.</summary>
    BeforeOffsets,

    /// <summary>The offset log says what the batch reads; the batch will run again with the same rows, clock and watermark.</summary>
    AfterOffsets,

    /// <summary>The sources were told what they need not keep any longer.</summary>
    AfterSourceCommit,

    /// <summary>The rows have gone through the operators; what closes with the batch has not.</summary>
    MidBatch,

    /// <summary>The operators are done, no sink has committed.</summary>
    BeforeSinkCommit,

    /// <summary>The first sink has committed, the others have not. What was set aside is committed before the outputs, and these in their order.</summary>
    BetweenSinks,

    /// <summary>All sinks have committed, the commit log does not say so yet.</summary>
    AfterSinkCommit,

    /// <summary>The batch is in the commit log; its state may be in no snapshot.</summary>
    AfterCommit,

    /// <summary>All is written, a snapshot of the state too if one was due.</summary>
    AfterSnapshot,
}
