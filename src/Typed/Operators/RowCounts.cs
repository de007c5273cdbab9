namespace Typed.Operators;

/// <summary>
/// The account of an operator for one micro-batch (design §4): what came in went out, was filtered, late, a duplicate, …,
/// or is held in state.
/// </summary>
public sealed class RowCounts
{
    /// <summary>Rows that came in.</summary>
    public long In { get; set; }

    /// <summary>Rows that went out.</summary>
    public long Out { get; set; }

    /// <summary>Rows that a predicate, a limit or an inner join removed.</summary>
    public long Filtered { get; set; }

    /// <summary>Rows behind the late watermark.</summary>
    public long Late { get; set; }

    /// <summary>Rows without an event time where one is needed (semantics 1.5).</summary>
    public long NullTime { get; set; }

    /// <summary>Rows whose key had been seen (semantics 5.1).</summary>
    public long Duplicates { get; set; }

    /// <summary>Rows that an expectation removed (semantics 18.1).</summary>
    public long Dropped { get; set; }

    /// <summary>Rows that an expectation sent to the quarantine.</summary>
    public long Quarantined { get; set; }

    /// <summary>Rows that left the state of a join unmatched and gave no row.</summary>
    public long Expired { get; set; }

    /// <summary>Rows that a join or a list multiplied: out minus in where that is above zero.</summary>
    public long FannedOut { get; set; }

    /// <summary>Rows that went into groups.</summary>
    public long Grouped { get; set; }

    /// <summary>Rows that left the state in this batch because their group was closed: a row of several windows when the last of them is.</summary>
    public long Closed { get; set; }

    /// <summary>Rows in open groups after the batch; a total, not a count of the batch. Before + grouped = closed + held.</summary>
    public long Held { get; set; }

    /// <summary>Starts a new batch; what is held stays.</summary>
    public void Clear() =>
        (In, Out, Filtered, Late, NullTime, Duplicates, Dropped, Quarantined, Expired, FannedOut, Grouped, Closed) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
