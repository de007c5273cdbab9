using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <summary>
/// Moves filters towards the sources exactly as far as Spark does, because it can be seen: rows that are filtered below a watermark
/// node do not move the watermark (semantics 2.1.9), rows that are filtered below an aggregation take no state. What one reader of a
/// shared node filters stays above that node: the others want those rows.
/// </summary>
internal sealed partial class FilterPushdown
{
    private readonly HashSet<NodeSpec> _shared;

    /// <summary>What became of the shared nodes.</summary>
    private readonly Dictionary<NodeSpec, NodeSpec> _pushed = new(NodeIdentity.Instance);

    private FilterPushdown(IReadOnlyList<NodeSpec> roots) => _shared = NodeIdentity.Shared(roots);

    /// <summary>The same outputs with their filters where they belong; what was shared is shared.</summary>
    public static IReadOnlyList<NodeSpec> Apply(IReadOnlyList<NodeSpec> roots)
    {
        FilterPushdown pushdown = new(roots);
        return [.. roots.Select(root => pushdown.Push(root, []))];
    }

    /// <summary>The rows of <paramref name="node"/> that pass <paramref name="filters"/>, in the order in which they are looked at.</summary>
    private NodeSpec Push(NodeSpec node, IReadOnlyList<Filter> filters)
    {
        if (!_shared.Contains(node))
            return Through(node, filters);
        if (!_pushed.TryGetValue(node, out NodeSpec? pushed))
            _pushed[node] = pushed = Through(node, []);
        return Keep(pushed, filters);
    }

