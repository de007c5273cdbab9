using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>
/// Turns the logical operators into a list of physical ones. What is computed from a row moves into stages; neighbouring stages
/// become one (see <see cref="StageFusion"/>), unless others read the first of them as well.
/// </summary>
internal sealed class Lowering(PipelineSpec pipeline, HashSet<NodeSpec> shared)
{
    private readonly List<OperatorSpec> _operators = [];

    /// <summary>The operators of the nodes that have several readers.</summary>
    private readonly Dictionary<NodeSpec, int> _lowered = new(NodeIdentity.Instance);

    /// <summary>For each operator, the columns of its output that carry the watermark (semantics 1.9).</summary>
    private readonly List<HashSet<int>> _watermarked = [];

    /// <returns>The operators, and for each root the number of the one that gives its rows.</returns>
    public static (IReadOnlyList<OperatorSpec> Operators, IReadOnlyList<int> Outputs) Lower(PipelineSpec pipeline, IReadOnlyList<NodeSpec> roots)
    {
        Lowering lowering = new(pipeline, NodeIdentity.Shared(roots));
        int[] outputs = [.. roots.Select(lowering.Lower)];
        return (lowering._operators, outputs);
    }

    private int Lower(NodeSpec node)
    {
        if (_lowered.TryGetValue(node, out int known))
            return known;
        int lowered = LowerOnce(node);
        if (node.GivenName is { } given)
            GiveName(node, given);
        if (shared.Contains(node))
            _lowered[node] = lowered;
        return lowered;
    }

    /// <summary>Gives the name to the one of the operators of a node that keeps the state.</summary>
    private void GiveName(NodeSpec node, string name)
    {
        int at = _operators.FindLastIndex(one => one.Node == node.Id && one.KeepsState);
        _operators[at] = _operators[at] with { GivenName = name };
    }

