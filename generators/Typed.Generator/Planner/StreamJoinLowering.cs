using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <summary>
/// A join of two streams: equalities of ON become key columns of both sides, what concerns a preserved side alone a column that says whether
/// a row can match (semantics 6.1.4), the rest is tested on pairs; what it says about time bounds the state (semantics 6.2).
/// </summary>
internal sealed class StreamJoinLowering(Lowering lowering)
{
    private static readonly TypeSpec Bool = TypeSpec.Of(FieldKind.Boolean);

    public int Lower(StreamJoinNode join)
    {
        int[] inputs = [lowering.LowerInput(join.Left), lowering.LowerInput(join.Right)];
        RowSpec[] rows = [lowering.Output(inputs[0]), lowering.Output(inputs[1])];
        Condition on = Split(join, rows);

        // Behind the columns of each side: its keys, whether the row can match, and a column that is null where the side is missing.
        int[][] keys = new int[2][];
        int[] canMatch = [-1, -1];
        int[] present = [-1, -1];
        for (int side = 0; side < 2; side++)
        {
            ExprSpec[] added = [.. on.Keys.Select(key => side == 0 ? key.Left : ToInput0(key.Right))];
            (inputs[side], keys[side]) = lowering.Extend(inputs[side], added, "Key", join.Id);
            if (on.OneSided[side] is { } predicate)
                (inputs[side], canMatch[side]) = Flag(inputs[side], side == 0 ? predicate : ToInput0(predicate), "CanMatch", join.Id);
            if (side == 0 ? join.Kind.LeftMayBeMissing() : join.Kind.RightMayBeMissing())
                (inputs[side], present[side]) = Present(inputs[side], keys[side], join);
        }

        RowSpec left = lowering.Output(inputs[0]);
        RowSpec right = lowering.Output(inputs[1]);
        HashSet<int>[] marked = [lowering.Watermarked(inputs[0]), lowering.Watermarked(inputs[1])];
        int evictionKey = Array.FindIndex(keys[0], marked[0].Contains);
        if (evictionKey < 0)
            evictionKey = Array.FindIndex(keys[1], marked[1].Contains);
        IReadOnlyList<TimeBound> bounds = on.Residual is null ? [] : TimeBound.Of(on.Residual);
        IReadOnlyList<TimeBound>[] all = [bounds, bounds];
        for (int side = 0; side < 2; side++)
        {
            if (on.OneSided[side] is { } predicate)
                all[side] = [.. bounds, .. TimeBound.Of(predicate)];
        }

        StreamJoinOp added0 = new(0, "", Output(join.Kind, left, right), EquatableArray.Of(inputs[0], inputs[1]))
        {
            Kind = join.Kind,
            Keys = on.Keys.Select((key, i) => new JoinKeySpec(keys[0][i], keys[1][i], key.NullSafe || join.Kind == StreamJoinKind.FullOuter)).ToEquatable(),
            KeyTexts = on.Keys.Select(key => $"{ExprText.Exact(key.Left)} == {ExprText.ExactOver(key.Right, "right")}").ToEquatable(),
            Residual = on.Residual,
            EvictionKey = evictionKey,
            Left = Side(0),
            Right = Side(1),
            Node = join.Id,
        };
        int offset = left.Columns.Count;
        HashSet<int> carried = [.. marked[0], .. join.Kind.GivesLeftOnly() ? [] : marked[1].Select(column => offset + column)];
        int number = lowering.Add(WithDistances(added0, bounds), carried);
        int[] places = [present[0], present[1] < 0 ? -1 : offset + present[1]];
        return lowering.Stage(number, join.Row, [], join.Values.Select(value => OverPairs(value, lowering.Output(number), rows, offset, places)), join.Id);

        JoinSideSpec Side(int side)
        {
            bool evicts = evictionKey < 0 && marked[side].Count > 0 && marked[1 - side].Count > 0;
            return new JoinSideSpec
            {
                TimeColumn = First(marked[side]),
                StateDelayMillis = evicts ? TimeBound.StateDelayMillis(bounds, side, marked[1 - side]) : null,
                StateCapMillis = evicts && join.Kind != StreamJoinKind.LeftAnti ? TimeBound.StateCapMillis(all[side], side) : null,
                CanMatchColumn = canMatch[side],
                Columns = side == 1 && join.Kind.GivesLeftOnly()
                    ? EquatableArray<int>.Empty
                    : Enumerable.Range(0, (side == 0 ? left : right).Columns.Count).ToEquatable(),
            };
        }
    }

    private static Condition Split(StreamJoinNode join, RowSpec[] rows)
    {
        List<(ExprSpec Left, ExprSpec Right, bool NullSafe)> keys = [];
        List<ExprSpec>[] oneSided = [[], []];
        List<ExprSpec> residual = [];
        foreach (ExprSpec conjunct in join.On.Conjuncts())
        {
            ExprSpec spelled = conjunct.SpellRows(0, rows[0]).SpellRows(1, rows[1]);
            if (spelled is ConstantExpr { Literal: "true" })
                continue;
            int side = !spelled.Reads(1) ? 0 : !spelled.Reads(0) ? 1 : -1;
            if (JoinKeys.TrySplit(spelled, out ExprSpec left, out ExprSpec right, out bool nullSafe))
                keys.Add((RowShape.WithoutLift(left), RowShape.WithoutLift(right), nullSafe));
            else if (side >= 0 && spelled.Reads(side) && (side == 0 ? join.Kind.PreservesLeft() : join.Kind.PreservesRight()) && Predicates.IsDeterministic(spelled))
                oneSided[side].Add(spelled);
            else
                residual.Add(spelled);
        }

        return new Condition(keys, [All(oneSided[0]), All(oneSided[1])], All(residual));
    }

