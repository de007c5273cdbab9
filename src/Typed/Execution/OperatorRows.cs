namespace Typed;

/// <summary>What happened to the rows of an operator: what came in went out, or the account says where it is (design §4).</summary>
/// <remarks>
/// An operator that passes rows on: in + fanned out = out + left out. One that takes them into its state: in = grouped + left out, and
/// what it held before + grouped = closed + expired + held; what comes out of it is made from the state. A join does both: its pairs are
/// fanned out, its rows go into the state.
/// </remarks>
public sealed record OperatorRows
{
    /// <summary>The operator.</summary>
    public required string Name { get; init; }

    /// <summary>The operators whose rows it reads; none if a source enters here.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Whether rows go into its state, and what comes out is made from that: groups.</summary>
    public bool Grouping { get; init; }

    /// <summary>Rows that came in.</summary>
    public long In { get; init; }

    /// <summary>Rows that went out.</summary>
    public long Out { get; init; }

    /// <summary>Rows that a predicate, a limit or a join removed.</summary>
    public long Filtered { get; init; }

    /// <summary>Rows behind the late watermark.</summary>
    public long Late { get; init; }

    /// <summary>Rows without an event time where one is needed.</summary>
    public long NullTime { get; init; }

    /// <summary>Rows whose key had been seen.</summary>
    public long Duplicates { get; init; }

    /// <summary>Rows that an expectation removed.</summary>
    public long Dropped { get; init; }

    /// <summary>Rows that an expectation sent to the quarantine.</summary>
    public long Quarantined { get; init; }

    /// <summary>Rows that a join or a list added.</summary>
    public long FannedOut { get; init; }

    /// <summary>Rows that went into the state.</summary>
    public long Grouped { get; init; }

    /// <summary>Rows that left the state with what they were kept for: the last of their groups was closed, or they were matched.</summary>
    public long Closed { get; init; }

    /// <summary>Rows that left the state of a join unmatched and gave no row.</summary>
    public long Expired { get; init; }

    /// <summary>Rows in the state at the end.</summary>
    public long Held { get; init; }

    /// <summary>Groups that were closed; a key in two windows is two groups.</summary>
    public long GroupsClosed { get; init; }

    /// <summary>Groups that are open at the end.</summary>
    public long GroupsHeld { get; init; }

    /// <summary>Rows in the state at the beginning.</summary>
    public long HeldBefore => Held + Closed + Expired - Grouped;

    /// <summary>Rows that neither went out nor into the state, for one reason or another.</summary>
    public long LeftOut => Filtered + Late + NullTime + Duplicates + Dropped + Quarantined;

    /// <summary>Rows for which there is no account: 0, or there is an error in the operator.</summary>
    public long Unaccounted => In + FannedOut - LeftOut - Grouped - (Grouping ? 0 : Out);

    /// <summary>The account of this batch and of the next one, <paramref name="other"/>.</summary>
    public OperatorRows Add(OperatorRows other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other with
        {
            In = In + other.In,
            Out = Out + other.Out,
            Filtered = Filtered + other.Filtered,
            Late = Late + other.Late,
            NullTime = NullTime + other.NullTime,
            Duplicates = Duplicates + other.Duplicates,
            Dropped = Dropped + other.Dropped,
            Quarantined = Quarantined + other.Quarantined,
            FannedOut = FannedOut + other.FannedOut,
            Grouped = Grouped + other.Grouped,
            Closed = Closed + other.Closed,
            Expired = Expired + other.Expired,
            GroupsClosed = GroupsClosed + other.GroupsClosed,
        };
    }
}
