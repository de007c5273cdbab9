namespace Typed;

/// <summary>What a run of a query did so far, in all batches that it committed.</summary>
public sealed record QueryTotals
{
    /// <summary>Batches committed, those without data included.</summary>
    public long Batches { get; init; }

    /// <summary>Batches that had rows.</summary>
    public long BatchesWithData { get; init; }

    /// <summary>Rows read.</summary>
    public long InputRows { get; init; }

    /// <summary>Rows written to the sink.</summary>
    public long OutputRows { get; init; }

    /// <summary>Rows behind the watermark.</summary>
    public long LateRows { get; init; }

    /// <summary>Rows whose key had been seen, in all operators.</summary>
    public long DuplicateRows => Operators.Sum(one => one.Duplicates);

    /// <summary>Rows that expectations removed.</summary>
    public long DroppedRows => Operators.Sum(one => one.Dropped);

    /// <summary>Rows that expectations sent to the quarantine.</summary>
    public long QuarantinedRows => Operators.Sum(one => one.Quarantined);

    /// <summary>Rows that left the state of joins unmatched and gave no row.</summary>
    public long ExpiredRows => Operators.Sum(one => one.Expired);

    /// <summary>Rows in the state of all operators.</summary>
    public long HeldRows => Operators.Sum(one => one.Held);

    /// <summary>Rows whose event time was too far ahead of the clock to move the watermark.</summary>
    public long AheadRows { get; init; }

    /// <summary>How often sinks were tried again.</summary>
    public long SinkRetries { get; init; }

    /// <summary>Records that could not be read.</summary>
    public long MalformedRecords { get; init; }

    /// <summary>The watermark that the next batch would start with; null if the pipeline has none.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>Entries in the state of all operators.</summary>
    public long StateRows { get; init; }

    /// <summary>What became of each expectation over the run.</summary>
    public IReadOnlyList<ExpectationProgress> Expectations { get; init; } = [];

    /// <summary>The account of each operator over the run, inputs before readers.</summary>
    public IReadOnlyList<OperatorRows> Operators { get; init; } = [];

    internal QueryTotals Add(StreamingQueryProgress progress, DateTimeOffset? watermark) => this with
    {
        Batches = Batches + 1,
        BatchesWithData = BatchesWithData + (progress.InputRows > 0 ? 1 : 0),
        InputRows = InputRows + progress.InputRows,
        OutputRows = OutputRows + progress.Sink.OutputRows,
        LateRows = LateRows + progress.LateRows,
        AheadRows = AheadRows + progress.AheadRows,
        SinkRetries = SinkRetries + progress.SinkRetries,
        MalformedRecords = MalformedRecords + progress.MalformedRecords,
        Watermark = watermark,
        StateRows = progress.StateOperators.Sum(one => one.RowsTotal),
        Expectations = Expectations.Count == 0
            ? progress.Expectations
            : [.. Expectations.Zip(progress.Expectations, (total, batch) => total.Add(batch))],
        Operators = Operators.Count == 0
            ? progress.Operators
            : [.. Operators.Zip(progress.Operators, (total, batch) => total.Add(batch))],
    };
}