    private NodeSpec Through(NodeSpec node, IReadOnlyList<Filter> filters) => node switch
    {
        SourceNode source => Keep(source, filters),
        FilterNode filter => Push(filter.Input, [.. Split(filter.Predicate, filter.Id), .. filters]),
        ProjectNode project => ThroughProject(project, filters),
        FlattenNode flatten => ThroughFlatten(flatten, filters),
        WatermarkNode watermark => ThroughWatermark(watermark, filters),
        AggregateNode aggregate => ThroughAggregate(aggregate, filters),
        UnionNode union => ThroughUnion(union, filters),
        TableJoinNode join => ThroughJoin(join, filters),
        StreamJoinNode join => ThroughStreamJoin(join, filters),

        // What a limit lets pass, and what is observed, depends on the rows that come in.
        // Which row of a key is the first too: nothing passes a deduplication (semantics 2.1.12).
        DistinctNode distinct => Keep(distinct with { Input = Push(distinct.Input, []) }, filters),
        // Which rows are the first of their group depends on the others.
        TopNode top => Keep(top with { Input = Push(top.Input, []) }, filters),
        // What a processor emits is its own.
        ProcessNode process => Keep(process with { Input = Push(process.Input, []) }, filters),
        LimitNode limit => Keep(limit with { Input = Push(limit.Input, []) }, filters),
        SortNode sort => Keep(sort with { Input = Push(sort.Input, []) }, filters),
        ObserveNode observe => Keep(observe with { Input = Push(observe.Input, []) }, filters),
        ExpectNode expect => Keep(expect with { Input = Push(expect.Input, []) }, filters),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType().Name, "An operator that has no physical form."),
    };

    private NodeSpec ThroughProject(ProjectNode project, IReadOnlyList<Filter> filters)
    {
        if (!project.Values.All(Predicates.IsDeterministic))
            return Keep(project with { Input = Push(project.Input, []) }, filters);
        bool gains = HasBarrier(project.Input);
        Filter[] lowered = [.. filters.Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, project.Values) })];

        // Below a mere source nothing is gained but that a row is dropped before the other values are computed.
        bool[] moves = Movable(lowered, filter => gains || Predicates.IsCheap(filter.Predicate));
        return Keep(
            project with { Input = Push(project.Input, Where(lowered, moves, true)) },
            Where(filters, moves, false));
    }

    private NodeSpec ThroughFlatten(FlattenNode flatten, IReadOnlyList<Filter> filters)
    {
        Filter[] lowered = [.. filters.Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, flatten.Values) })];
        bool[] moves = Movable(lowered, filter => Predicates.IsDeterministic(filter.Predicate)
            && !filter.Predicate.Nodes().Any(part => part is LocalExpr local && local.Id == flatten.ElementLocal));
        return Keep(
            flatten with { Input = Push(flatten.Input, Where(lowered, moves, true)) },
            Where(filters, moves, false));
    }

    /// <summary>Semantics 2.1.9: what does not look at the event time goes below the node; so do the null tests that the rest implies.</summary>
    private NodeSpec ThroughWatermark(WatermarkNode watermark, IReadOnlyList<Filter> filters)
    {
        int time = TimeColumn(watermark);
        bool[] moves = Movable(filters, filter => Predicates.IsDeterministic(filter.Predicate)
            && filter.Predicate.Columns().All(column => column.Ordinal != time)
            && !filter.Predicate.Nodes().Any(part => part is RowExpr));
        IEnumerable<Filter> implied = Where(filters, moves, false)
            .SelectMany(filter => Predicates.ImpliedNotNull(filter.Predicate, 0)
                .Where(column => column.Ordinal != time)
                .Select(column => new Filter(Predicates.NotNull(column), filter.Node)));
        return Keep(
            watermark with { Input = Push(watermark.Input, Distinct([.. Where(filters, moves, true), .. implied])) },
            Where(filters, moves, false));
    }

    /// <summary>What looks at nothing but keys (and at one at least) selects groups, and so the rows of groups.</summary>
    private NodeSpec ThroughAggregate(AggregateNode aggregate, IReadOnlyList<Filter> filters)
    {
        int first = aggregate.Window is null ? 0 : 1;
        int end = first + aggregate.Keys.Count;
        bool[] moves = Movable(filters, filter => Predicates.IsDeterministic(filter.Predicate)
            && filter.Predicate.Columns().Any()
            && filter.Predicate.Columns().All(column => column.Ordinal >= first && column.Ordinal < end));
        ExprSpec[] columns =
        [
            .. aggregate.Row.Columns.Select((column, i) =>
                i >= first && i < end ? aggregate.Keys[i - first] : new ColumnExpr(column.Type, 0, i, column.Name)),
        ];
        IReadOnlyList<Filter> lowered =
        [
            .. Where(filters, moves, true).Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, columns) }),
        ];
        return Keep(aggregate with { Input = Push(aggregate.Input, Distinct([.. lowered, .. SessionTests(aggregate), .. TimeHint(aggregate)])) }, Where(filters, moves, false));
    }

    /// <summary>
    /// A row without a time or a gap belongs to no session (semantics 4.3), and Spark asks for both in a filter. That can be seen where it gets
    /// below a watermark node (semantics 2.1.9, 2.1.12): for all columns but the watermarked one.
    /// </summary>
    private static IEnumerable<Filter> SessionTests(AggregateNode aggregate)
    {
        if (aggregate.Window is not { Session: { } session } window || PlanTree.Below(aggregate).OfType<WatermarkNode>().FirstOrDefault() is null)
            return [];
        IEnumerable<ColumnExpr> needed = WatermarkFlow.Carries(window.Time, WatermarkFlow.Columns(aggregate.Input)) ? [] : Predicates.NullIntolerant(window.Time, 0);
        if (session.PerRow is { } gap)
            needed = needed.Concat(Predicates.NullIntolerant(gap, 0));
        return needed.Select(column => new Filter(Predicates.NotNull(column), aggregate.Id));
    }

    /// <summary>
    /// Windows take no row without a time (semantics 1.5), which a join of streams below has to know: [R] of 6.1.4. The aggregation itself leaves
    /// such rows out and counts them, so the test is of no use anywhere else.
    /// </summary>
    private static IEnumerable<Filter> TimeHint(AggregateNode aggregate) => aggregate.Window is { Time: var time }
        ? Predicates.NullIntolerant(time, 0).Select(column => new Filter(Predicates.NotNull(column), aggregate.Id) { IsHint = true })
        : [];

    private NodeSpec ThroughUnion(UnionNode union, IReadOnlyList<Filter> filters)
    {
        bool[] moves = Movable(filters, filter => Predicates.IsDeterministic(filter.Predicate));
        return Keep(
            union with
            {
                Left = Push(union.Left, Retarget(Where(filters, moves, true), union.Left.Row)),
                Right = Push(union.Right, Retarget(Where(filters, moves, true), union.Right.Row)),
            },
            Where(filters, moves, false));
    }

    /// <summary>
    /// Semantics 6.1.4 and 2.1.12. Filters above the join and predicates of ON that concern the stream alone go to the stream; inner
    /// and semi joins drop rows that have null where a comparison of ON would have a value.
    /// </summary>
    private NodeSpec ThroughJoin(TableJoinNode join, IReadOnlyList<Filter> filters)
    {
        Filter[] lowered = [.. filters.Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, join.Values) })];
        if (join.Kind == TableJoinKind.LeftOuter && lowered.Any(filter => Predicates.NeedsMatch(filter.Predicate, 1)))
            join = join with { Kind = TableJoinKind.Inner };

        bool drops = join.Kind is TableJoinKind.Inner or TableJoinKind.LeftSemi;
        bool[] moves = Movable(lowered, filter => Predicates.IsDeterministic(filter.Predicate)
            && filter.Predicate.Reads(0) && !filter.Predicate.Reads(1));
        List<Filter> below = [.. Where(lowered, moves, true)];
        List<ExprSpec> on = [];
        foreach (ExprSpec conjunct in join.On.Conjuncts())
        {
            if (drops && conjunct.Reads(0) && !conjunct.Reads(1) && Predicates.IsDeterministic(conjunct))
                below.Add(new Filter(conjunct, join.Id));
            else
                on.Add(conjunct);
        }

        if (drops)
            below.AddRange(on.SelectMany(conjunct => NullTests(conjunct, 0)).Select(test => new Filter(test, join.Id)));
        return Keep(
            join with { Input = Push(join.Input, Distinct(below)), On = All(on) },
            Where(filters, moves, false));
    }

    /// <summary>
    /// Which filters move. One that can throw stays when one before it stays: C# would not have looked at it for the rows which that
    /// one removes.
    /// </summary>
    private static bool[] Movable(IReadOnlyList<Filter> filters, Func<Filter, bool> canMove)
    {
        bool[] moves = new bool[filters.Count];
        bool guarded = false;
        for (int i = 0; i < filters.Count; i++)
        {
            moves[i] = canMove(filters[i]) && !(guarded && Predicates.CanThrow(filters[i].Predicate));
            guarded |= !moves[i];
        }

        return moves;
    }

    private static IReadOnlyList<Filter> Where(IReadOnlyList<Filter> filters, bool[] moves, bool moving) =>
        [.. filters.Where((_, i) => moves[i] == moving)];

    private static IReadOnlyList<Filter> Distinct(IReadOnlyList<Filter> filters) =>
        [.. filters.GroupBy(filter => filter.Predicate).Select(group => group.First())];

    private static IReadOnlyList<Filter> Retarget(IReadOnlyList<Filter> filters, RowSpec row)
    {
        ExprSpec[] columns = [.. row.Columns.Select((column, i) => new ColumnExpr(column.Type, 0, i, column.Name))];
        return [.. filters.Select(filter => filter with { Predicate = filter.Predicate.Substitute(0, columns) })];
    }

    /// <summary>Whether anything but filters and projections stands between here and the source.</summary>
    private static bool HasBarrier(NodeSpec node) => node switch
    {
        FilterNode filter => HasBarrier(filter.Input),
        ProjectNode project => HasBarrier(project.Input),
        SourceNode => false,
        _ => true,
    };

    private static NodeSpec Keep(NodeSpec node, IReadOnlyList<Filter> filters)
    {
        Filter[] kept = [.. filters.Where(filter => !filter.IsHint)];
        return kept.Length == 0 ? node : new FilterNode(kept[0].Node, node.Row, node, All(kept.Select(filter => filter.Predicate)));
    }

    private static ExprSpec All(IEnumerable<ExprSpec> predicates)
    {
        TypeSpec boolean = TypeSpec.Of(FieldKind.Boolean);
        ExprSpec? all = null;
        foreach (ExprSpec predicate in predicates)
            all = all is null ? predicate : new BinaryExpr(boolean, "&&", all, predicate, false);
        return all ?? new ConstantExpr(boolean, "true");
    }

    private static IEnumerable<Filter> Split(ExprSpec predicate, int node) =>
        predicate.Conjuncts().Select(conjunct => new Filter(conjunct, node));

    private static int TimeColumn(WatermarkNode watermark) => watermark.Time is ColumnExpr column ? column.Ordinal : -1;

    private sealed record Filter(ExprSpec Predicate, int Node)
    {
        /// <summary>
        /// Whether it only says what the operator above needs, which drops other rows itself: it becomes a filter only below a join of streams,
        /// whose state would keep such rows for nothing.
        /// </summary>
        public bool IsHint { get; init; }
    }
}
