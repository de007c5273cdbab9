namespace Typed;

/// <summary>What a query did in one micro-batch, in the shape of Spark's progress records (semantics 13).</summary>
public sealed record StreamingQueryProgress
{
    /// <summary>The query; stays for the life of the checkpoint.</summary>
    public required Guid Id { get; init; }

    /// <summary>The run; new at each start.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The name of the query.</summary>
    public required string Name { get; init; }

    /// <summary>When the trigger began.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The number of the batch; in an idle record that of the batch that would be next.</summary>
    public required long BatchId { get; init; }

    /// <summary>How long the trigger took, ms.</summary>
    public long BatchDuration { get; init; }

    /// <summary>How long each phase took, ms: <c>triggerExecution</c>, <c>latestOffset</c>, <c>walCommit</c>, <c>getBatch</c>, <c>queryPlanning</c>, <c>addBatch</c>, <c>commitOffsets</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> DurationMs { get; init; } = [];

    /// <summary>The rows read from all sources.</summary>
    public long InputRows { get; init; }

    /// <summary>Rows read for each second since the previous trigger began; null before the second trigger.</summary>
    public double? InputRowsPerSecond { get; init; }

    /// <summary>Rows read for each second that the trigger took; null if it took no time.</summary>
    public double? ProcessedRowsPerSecond { get; init; }

    /// <summary>The event times and the watermark; null if the pipeline has no watermark.</summary>
    public EventTimeProgress? EventTime { get; init; }

    /// <summary>The stateful operators, the one nearest the sink first.</summary>
    public IReadOnlyList<StateOperatorProgress> StateOperators { get; init; } = [];

    /// <summary>The sources in order.</summary>
    public IReadOnlyList<SourceProgress> Sources { get; init; } = [];

    /// <summary>The sink; of several, all together: their descriptions and the sum of their rows.</summary>
    public SinkProgress Sink => Sinks is [var only]
        ? only
        : new SinkProgress(string.Join(", ", Sinks.Select(sink => sink.Description)), Sinks.Sum(sink => sink.OutputRows));

    /// <summary>The sinks in the order in which they commit: by output, then as they were given.</summary>
    public required IReadOnlyList<SinkProgress> Sinks { get; init; }

    /// <summary>The named metrics of the batch.</summary>
    public IReadOnlyList<ObservedMetrics> Observed { get; init; } = [];

    /// <summary>What became of each expectation in the batch (semantics 18).</summary>
    public IReadOnlyList<ExpectationProgress> Expectations { get; init; } = [];

    /// <summary>The account of rows, operator by operator, inputs before readers.</summary>
    public IReadOnlyList<OperatorRows> Operators { get; init; } = [];

    /// <summary>Rows that came behind the watermark, in all operators.</summary>
    public long LateRows { get; init; }

    /// <summary>Rows whose event time was too far ahead of the clock to move the watermark (<c>maxAhead</c>).</summary>
    public long AheadRows { get; init; }

    /// <summary>How far the event time of each input had come after the batch.</summary>
    public IReadOnlyList<InputWatermark> Watermarks { get; init; } = [];

    /// <summary>How often sinks were tried again, since they failed: those of outputs, late rows, dead letters and the quarantine.</summary>
    public long SinkRetries { get; init; }

    /// <summary>Records that could not be read.</summary>
    public long MalformedRecords { get; init; }

    /// <summary>Whether the batch failed; then it is not committed and runs again at the next start.</summary>
    public bool Failed { get; init; }

    /// <summary>The record as JSON, with Spark's names.</summary>
    public string ToJson(bool indented = false) => Execution.ProgressJson.Write(this, indented);

    /// <inheritdoc/>
    public override string ToString() => ToJson();
}

/// <summary>The event times of a batch (semantics 13.3).</summary>
/// <param name="Min">The least event time; null if no row had one.</param>
/// <param name="Max">The greatest event time; null if no row had one.</param>
/// <param name="Average">The mean event time; null if no row had one.</param>
/// <param name="Watermark">The watermark with which the batch started.</param>
public sealed record EventTimeProgress(DateTimeOffset? Min, DateTimeOffset? Max, DateTimeOffset? Average, DateTimeOffset Watermark);

