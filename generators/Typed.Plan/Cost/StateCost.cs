using System.Globalization;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>About how much an operator keeps: by types, by [Cardinality] on fields and [Rate] on inputs. Times are those of a query that keeps up with its input.</summary>
/// <param name="Entries">How many entries; of state that only grows, how many more each day.</param>
/// <param name="EachBytes">What an entry takes in memory.</param>
internal sealed record StateCost(Figure Entries, double EachBytes)
{
    private const double Day = 86_400;

    /// <summary>Whether <see cref="Entries"/> come each day and stay.</summary>
    public bool Grows { get; init; }

    /// <summary>All of it in memory, bytes; null where it is not known.</summary>
    public double? Bytes => Entries.Value * EachBytes;

    /// <summary>In words: <c>about 2.2 MB: 50,000 entries of 46 bytes</c>.</summary>
    public string Words => Entries.Value is { } entries
        ? $"about {Size(Bytes!.Value)}{(Grows ? " more each day" : "")}: {Count(entries)} entries of {Count(EachBytes)} bytes"
        : Entries.Missing.Count == 0 ? "" : "size unknown without " + string.Join(" and ", Entries.Missing);

    /// <summary>What an operator keeps, for each of its states in the order in which plans name them; none for one whose size says nothing.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="pipeline">Its pipeline.</param>
    /// <param name="stored">For a join the columns that it stores of a side; all where that is null.</param>
    public static IReadOnlyList<StateCost> Of(NodeSpec node, PipelineSpec pipeline, Func<int, IEnumerable<TypeSpec>>? stored = null) => node switch
    {
        AggregateNode { IsGlobal: false } aggregate => [OfGroups(aggregate, pipeline)],
        DistinctNode distinct => [OfKeys(distinct, pipeline)],
        TopNode top => [OfTop(top, pipeline)],
        ProcessNode { States.Count: > 0 } process => [OfProcess(process)],
        StreamJoinNode join => [OfSide(join, 0, pipeline, stored), OfSide(join, 1, pipeline, stored)],
        _ => [],
    };

    private static StateCost OfGroups(AggregateNode aggregate, PipelineSpec pipeline)
    {
        double bytes = EntryBytes.OfGroup(aggregate.Keys.Select(key => key.Type), EntryBytes.OfAggregates(aggregate.Aggregates, value => DistinctValues.Of(value, aggregate.Input)));
        Figure rate = RowRate.Of(aggregate.Input, pipeline);
        int[] marked = [.. WatermarkFlow.KeyColumns(aggregate)];
        bool closes = marked.Length > 0 && pipeline.OutputMode != "Complete";
        int first = aggregate.Window is null ? 0 : 1;
        Figure keys = DistinctValues.Of(aggregate.Keys.Where((_, i) => !marked.Contains(first + i)), aggregate.Input);
        if (aggregate.TtlMicros > 0)
            return new StateCost(keys.AtMost(rate.Times(aggregate.TtlMicros / 1e6)), bytes);
        double behind = Behind(pipeline);
        switch (aggregate.Window)
        {
            case { Session: { } gap }:
                // Where each row has a gap of its own, no type says how long sessions are open.
                double open = gap.PerRow is null ? (gap.Micros / 1e6) + (gap.Months * 31 * Day) : 0;
                return closes ? new StateCost(gap.PerRow is null ? keys.AtMost(rate.Times(open + behind)) : keys, bytes + 24) : new StateCost(rate.Times(Day), bytes + 24) { Grows = true };
            case { SlideMicros: > 0 } window:
                // In append mode a sliding window is put together of slices; in the other modes it is there itself.
                double size = window.SizeMicros / 1e6, slide = window.SlideMicros / 1e6;
                double width = pipeline.OutputMode == "Append" ? slide : size;
                Figure each = keys.AtMost(rate.Times(width));
                return closes
                    ? new StateCost(each.Times((size + behind) / slide), bytes)
                    : new StateCost(each.Times(Day / slide), bytes) { Grows = true };
            case null when marked.Length > 0:
                return closes ? new StateCost(rate.Times(behind), bytes) : new StateCost(rate.Times(Day), bytes) { Grows = true };
            default:
                return ForEver(keys, rate, bytes);
        }
    }

    private static StateCost OfKeys(DistinctNode distinct, PipelineSpec pipeline)
    {
        IReadOnlyList<int> marked = WatermarkFlow.Columns(distinct.Input);
        Figure rate = RowRate.Of(distinct.Input, pipeline);
        bool expires = distinct.WithinWatermark || distinct.Keys.Any(key => WatermarkFlow.Carries(key, marked));
        double bytes = EntryBytes.OfDistinct([.. distinct.Keys.Select(key => key.Type)], expires);
        Figure keys = DistinctValues.Of(distinct.Keys, distinct.Input);

        // A key goes when the watermark has passed its time; within a watermark, its time and the delay.
        double delay = distinct.WithinWatermark && marked.Count > 0 ? (WatermarkFlow.DelayMillis(distinct.Input, marked[0]) ?? 0) / 1e3 : 0;
        return expires ? new StateCost(rate.Times(Behind(pipeline) + delay).AtMost(distinct.WithinWatermark ? keys : Figure.Unknowable), bytes) : ForEver(keys, rate, bytes);
    }