    private int LowerOnce(NodeSpec node) => node switch
    {
        SourceNode source => Add(new SourceOp(0, "", source.Row, source.Source) { Node = source.Id }, []),
        FilterNode filter => Filter(filter),
        ProjectNode project => Stage(Lower(project.Input), project.Row, [], project.Values, project.Id),
        FlattenNode flatten => Flatten(flatten),
        WatermarkNode watermark => Watermark(watermark),
        AggregateNode aggregate => Aggregate(aggregate),
        UnionNode union => Union(union),
        DistinctNode distinct => DistinctLowering.Lower(this, distinct),
        TopNode top => TopLowering.Lower(this, top),
        LimitNode limit => Limit(limit),
        SortNode sort => Sort(sort),
        TableJoinNode join => new TableJoinLowering(this).Lower(join),
        ProcessNode process => new ProcessLowering(this).Lower(process),
        StreamJoinNode join => new StreamJoinLowering(this).Lower(join),
        ObserveNode observe => Observe(observe),
        ExpectNode expect => ExpectLowering.Lower(this, expect),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType().Name, "An operator that has no physical form."),
    };

    internal int LowerInput(NodeSpec node) => Lower(node);

    internal RowSpec Output(int number) => _operators[number].Output;

    internal HashSet<int> Watermarked(int number) => _watermarked[number];

    internal int Add(OperatorSpec added, HashSet<int> watermarked)
    {
        _operators.Add(added);
        _watermarked.Add(watermarked);
        return _operators.Count - 1;
    }

    internal static IReadOnlyList<ExprSpec> Identity(RowSpec row, int input = 0) =>
        [.. row.Columns.Select((column, i) => new ColumnExpr(column.Type, input, i, column.Name))];

    /// <summary>Puts a stage on an operator, or widens the stage that is there.</summary>
    internal int Stage(int input, RowSpec output, IEnumerable<ExprSpec> filters, IEnumerable<ExprSpec> values, int node)
    {
        RowSpec row = _operators[input].Output;
        StageOp stage = new(0, "", output, EquatableArray.Of(input))
        {
            Filters = filters.Select(filter => filter.SpellRows(0, row)).ToEquatable(),
            Values = values.Select(value => value.SpellRows(0, row)).ToEquatable(),
            Node = node,
        };
        if (stage.Filters.Count == 0 && StageFusion.IsIdentity(stage, row))
            return input;
        if (_operators[input] is StageOp below && !_lowered.ContainsValue(input) && StageFusion.TryFuse(below, stage) is { } fused)
        {
            HashSet<int> marks = CarryWatermark(stage, _watermarked[input]);
            _operators[input] = fused;
            _watermarked[input] = marks;
            return input;
        }

        return Add(stage, CarryWatermark(stage, _watermarked[input]));
    }

    /// <summary>A stage that has the columns of the input and, behind them, those of <paramref name="added"/> that are not there yet.</summary>
    /// <returns>The stage and, for each added value, its column.</returns>
    internal (int Number, int[] Columns) Extend(int input, IReadOnlyList<ExprSpec> added, string prefix, int node)
    {
        RowSpec row = _operators[input].Output;
        List<ExprSpec> values = [.. Identity(row)];
        List<ColumnSpec> columns = [.. row.Columns];
        int[] places = new int[added.Count];
        for (int i = 0; i < added.Count; i++)
        {
            ExprSpec value = added[i].SpellRows(0, row);
            places[i] = Find(values, value);
            if (places[i] >= 0)
                continue;
            places[i] = values.Count;
            values.Add(value);
            columns.Add(new ColumnSpec(prefix + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), value.Type));
        }

        return (Stage(input, RowOf(columns), [], values, node), places);
    }

    internal static RowSpec RowOf(IReadOnlyList<ColumnSpec> columns) => new(
        new TypeSpec(ValueKind.Row, default, "", false)
        {
            Members = columns.Select(column => new MemberSpec(column.Name, column.Type)).ToEquatable(),
        },
        columns.ToEquatable());

    private int Filter(FilterNode filter)
    {
        int input = Lower(filter.Input);
        return Stage(input, _operators[input].Output, filter.Predicate.Conjuncts(), Identity(_operators[input].Output), filter.Id);
    }

    private int Flatten(FlattenNode flatten)
    {
        int input = Lower(flatten.Input);
        (int below, int[] list) = Extend(input, [flatten.List], "List", flatten.Id);
        RowSpec row = _operators[below].Output;
        TypeSpec element = flatten.List.Type.Element
            ?? throw new InvalidOperationException($"Node {flatten.Id} flattens {flatten.List.Type.CSharp}, which has no elements.");
        RowSpec output = RowOf([.. row.Columns, new ColumnSpec("Element", element)]);
        int flat = Add(
            new FlattenOp(0, "", output, EquatableArray.Of(below), list[0])
            {
                Columns = Enumerable.Range(0, row.Columns.Count).ToEquatable(),
                Node = flatten.Id,
            },
            [.. _watermarked[below]]);
        ColumnExpr column = new(element, 0, row.Columns.Count, "Element");
        return Stage(
            flat,
            flatten.Row,
            [],
            flatten.Values.Select(value => value.SpellRows(0, flatten.Input.Row)
                .Replace(part => part is LocalExpr local && local.Id == flatten.ElementLocal ? column : null).Simplify()),
            flatten.Id);
    }

    private int Watermark(WatermarkNode watermark)
    {
        int input = Lower(watermark.Input);
        if (watermark.Time is not ColumnExpr time)
            throw new InvalidOperationException($"The event time of node {watermark.Id} is not a column.");
        return Add(
            new WatermarkOp(0, "", _operators[input].Output, EquatableArray.Of(input), time.Ordinal, watermark.DelayMillis * 1000)
            {
                Node = watermark.Id,
                IdleAfterMicros = watermark.IdleAfterMicros,
                MaxAheadMicros = watermark.MaxAheadMicros,
            },
            [.. _watermarked[input], time.Ordinal]);
    }

    private int Aggregate(AggregateNode aggregate)
    {
        List<ExprSpec> needed = [];
        if (aggregate.Window is { } window)
            needed.Add(window.Time);
        if (aggregate.Window?.Session?.PerRow is { } perRow)
            needed.Add(perRow);
        needed.AddRange(aggregate.Keys);
        needed.AddRange(aggregate.Aggregates.SelectMany(one => one.Arguments));
        (int input, int[] places) = Extend(Lower(aggregate.Input), needed, "Value", aggregate.Id);

        int next = 0;
        int time = aggregate.Window is null ? -1 : places[next++];
        SessionGapColumn? session = aggregate.Window?.Session is { } gap
            ? new SessionGapColumn(gap.PerRow is null ? -1 : places[next++], gap.Micros, gap.Months)
            : null;
        int[] keys = [.. aggregate.Keys.Select(_ => places[next++])];
        HashSet<int> marks = _watermarked[input];
        int watermarkKey = time >= 0 ? -1 : Array.FindIndex(keys, marks.Contains);
        HashSet<int> carried = [.. keys.Select((key, i) => (Key: key, Place: i + (time >= 0 ? 1 : 0))).Where(pair => marks.Contains(pair.Key)).Select(pair => pair.Place)];
        if (time >= 0 && marks.Contains(time))
            carried.Add(0);
        return Add(
            new AggregateOp(0, "", aggregate.Row, EquatableArray.Of(input))
            {
                TimeColumn = time,
                SizeMicros = aggregate.Window?.SizeMicros ?? 0,
                SlideMicros = aggregate.Window?.SlideMicros ?? 0,
                OffsetMicros = aggregate.Window?.OffsetMicros ?? 0,
                Session = session,
                WindowIsWatermarked = time >= 0 && marks.Contains(time),
                Keys = keys.ToEquatable(),
                KeyTexts = aggregate.Keys.Select(ExprText.Exact).ToEquatable(),
                TimeText = aggregate.Window is { } cut ? ExprText.Exact(cut.Time) : "",
                GapText = aggregate.Window?.Session?.PerRow is { } each ? ExprText.Exact(each) : "",
                WatermarkKey = watermarkKey,
                Aggregates = Calls(aggregate.Aggregates, places, ref next),
                TtlMicros = aggregate.TtlMicros,
                IsGlobal = aggregate.IsGlobal,
                Node = aggregate.Id,
            },
            carried);
    }

    private int Observe(ObserveNode observe)
    {
        int below = Lower(observe.Input);
        RowSpec row = _operators[below].Output;
        (int input, int[] places) = Extend(below, [.. observe.Aggregates.SelectMany(one => one.Arguments)], "Metric", observe.Id);
        int next = 0;
        int observed = Add(
            new ObserveOp(0, "", _operators[input].Output, EquatableArray.Of(input), observe.Name)
            {
                Metrics = observe.Metrics,
                Aggregates = Calls(observe.Aggregates, places, ref next),
                Values = observe.Values,
                Node = observe.Id,
            },
            [.. _watermarked[input]]);
        return Stage(observed, row, [], Identity(row), observe.Id);
    }

    private static EquatableArray<AggregateCallSpec> Calls(EquatableArray<AggregateSpec> aggregates, int[] places, ref int next)
    {
        List<AggregateCallSpec> calls = [];
        foreach (AggregateSpec aggregate in aggregates)
        {
            int first = next;
            next += aggregate.Arguments.Count;
            calls.Add(new AggregateCallSpec(
                aggregate.Function, aggregate.Type, places.Skip(first).Take(aggregate.Arguments.Count).ToEquatable())
            {
                Name = aggregate.Name,
                Texts = aggregate.Arguments.Select(ExprText.Aggregated).ToEquatable(),
                Constants = aggregate.Constants,
                UserType = aggregate.UserType,
                UserState = aggregate.UserState,
                UserInstance = aggregate.UserInstance,
            });
        }

        return calls.ToEquatable();
    }

    private int Union(UnionNode union)
    {
        int left = Side(union.Left, union.Row);
        int right = Side(union.Right, union.Row);
        return Add(new UnionOp(0, "", union.Row, EquatableArray.Of(left, right)) { Node = union.Id }, [.. _watermarked[left]]);
    }

    /// <summary>One side of a union, in the column types of the union.</summary>
    private int Side(NodeSpec node, RowSpec row)
    {
        int input = Lower(node);
        return Stage(
            input,
            row,
            [],
            Identity(_operators[input].Output).Select((column, i) =>
                StageFusion.SameStorage(column.Type, row.Columns[i].Type) ? column : new ConvertExpr(row.Columns[i].Type, column, false)),
            node.Id);
    }

    private int Limit(LimitNode limit)
    {
        int input = Lower(limit.Input);
        bool perResult = pipeline.OutputMode == "Complete" && PlanTree.Below(limit).Any(PlanTree.KeepsResult);
        return Add(
            new LimitOp(0, "", _operators[input].Output, EquatableArray.Of(input), limit.Count, perResult) { Node = limit.Id },
            [.. _watermarked[input]]);
    }

    private int Sort(SortNode sort)
    {
        int below = Lower(sort.Input);
        RowSpec row = _operators[below].Output;
        (int input, int[] places) = Extend(below, [.. sort.Keys.Select(key => key.Value)], "SortKey", sort.Id);
        int sorted = Add(
            new SortOp(
                0,
                "",
                _operators[input].Output,
                EquatableArray.Of(input),
                sort.Keys.Select((key, i) => new SortColumnSpec(places[i], key.Descending)).ToEquatable()) { Node = sort.Id },
            [.. _watermarked[input]]);
        return Stage(sorted, row, [], Identity(row), sort.Id);
    }

    /// <summary>
    /// Plain columns keep the mark, and so does the time of a window that has it; whatever else is computed loses it (semantics 1.9).
    /// </summary>
    private static HashSet<int> CarryWatermark(StageOp stage, HashSet<int> below) =>
        [.. stage.Values.Select((value, i) => (Value: value, Place: i)).Where(pair => WatermarkFlow.Carries(pair.Value, below)).Select(pair => pair.Place)];

    private static int Find(List<ExprSpec> values, ExprSpec value)
    {
        for (int i = 0; i < values.Count; i++)
        {
            // Only the names of columns may differ.
            if (values[i] is ColumnExpr a && value is ColumnExpr b ? a.Ordinal == b.Ordinal : values[i] == value)
                return i;
        }

        return -1;
    }
}
