namespace Typed.Plan;

internal enum StreamJoinKind
{
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    LeftSemi,
    LeftAnti,
}

internal static class StreamJoinKinds
{
    /// <summary>Whether rows come out without a row of the left stream.</summary>
    public static bool LeftMayBeMissing(this StreamJoinKind kind) => kind is StreamJoinKind.RightOuter or StreamJoinKind.FullOuter;

    /// <summary>Whether rows come out without a row of the right stream.</summary>
    public static bool RightMayBeMissing(this StreamJoinKind kind) => kind is StreamJoinKind.LeftOuter or StreamJoinKind.FullOuter;

    /// <summary>Whether a left row without a match comes out.</summary>
    public static bool PreservesLeft(this StreamJoinKind kind) =>
        kind is StreamJoinKind.LeftOuter or StreamJoinKind.FullOuter or StreamJoinKind.LeftAnti;

    /// <summary>Whether a right row without a match comes out.</summary>
    public static bool PreservesRight(this StreamJoinKind kind) => kind is StreamJoinKind.RightOuter or StreamJoinKind.FullOuter;

    /// <summary>Whether rows of the left stream are all that comes out.</summary>
    public static bool GivesLeftOnly(this StreamJoinKind kind) => kind is StreamJoinKind.LeftSemi or StreamJoinKind.LeftAnti;
}

/// <summary>
/// A join of two streams (semantics 6). In <see cref="On"/> and the values input 0 is the left stream, input 1 the right one; in the values the
/// row of a side that may be missing is nullable.
/// </summary>
internal sealed record StreamJoinNode(int Id, RowSpec Row, NodeSpec Left, NodeSpec Right) : NodeSpec(Id, Row)
{
    /// <inheritdoc/>
    public override IReadOnlyList<NodeSpec> Inputs => [Left, Right];

    public required StreamJoinKind Kind { get; init; }

    public required ExprSpec On { get; init; }

    /// <summary>One value for each column of the row.</summary>
    public required EquatableArray<ExprSpec> Values { get; init; }
}

/// <summary>
/// A symmetric hash join of two inputs over plain columns. The output is <see cref="JoinSideSpec.Columns"/> of the left and then, unless it
/// is a semi or anti join, of the right; columns of a side that may be missing are nullable there.
/// </summary>
internal sealed record StreamJoinOp(int Number, string Name, RowSpec Output, EquatableArray<int> Inputs)
    : OperatorSpec(Number, Name, Output, Inputs)
{
    /// <inheritdoc/>
    public override string KindName => "join";

    /// <inheritdoc/>
    public override bool KeepsState => true;

    /// <inheritdoc/>
    public override bool DropsLateRows => true;

    public required StreamJoinKind Kind { get; init; }

    /// <summary>
    /// Pairs of columns that must be equal: of the left input, of the right input. At least one. All are null-safe in a full outer join, which
    /// compares keys as values (semantics 6.1.3).
    /// </summary>
    public required EquatableArray<JoinKeySpec> Keys { get; init; }

    /// <summary>Of each of <see cref="Keys"/> exactly what is compared: other values in columns of the same names would be another state.</summary>
    public required EquatableArray<string> KeyTexts { get; init; }

    /// <summary>What a pair of rows with equal keys must satisfy besides, time conditions included; input 0 left, input 1 right.</summary>
    public ExprSpec? Residual { get; init; }

    public required JoinSideSpec Left { get; init; }

    public required JoinSideSpec Right { get; init; }

    /// <summary>
    /// The key that carries a watermark on either side (semantics 6.2.1): state of both sides goes when its time, or the end of its window, is
    /// at or below the eviction watermark; −1 for none.
    /// </summary>
    public int EvictionKey { get; init; } = -1;

    /// <summary>
    /// Bounds that follow from <see cref="Residual"/>: right time − left time, µs, inclusive. They only narrow the search; null for none.
    /// </summary>
    public long? LeastDistanceMicros { get; init; }

    public long? GreatestDistanceMicros { get; init; }
}

/// <summary>One side of a join of two streams.</summary>
internal sealed record JoinSideSpec
{
    /// <summary>The column of the input that carries the watermark, a timestamp or a window: rows at or behind the late watermark are dropped (semantics 2.3.5); −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>
    /// How far the state watermark of this side lies behind the watermark of the join, ms, may be negative (semantics 6.2.2): stored rows whose time is at or below
    /// it go. Null where the condition does not bound the side.
    /// </summary>
    public long? StateDelayMillis { get; init; }

    /// <summary>
    /// A bound of the state watermark that does not move, ms since the epoch (semantics 6.2.9): the state watermark is the smallest of this and of
    /// what follows from <see cref="StateDelayMillis"/>; alone it is the state watermark. Null for none.
    /// </summary>
    public long? StateCapMillis { get; init; }

    /// <summary>
    /// A boolean column of the input that is false where the row cannot match because of a condition on this side alone (semantics 6.1.4, preserved side):
    /// such a row is emitted with nulls at once and never stored. −1 for none.
    /// </summary>
    public int CanMatchColumn { get; init; } = -1;

    /// <summary>The columns of the input that are passed on.</summary>
    public required EquatableArray<int> Columns { get; init; }
}