    private static StateCost OfTop(TopNode top, PipelineSpec pipeline)
    {
        double bytes = EntryBytes.OfRows(top.Keys.Select(key => key.Type), top.Input.Row.Columns.Select(column => column.Type), top.Count);
        Figure rate = RowRate.Of(top.Input, pipeline);
        int[] marked = [.. WatermarkFlow.MarkedKeys(top)];
        Figure keys = DistinctValues.Of(top.Keys.Where((_, i) => !marked.Contains(i)), top.Input);
        if (top.TtlMicros > 0)
            return new StateCost(keys.AtMost(rate.Times(top.TtlMicros / 1e6)), bytes);
        if (marked.Length == 0 || pipeline.OutputMode == "Complete")
            return ForEver(keys, rate, bytes);
        double size = WindowSize(top.Keys[marked[0]], top.Input) ?? 0;
        return size > 0 ? new StateCost(keys.AtMost(rate.Times(size)).Times((Behind(pipeline) / size) + 1), bytes) : new StateCost(rate.Times(Behind(pipeline)), bytes);
    }

    private static StateCost OfProcess(ProcessNode process) =>
        new(DistinctValues.Of(process.Keys, process.Input), EntryBytes.OfMembers(process.Keys.Select(key => key.Type), process.States));

    private static StateCost OfSide(StreamJoinNode join, int side, PipelineSpec pipeline, Func<int, IEnumerable<TypeSpec>>? stored)
    {
        JoinTime time = JoinTime.Of(join);
        NodeSpec input = join.Inputs[side];
        TypeSpec[] keys =
        [
            .. JoinCondition.Conjuncts(join.On).Select(one => JoinCondition.IsEquality(one, out ExprSpec left, out ExprSpec right, out _) ? (side == 0 ? left : right).Type : null).OfType<TypeSpec>(),
        ];
        double bytes = EntryBytes.OfJoined(keys, stored is null ? input.Row.Columns.Select(column => column.Type) : stored(side));
        Figure rate = RowRate.Of(input, pipeline);
        if (!time.Evicts(side))
            return new StateCost(rate.Times(Day), bytes) { Grows = true };
        double reach = time.KeyIsMarked ? 0 : (TimeBound.StateDelayMillis(time.Bounds, side, [.. time.Marked(1 - side)]) ?? 0) / 1e3;
        return new StateCost(rate.Times(Math.Max(0, Behind(pipeline) + reach)), bytes);
    }

    // Where the keys are counted there is an end to what is kept for ever.
    private static StateCost ForEver(Figure keys, Figure rate, double bytes) =>
        keys.Value is not null || rate.Value is null ? new StateCost(keys, bytes) : new StateCost(rate.Times(Day), bytes) { Grows = true };

    /// <summary>How far the watermark lies behind what comes, seconds: there is one for the query, that of the input with the longest delay (semantics 2.1.4).</summary>
    private static double Behind(PipelineSpec pipeline) => PlanTree.Of(pipeline).OfType<WatermarkNode>().Select(one => one.DelayMillis / 1e3).DefaultIfEmpty(0).Max();

    private static double? WindowSize(ExprSpec value, NodeSpec input) => RowShape.WithoutLift(value) switch
    {
        CallExpr { Method: "global::Typed.TimeWindow.Of", Arguments: [_, var size, ..] } => TimeSum.Of(size) is { Terms.Count: 0 } sum ? (double)sum.Micros / 1e6 : null,
        ColumnExpr column when column.Type.Is(FieldKind.Window) => input switch
        {
            ProjectNode project => WindowSize(project.Values[column.Ordinal], project.Input),
            AggregateNode { Window: { Session: null } window } when column.Ordinal == 0 => window.SizeMicros / 1e6,
            UnaryNode and not AggregateNode and not FlattenNode and not TopNode and not TableJoinNode and not ProcessNode => WindowSize(column, ((UnaryNode)input).Input),
            _ => null,
        },
        _ => null,
    };

    private static string Size(double bytes)
    {
        string[] units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        for (; bytes >= 1000 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 || bytes >= 10 ? "#,0" : "0.#", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    // Two digits are more than is known.
    private static string Count(double number)
    {
        double step = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, number))) - 1));
        return (Math.Round(number / step) * step).ToString("#,0", CultureInfo.InvariantCulture);
    }
}
