using Typed.Schema;

namespace Typed.Plan;

/// <summary>Which columns carry the watermark at each place of a plan (semantics 1.9, 2.1.11, 20.3).</summary>
internal static class WatermarkFlow
{
    /// <summary>The ordinals of the columns of a node's row that carry a watermark, ascending.</summary>
    public static IReadOnlyList<int> Columns(NodeSpec node) => node switch
    {
        WatermarkNode { Time: ColumnExpr time } => [time.Ordinal],
        FilterNode { Input: var input } => Columns(input),
        LimitNode { Input: var input } => Columns(input),
        SkipNode { Input: var input } => Columns(input),
        SortNode { Input: var input } => Columns(input),
        DistinctNode { Input: var input } => Columns(input),
        ObserveNode { Input: var input } => Columns(input),
        ExpectNode { Input: var input } => Columns(input),
        ProjectNode { Input: var input, Values: var values } => Carried(values, input),
        FlattenNode { Input: var input, Values: var values } => Carried(values, input),
        TableJoinNode { Input: var input, Values: var values } => Carried(values, input),
        // A join keeps the event times of both sides (semantics 2.1.11).
        StreamJoinNode { Left: var left, Right: var right, Values: var values } => Carried(values, left, right),
        AggregateNode aggregate => [.. KeyColumns(aggregate)],
        TopNode top => OfTop(top),
        ProcessNode process => OfProcess(process),
        // As in Spark, the first side of a union says what its columns are.
        UnionNode { Left: var left } => Columns(left),
        _ => [],
    };

    /// <summary>
    /// The watermark nodes below a node whose watermark reaches it: not those below a processor that ends it (semantics 2.1.10, 2.2.3).
    /// </summary>
    public static IEnumerable<WatermarkNode> Declared(NodeSpec node)
    {
        foreach (NodeSpec input in node.Inputs)
        {
            if (input is WatermarkNode watermark)
                yield return watermark;
            if (input is ProcessNode { EndsWatermark: true })
                continue;
            foreach (WatermarkNode below in Declared(input))
                yield return below;
        }
    }

    // Semantics 9.10, 10.8: what handlers emit carries none, unless they vouch for a column.
    private static IReadOnlyList<int> OfProcess(ProcessNode process) => process.Processor.OutputEventTime is { } name && Columns(process.Input).Count > 0
        ? [.. Enumerable.Range(0, process.Row.Columns.Count).Where(i => process.Row.Columns[i].Name == name)]
        : [];

    /// <summary>Which keys of the first rows of groups carry the watermark.</summary>
    public static IEnumerable<int> MarkedKeys(TopNode top)
    {
        IReadOnlyList<int> marked = Columns(top.Input);
        return Enumerable.Range(0, top.Keys.Count).Where(i => Carries(top.Keys[i], marked));
    }

    // A row waits until its group closes. So the time by which the group does is the only one that is not behind the watermark then.
    private static IReadOnlyList<int> OfTop(TopNode top)
    {
        List<int> keys = [.. MarkedKeys(top).Select(i => RowShape.WithoutLift(top.Keys[i])).OfType<ColumnExpr>().Select(column => column.Ordinal)];
        return top.IsRanked ? [.. Enumerable.Range(0, top.Values.Count).Where(i => Carries(top.Values[i], keys))] : [.. keys.Distinct().OrderBy(key => key)];
    }

    /// <summary>The columns of an aggregation's row, the window among them, that carry the watermark of its input.</summary>
    public static IEnumerable<int> KeyColumns(AggregateNode aggregate)
    {
        IReadOnlyList<int> marked = Columns(aggregate.Input);
        if (aggregate.Window is { Time: var time } && Carries(time, marked))
            yield return 0;
        int first = aggregate.Window is null ? 0 : 1;
        for (int i = 0; i < aggregate.Keys.Count; i++)
        {
            if (Carries(aggregate.Keys[i], marked))
                yield return first + i;
        }
    }

    /// <summary>Whether a value carries the watermark of one of the marked columns: the column itself, or the time of a window. Arithmetic loses it.</summary>
    public static bool Carries(ExprSpec value, IReadOnlyCollection<int> marked, int input = 0) => RowShape.WithoutLift(value) switch
    {
        ColumnExpr column => column.Input == input && marked.Contains(column.Ordinal),
        MemberExpr { Name: "Time", Target: var window } when window.Type.Is(FieldKind.Window) => Carries(window, marked, input),
        MemberExpr { Name: "Value", Target: var nullable } when nullable.Type.Is(FieldKind.Timestamp) => Carries(nullable, marked, input),
        UnwrapExpr { Operand: var nullable } => Carries(nullable, marked, input),
        CallExpr { Method: "global::Typed.TimeWindow.Of", Arguments: [var time, ..] } => Carries(time, marked, input),
        _ => false,
    };

    private static IReadOnlyList<int> Carried(EquatableArray<ExprSpec> values, NodeSpec left, NodeSpec right)
    {
        (IReadOnlyList<int> one, IReadOnlyList<int> other) = (Columns(left), Columns(right));
        return [.. Enumerable.Range(0, values.Count).Where(i => Carries(values[i], one) || Carries(values[i], other, input: 1))];
    }

    /// <summary>The delay of the watermark that a column of a node's row carries, ms; null if it carries none.</summary>
    public static long? DelayMillis(NodeSpec node, int column) => WatermarkOf(node, column)?.DelayMillis;

    /// <summary>The watermark that a column of a node's row carries; null if it carries none.</summary>
    public static WatermarkNode? WatermarkOf(NodeSpec node, int column)
    {
        if (node is WatermarkNode { Time: ColumnExpr time } watermark && time.Ordinal == column)
            return watermark;
        if (!Columns(node).Contains(column))
            return null;

        // Of several inputs the one that the column is read from; of a union the first, as above.
        int source = node is StreamJoinNode { Values: var values } && values[column].Columns().FirstOrDefault() is { } read ? read.Input : 0;
        NodeSpec input = node.Inputs[source];
        return Columns(input) is [var only, ..] ? WatermarkOf(input, only) : null;
    }

    private static IReadOnlyList<int> Carried(EquatableArray<ExprSpec> values, NodeSpec input)
    {
        IReadOnlyList<int> marked = Columns(input);
        return marked.Count == 0 ? [] : [.. Enumerable.Range(0, values.Count).Where(i => Carries(values[i], marked))];
    }
}
