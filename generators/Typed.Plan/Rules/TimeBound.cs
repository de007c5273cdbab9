namespace Typed.Plan;

/// <summary>
/// What one comparison of a join's condition says about time: <c>Earlier &lt; Later + Reach</c>, or <c>&lt;=</c>, of one column of each side (semantics
/// 6.2.2). It bounds how long rows of the side of <see cref="Later"/> are of use, once no earlier row of the other side can come.
/// </summary>
/// <param name="Earlier">The column on the lesser side; null where the comparison is with a constant (semantics 6.2.9).</param>
/// <param name="Later">The column on the greater side.</param>
/// <param name="ReachMicros">How far the lesser may lie above the greater, µs; may be negative.</param>
/// <param name="IsStrict">Whether it is <c>&lt;</c>.</param>
internal sealed record TimeBound(TimeTerm? Earlier, TimeTerm Later, decimal ReachMicros, bool IsStrict)
{
    /// <summary>The bounds that follow from a condition, conjunct by conjunct.</summary>
    public static IReadOnlyList<TimeBound> Of(ExprSpec condition) => [.. OfPart(condition)];

    /// <summary>
    /// How far the state watermark of a side lies behind the watermark, ms (semantics 6.2.2, 6.2.3): the smallest state watermark, so the largest
    /// distance; null if nothing bounds the side.
    /// </summary>
    /// <param name="bounds">The bounds of the condition.</param>
    /// <param name="side">The input whose rows are kept.</param>
    /// <param name="otherMarked">The columns of the other input that carry its watermark, which stands in for them.</param>
    public static long? StateDelayMillis(IEnumerable<TimeBound> bounds, int side, IReadOnlyCollection<int> otherMarked)
    {
        long? delay = null;
        foreach (TimeBound bound in bounds)
        {
            if (bound.BoundsSide(side, otherMarked))
                delay = Math.Max(delay ?? long.MinValue, bound.Millis);
        }

        return delay;
    }

    /// <summary>The state watermark that a comparison with a constant is taken for (semantics 6.2.9), ms; null for none.</summary>
    public static long? StateCapMillis(IEnumerable<TimeBound> bounds, int side)
    {
        long? cap = null;
        foreach (TimeBound bound in bounds)
        {
            if (bound.Earlier is null && bound.Later.Column.Input == side)
                cap = Math.Min(cap ?? long.MaxValue, -bound.Millis);
        }

        return cap;
    }

    /// <summary>Whether it bounds the rows of a side by the other side's watermark.</summary>
    public bool BoundsSide(int side, IReadOnlyCollection<int> otherMarked) =>
        Earlier is { } earlier && Later.Column.Input == side && earlier.Column.Input == 1 - side
        && otherMarked.Contains(earlier.Column.Ordinal)

        // A window begins before its watermark by its length, which is not known here.
        && earlier.Part != TimePart.Start;

    // Rows at W − reach cannot match any more; with <= those at W − reach still can, so 1 ms less. Fractions are rounded to keep a row longer.
    private long Millis => Whole(Math.Ceiling(ReachMicros / 1000)) + (IsStrict ? 0 : 1);

    // A quarter of what the times of rows can be, so that sums of both stay in 64 bits as µs.
    private static long Whole(decimal millis) => (long)Math.Max(long.MinValue / 4000, Math.Min(long.MaxValue / 4000, millis));

