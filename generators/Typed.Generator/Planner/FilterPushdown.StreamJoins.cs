using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <content>
/// Through joins of two streams (semantics 6.1.4, 2.1.12): what a filter above says of the kind of join, what of ON and of the filters
/// concerns one side alone, and the null tests that follow from ON.
/// </content>
internal sealed partial class FilterPushdown
{
    private NodeSpec ThroughStreamJoin(StreamJoinNode join, IReadOnlyList<Filter> filters)
    {
        Filter[] over = [.. filters.Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, join.Values) })];
        join = join with { Kind = Narrowed(join.Kind, over) };
        Filter[] lowered = [.. over.Select(filter => filter with { Predicate = WithPresentRows(filter.Predicate, join.Kind) })];

        bool leftTakes = !join.Kind.LeftMayBeMissing();
        bool rightTakes = join.Kind is StreamJoinKind.Inner or StreamJoinKind.RightOuter;
        bool inner = join.Kind == StreamJoinKind.Inner;
        bool[] moves = Movable(lowered, filter => Predicates.IsDeterministic(filter.Predicate) && !filter.Predicate.Nodes().Any(part => part is RowExpr)
            && (IsOf(filter.Predicate, 0) ? leftTakes : IsOf(filter.Predicate, 1) ? rightTakes : inner && filter.Predicate.Columns(0).Any() && !filter.IsHint));
        List<Filter>[] below = [[], []];
        List<ExprSpec> on = [];
        foreach (Filter filter in Where(lowered, moves, true))
        {
            // What looks at both rows of an inner join is a part of its condition. What the operator above would not take, the join need not keep.
            if (IsOf(filter.Predicate, 0) || IsOf(filter.Predicate, 1))
                below[IsOf(filter.Predicate, 0) ? 0 : 1].Add(filter with { IsHint = false });
            else
                on.Add(filter.Predicate);
        }

        // The side whose unmatched rows come out keeps those that fail a predicate of ON: they have no match (semantics 6.1.4).
        bool[] drops = [!join.Kind.PreservesLeft(), !join.Kind.PreservesRight()];
        List<ExprSpec> kept = [];
        foreach (ExprSpec conjunct in join.On.Conjuncts())
        {
            int side = IsOf(conjunct, 0) ? 0 : IsOf(conjunct, 1) ? 1 : -1;
            if (side >= 0 && drops[side] && Predicates.IsDeterministic(conjunct))
                below[side].Add(new Filter(conjunct, join.Id));
            else
                kept.Add(conjunct);
        }

        kept.AddRange(on);
        for (int side = 0; side < 2; side++)
        {
            if (drops[side])
                below[side].AddRange(kept.SelectMany(conjunct => NullTests(conjunct, side)).Select(test => new Filter(test, join.Id)));
        }

        return Keep(
            join with
            {
                Left = Push(join.Left, Distinct(below[0])),
                Right = Push(join.Right, Distinct([.. below[1].Select(filter => filter with { Predicate = filter.Predicate.MoveColumns(1, column => column with { Input = 0 }) })])),
                On = All(kept),
            },
            Where(filters, moves, false));
    }

    /// <summary>An outer join whose missing rows no filter lets pass is a narrower one (semantics 6.1.4).</summary>
    private static StreamJoinKind Narrowed(StreamJoinKind kind, IReadOnlyList<Filter> filters)
    {
        bool needsLeft = kind.LeftMayBeMissing() && filters.Any(filter => Predicates.NeedsMatch(filter.Predicate, 0));
        bool needsRight = kind.RightMayBeMissing() && filters.Any(filter => Predicates.NeedsMatch(filter.Predicate, 1));
        return (kind, needsLeft, needsRight) switch
        {
            (StreamJoinKind.LeftOuter, _, true) or (StreamJoinKind.RightOuter, true, _) or (StreamJoinKind.FullOuter, true, true) => StreamJoinKind.Inner,
            (StreamJoinKind.FullOuter, true, false) => StreamJoinKind.LeftOuter,
            (StreamJoinKind.FullOuter, false, true) => StreamJoinKind.RightOuter,
            _ => kind,
        };
    }

    /// <summary>A predicate in which rows that cannot be missing (any more) are known to be there.</summary>
    private static ExprSpec WithPresentRows(ExprSpec predicate, StreamJoinKind kind) => predicate
        .Replace(part => part is IsNullExpr { Value: RowExpr row } test && !(row.Input == 0 ? kind.LeftMayBeMissing() : kind.RightMayBeMissing())
            ? new ConstantExpr(test.Type, "false")
            : null)
        .Simplify();

    private static bool IsOf(ExprSpec predicate, int input) => predicate.Reads(input) && !predicate.Reads(1 - input);

    /// <summary>The columns of a side that a comparison of ON asks to have a value; windows are not asked (semantics 2.1.12).</summary>
    private static IEnumerable<ExprSpec> NullTests(ExprSpec conjunct, int side)
    {
        if (!JoinKeys.TrySplit(conjunct, out ExprSpec left, out ExprSpec right, out bool nullSafe))
            return Predicates.ImpliedNotNull(conjunct, side).Select(Predicates.NotNull);
        return nullSafe || left.Type.Is(FieldKind.Window) ? [] : Predicates.NullIntolerant(side == 0 ? left : right, side).Select(Predicates.NotNull);
    }
}
