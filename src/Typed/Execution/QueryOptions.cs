namespace Typed;

/// <summary>How a query runs. What a checkpoint has pinned wins over what is said here (semantics 12.7).</summary>
public sealed record QueryOptions
{
    /// <summary>A name, unique among the active queries of the process; by default the pipeline's, which need not be unique.</summary>
    public string? Name { get; init; }

    /// <summary>The folder of the checkpoint. Without one the query begins anew at each start.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>When batches run.</summary>
    public Trigger Trigger { get; init; } = Trigger.Default;

    /// <summary>Whether a batch without data runs when the watermark makes state close (semantics 2.4).</summary>
    public bool NoDataBatches { get; init; } = true;

    /// <summary>How the watermarks of several inputs become one (semantics 2.1.4). The first start pins it (2.1.8).</summary>
    public WatermarkPolicy WatermarkPolicy { get; init; } = WatermarkPolicy.Min;

    /// <summary>
    /// After how long without rows, in processing time, an input no longer holds the watermark back while others go on, such as
    /// "30 seconds"; for watermarks that say nothing themselves. Null for never: then one silent input holds all others, as in Spark.
    /// </summary>
    public string? IdleAfter { get; init; }

    /// <summary>
    /// How far ahead of the clock of its batch an event time may be and move the watermark, such as "1 hour"; for watermarks that say
    /// nothing themselves. Null for no bound: then one wrong clock makes all that comes after it late, as in Spark.
    /// </summary>
    public string? MaxAhead { get; init; }

    /// <summary>
    /// How often a sink that fails is tried with the same batch before the query fails, or turns to a spare sink; <see cref="Retry.None"/> unless it is
    /// said. While a sink is waited for, the rows of the batch stay in memory, and the others wait with it.
    /// </summary>
    public Retry Retry { get; init; } = Retry.None;

    /// <summary>
    /// How much of the state stays in memory, and where the rest goes. Null for the default: with a checkpoint, FASTER with a quarter of the memory that
    /// there is, if the project has it; else all in memory.
    /// </summary>
    public StateStore? State { get; init; }

    /// <summary>From how much state on somebody should know; null for no alert.</summary>
    public StateAlert? StateAlert { get; init; }

    /// <summary>How much time lies at least between two snapshots of state; what came since the last one is replayed after a crash.</summary>
    public string SnapshotEvery { get; init; } = "10 seconds";

    /// <summary>How many entries of the offset and commit logs are kept at least (semantics 12.9).</summary>
    public int Retain { get; init; } = 100;

    /// <summary>How often an idle query says that it is alive (semantics 13.6).</summary>
    public string IdleProgressEvery { get; init; } = "10 seconds";

    /// <summary>
    /// How many threads run the operators, each on the rows of its own keys; at most as many as there are processors. The results are those of one worker,
    /// but for the order of rows of different keys, and the checkpoint is the same, so another number may be given at each start.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>The only clock of the query, its sources and its sinks.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The rows that are pushed to the operators at once, at most; null for what the source gives. For tests.</summary>
    internal int? BatchSize { get; init; }

    /// <summary>Whether there may be more workers than processors. For tests.</summary>
    internal bool UncappedWorkers { get; init; }

    /// <summary>Whether triggers run only when a test asks for them.</summary>
    internal bool Stepped { get; init; }

    /// <summary>Of how many files a version of state is at most, before they are put together; null for what is sensible. For tests.</summary>
    internal int? CompactionFiles { get; init; }

    /// <summary>Whether versions of state are put together before the next one is written, and not beside. For tests that look at what is left, however fast the machine is.</summary>
    internal bool CompactsInTurn { get; init; }

    /// <summary>Where a test lets the query fail.</summary>
    internal Execution.IFaultPoints? Faults { get; init; }
}

/// <summary>How the watermarks of several inputs become one (semantics 2.1.4).</summary>
public enum WatermarkPolicy
{
    /// <summary>The slowest input governs; nothing is dropped that any input may still bring.</summary>
    Min,

    /// <summary>The fastest input governs; the slower ones lose rows.</summary>
    Max,
}