/// <summary>How far the event time of an input has come: of a watermark, or of a partition that feeds it.</summary>
/// <param name="Operator">The operator in the plan that follows the event time.</param>
/// <param name="Name">The parameters of the pipeline that feed it, or one of their partitions: <c>clicks</c>, <c>clicks[2]</c>.</param>
/// <param name="Watermark">The greatest event time less the delay; null if none came in this run.</param>
/// <param name="LastSeen">The clock of the last batch that brought an event time; the start of the run if none did.</param>
/// <param name="IsIdle">Whether the others do not wait for it, since it was silent for too long (<c>idleAfter</c>).</param>
public sealed record InputWatermark(string Operator, string Name, DateTimeOffset? Watermark, DateTimeOffset LastSeen, bool IsIdle);

/// <summary>A stateful operator in a batch (semantics 13.4).</summary>
public sealed record StateOperatorProgress
{
    /// <summary>The kind of operator by Spark's name.</summary>
    public required string OperatorName { get; init; }

    /// <summary>The operator in the plan.</summary>
    public required string Name { get; init; }

    /// <summary>Entries after the batch.</summary>
    public long RowsTotal { get; init; }

    /// <summary>Entries added or changed.</summary>
    public long RowsUpdated { get; init; }

    /// <summary>Entries that left.</summary>
    public long RowsRemoved { get; init; }

    /// <summary>Input rows behind the late watermark.</summary>
    public long RowsDroppedByWatermark { get; init; }

    /// <summary>Bytes of memory in use, those by which spilled entries are found included.</summary>
    public long MemoryUsedBytes { get; init; }

    /// <summary>Of <see cref="RowsTotal"/>, entries that are spilled since the memory for state is full.</summary>
    public long SpilledRows { get; init; }

    /// <summary>Bytes of disk that spilled entries use.</summary>
    public long SpilledBytes { get; init; }

    /// <summary>Bytes of the entries that were spilled in this run so far, those that came back included.</summary>
    public long SpillWrittenBytes { get; init; }

    /// <summary>Pages that were read to take entries back in this run so far.</summary>
    public long SpillPagesRead { get; init; }

    /// <summary>
    /// Rows of this batch by the shard of their key, where several workers have the keys of an operator; else empty. A shard that has much more than the others has a key
    /// that many rows have.
    /// </summary>
    public IReadOnlyList<long> ShardRows { get; init; } = [];

    /// <summary>Rows at or below it were late in this batch (semantics 2.2.1).</summary>
    public DateTimeOffset LateWatermark { get; init; }

    /// <summary>State at or below it was closed in this batch (semantics 2.2.1).</summary>
    public DateTimeOffset EvictionWatermark { get; init; }
}

/// <summary>A source in a batch (semantics 13.5).</summary>
/// <param name="Name">The parameter of the pipeline.</param>
/// <param name="Description">What the source is.</param>
/// <param name="StartOffset">Where the batch began; null for the beginning.</param>
/// <param name="EndOffset">Where the batch ended; null if nothing ever came.</param>
/// <param name="InputRows">The rows read.</param>
/// <param name="InputRowsPerSecond">Rows for each second since the previous trigger began.</param>
/// <param name="ProcessedRowsPerSecond">Rows for each second that the trigger took.</param>
public sealed record SourceProgress(
    string Name, string Description, string? StartOffset, string? EndOffset, long InputRows, double? InputRowsPerSecond, double? ProcessedRowsPerSecond);

/// <summary>The sink in a batch.</summary>
/// <param name="Description">What the sink is.</param>
/// <param name="OutputRows">The rows written.</param>
public sealed record SinkProgress(string Description, long OutputRows)
{
    /// <summary>The output of the pipeline that is written there: the name of its method.</summary>
    public string Output { get; init; } = "";

    /// <summary>The operator whose rows go there.</summary>
    public string Operator { get; init; } = "";

    /// <summary>How often it was tried again, since it failed.</summary>
    public long Retries { get; init; }
}

/// <summary>An expectation and how many rows held to it (semantics 18).</summary>
/// <param name="Name">Its name.</param>
/// <param name="OnViolation">What happens to a row that does not.</param>
/// <param name="Passed">Rows that did.</param>
/// <param name="Violated">Rows that did not; one that does not hold to several counts for each.</param>
public sealed record ExpectationProgress(string Name, OnViolation OnViolation, long Passed, long Violated)
{
    internal ExpectationProgress Add(ExpectationProgress batch) => this with { Passed = Passed + batch.Passed, Violated = Violated + batch.Violated };
}

/// <summary>Named metrics of a batch.</summary>
/// <param name="Name">The name of the observation.</param>
/// <param name="Values">The metrics.</param>
public sealed record ObservedMetrics(string Name, IReadOnlyList<KeyValuePair<string, object?>> Values);