    private static IEnumerable<TimeBound> OfPart(ExprSpec part) => part switch
    {
        BinaryExpr { Operator: "&&" } both => OfPart(both.Left).Concat(OfPart(both.Right)),
        UnaryExpr { Operator: "!", Operand: BinaryExpr { Operator: "||" } neither } not => OfPart(not with { Operand = neither.Left }).Concat(OfPart(not with { Operand = neither.Right })),
        UnaryExpr { Operator: "!", Operand: UnaryExpr { Operator: "!", Operand: var twice } } => OfPart(twice),
        BinaryExpr { Operator: "==", Right: ConstantExpr { Literal: "true" } } holds => OfPart(holds.Left),
        BinaryExpr { Operator: "==", Left: ConstantExpr { Literal: "true" } } holds => OfPart(holds.Right),

        // (r.Time - l.Time).TotalMinutes is >= 0 and <= 10
        LetExpr let => OfPart(let.Inlined()),
        BinaryExpr { Operator: "<" } less => Compare(less.Left, less.Right, isStrict: true),
        BinaryExpr { Operator: "<=" } less => Compare(less.Left, less.Right, isStrict: false),
        BinaryExpr { Operator: ">" } greater => Compare(greater.Right, greater.Left, isStrict: true),
        BinaryExpr { Operator: ">=" } greater => Compare(greater.Right, greater.Left, isStrict: false),
        UnaryExpr { Operator: "!", Operand: BinaryExpr { Left.Type.Nullable: false, Right.Type.Nullable: false } compare } => compare.Operator switch
        {
            "<" => Compare(compare.Right, compare.Left, isStrict: false),
            "<=" => Compare(compare.Right, compare.Left, isStrict: true),
            ">" => Compare(compare.Left, compare.Right, isStrict: false),
            ">=" => Compare(compare.Left, compare.Right, isStrict: true),
            _ => [],
        },
        _ => [],
    };

    private static IEnumerable<TimeBound> Compare(ExprSpec lesser, ExprSpec greater, bool isStrict)
    {
        // |a − b| < c is two bounds.
        if (Absolute(lesser) is { } distance)
            return Sums(distance, greater, isStrict).Concat(Sums(distance.Negated(), greater, isStrict));
        return TimeSum.Of(lesser) is { } sum ? Sums(sum, greater, isStrict) : [];
    }

    private static TimeSum? Absolute(ExprSpec expr) => RowShape.WithoutLift(expr) switch
    {
        UnwrapExpr unwrap => Absolute(unwrap.Operand),
        ConvertExpr convert => Absolute(convert.Operand)?.ConvertedTo(convert.Type, convert.Operand.Type),
        MemberExpr { Name: "Value", Target: { Type.Nullable: true } value } => Absolute(value),
        MemberExpr { Target: CallExpr { Method: "global::System.TimeSpan.Duration" } } total =>
            TimeSum.Of(total with { Target = ((CallExpr)total.Target).Arguments[0] }),
        CallExpr { Method: "global::System.TimeSpan.Duration" or "global::System.Math.Abs", Arguments.Count: 1 } call => TimeSum.Of(call.Arguments[0]),
        _ => null,
    };

    private static IEnumerable<TimeBound> Sums(TimeSum lesser, ExprSpec greater, bool isStrict)
    {
        if (TimeSum.Of(greater) is not { } right || lesser.Minus(right) is not { } difference)
            yield break;
        decimal constant = difference.Constant(difference.Unit);
        TimeTerm[] added = [.. difference.Terms.Where(term => term.Sign > 0)];
        TimeTerm[] subtracted = [.. difference.Terms.Where(term => term.Sign < 0)];
        if (subtracted is not [var later] || added.Length > 1 || (added is [var one] && one.Column.Input == later.Column.Input))
            yield break;
        if (added is not [var earlier])
        {
            // Only a number is taken for seconds by mistake; a time that is compared with a constant is no bound either way.
            if (!later.Column.Type.Is(Schema.FieldKind.Timestamp) && later.Part == TimePart.Whole)
                yield return new TimeBound(null, later, -constant, isStrict);
            yield break;
        }

        // The end of a window is what its watermark is compared with; its Time lies 1 µs before.
        decimal parts = (earlier.Part == TimePart.Time ? 1 : 0) - (later.Part == TimePart.Time ? 1 : 0);
        yield return new TimeBound(earlier, later, -constant + parts + difference.RoundedBy, isStrict);
    }
}