    private (int Input, int Column) Flag(int input, ExprSpec value, string name, int node)
    {
        (int extended, int[] places) = lowering.Extend(input, [value], name, node);
        return (extended, places[0]);
    }

    /// <summary>A column that is null only where the row is missing: the event time or a key if one fits, since they are kept anyway.</summary>
    private (int Input, int Column) Present(int input, int[] keys, StreamJoinNode join)
    {
        RowSpec row = lowering.Output(input);
        int time = First(lowering.Watermarked(input));
        foreach (int column in keys.Prepend(time))
        {
            if (column >= 0 && !row.Columns[column].Type.Nullable)
                return (input, column);
        }

        return Flag(input, new ConstantExpr(Bool, "true"), "Present", join.Id);
    }

    private static RowSpec Output(StreamJoinKind kind, RowSpec left, RowSpec right) => Lowering.RowOf(
    [
        .. left.Columns.Select(column => kind.LeftMayBeMissing() ? column with { Type = column.Type.AsNullable() } : column),
        .. kind.GivesLeftOnly() ? [] : right.Columns.Select(column => kind.RightMayBeMissing() ? column with { Type = column.Type.AsNullable() } : column),
    ]);

    /// <summary>The bounds between both event times, which let a search skip stored rows.</summary>
    private static StreamJoinOp WithDistances(StreamJoinOp join, IReadOnlyList<TimeBound> bounds)
    {
        decimal? least = null;
        decimal? greatest = null;
        foreach (TimeBound bound in bounds)
        {
            if (bound.Earlier is not { Part: TimePart.Whole } earlier || bound.Later.Part != TimePart.Whole
                || !IsTime(earlier.Column, join) || !IsTime(bound.Later.Column, join))
                continue;

            // earlier <= later + reach: with the right one earlier, right − left is at most reach; with the left one, at least −reach.
            decimal reach = bound.IsStrict ? Math.Ceiling(bound.ReachMicros) - 1 : Math.Floor(bound.ReachMicros);
            if (earlier.Column.Input == 1)
                greatest = Math.Min(greatest ?? decimal.MaxValue, reach);
            else
                least = Math.Max(least ?? decimal.MinValue, -reach);
        }

        return join with { LeastDistanceMicros = InRange(least), GreatestDistanceMicros = InRange(greatest) };
    }

    private static long? InRange(decimal? micros) => micros is >= long.MinValue / 4 and <= long.MaxValue / 4 ? (long)micros : null;

    private static bool IsTime(ColumnExpr column, StreamJoinOp join) =>
        column.Type.Is(FieldKind.Timestamp) && column.Ordinal == (column.Input == 0 ? join.Left : join.Right).TimeColumn;

    /// <summary>A value of the pair as a value of the join's output: columns of the right stand behind those of the left.</summary>
    private static ExprSpec OverPairs(ExprSpec value, RowSpec pairs, RowSpec[] rows, int offset, int[] present)
    {
        return value
            .Replace(node => node switch
            {
                ColumnExpr { Input: 1 } column => column with { Input = 0, Ordinal = offset + column.Ordinal },
                IsNullExpr { Value: RowExpr row } isNull => IsMissing(row.Input) ?? new ConstantExpr(isNull.Type, "false"),
                RowExpr row => Row(row),
                _ => null,
            })
            .Simplify();

        ExprSpec? IsMissing(int side) => present[side] < 0
            ? null
            : new IsNullExpr(Bool, new ColumnExpr(pairs.Columns[present[side]].Type, 0, present[side], pairs.Columns[present[side]].Name));

        ExprSpec Row(RowExpr row)
        {
            int first = row.Input == 0 ? 0 : offset;
            NewRowExpr whole = new(
                row.Type.AsNullable(false),
                rows[row.Input].Columns.Select((column, i) => (ExprSpec)new ColumnExpr(column.Type, 0, first + i, column.Name)).ToEquatable());
            return row.Type.Nullable && IsMissing(row.Input) is { } missing
                ? new ConditionalExpr(row.Type, missing, new ConstantExpr(row.Type, "null"), new ConvertExpr(row.Type, whole, false))
                : whole;
        }
    }

    private static ExprSpec ToInput0(ExprSpec expr) => expr.MoveColumns(1, column => column with { Input = 0 });

    private static int First(HashSet<int> marked) => marked.Count == 0 ? -1 : marked.Min();

    private static ExprSpec? All(IReadOnlyList<ExprSpec> predicates) => predicates.Count == 0
        ? null
        : predicates.Aggregate((all, one) => new BinaryExpr(Bool, "&&", all, one, false));

    /// <summary>A condition, taken apart.</summary>
    /// <param name="Keys">The equalities.</param>
    /// <param name="OneSided">For each side that is preserved, what its rows alone must fulfil.</param>
    /// <param name="Residual">What pairs must fulfil besides.</param>
    private sealed record Condition(
        IReadOnlyList<(ExprSpec Left, ExprSpec Right, bool NullSafe)> Keys, ExprSpec?[] OneSided, ExprSpec? Residual);
}
