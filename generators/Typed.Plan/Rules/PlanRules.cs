using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// What a plan must be for its query to start and to mean what it says: pure functions of the spec. The table "output mode × operator"
/// of semantics 3 is here, with the rules on time in the other part.
/// </summary>
internal static partial class PlanRules
{
    /// <summary>Everything that is wrong with a plan, or worth saying about it.</summary>
    public static IReadOnlyList<Finding> Check(PipelineSpec pipeline)
    {
        List<Finding> findings = [];
        bool isComplete = pipeline.OutputMode == "Complete";
        foreach (OutputSpec output in pipeline.Outputs)
        {
            if (isComplete && !PlanTree.From(output.Root).Any(PlanTree.KeepsResult))
                findings.Add(Found(StateDiagnostics.CompleteWithoutAggregation, -1, PlanPlaces.Mode, NameOf(pipeline, output)));
            Visit(pipeline, output.Root, [], findings);
        }

        CheckNames(pipeline, findings);
        CheckExpectations(pipeline, findings);
        CheckStateNames(pipeline, findings);
        CheckProcesses(pipeline, findings);
        CheckUnbounded(pipeline, findings);

        // A stage that several outputs read was visited from each: what stands above it matters to some rules.
        return [.. findings.Distinct()];
    }

    private static void Visit(PipelineSpec pipeline, NodeSpec node, List<NodeSpec> above, List<Finding> findings)
    {
        CheckKeys(node, findings);
        switch (node)
        {
            case WatermarkNode watermark:
                CheckWatermark(watermark, findings);
                break;
            case AggregateNode aggregate:
                CheckWindow(aggregate, findings);
                if (aggregate.Window?.Session is { } gap)
                    CheckSession(pipeline, aggregate, gap, findings);
                CheckAggregation(pipeline, aggregate, above, findings);
                CheckDistinct(pipeline, aggregate, above, findings);
                CheckOverlap(aggregate, findings);
                CheckChain(pipeline, aggregate, findings);
                break;
            case UnionNode union:
                CheckUnion(union, findings);
                break;
            case DistinctNode distinct:
                CheckDistinct(pipeline, distinct, findings);
                break;
            case TopNode top:
                CheckTop(pipeline, top, findings);
                break;
            case ProcessNode process:
                CheckProcess(pipeline, process, above, findings);
                break;
            case SortNode sort:
                CheckSort(pipeline, sort, above, findings);
                break;
            case LimitNode limit:
                CheckLimit(pipeline, limit, findings);
                break;
            case SkipNode:
                findings.Add(Found(StateDiagnostics.Skip, node.Id, PlanPlaces.Operator));
                break;
            case StreamJoinNode join:
                CheckStreamJoin(pipeline, join, findings);
                break;
            case TableJoinNode join when !JoinCondition.Conjuncts(join.On).Any(one => JoinCondition.IsEquality(one, out _, out _, out _)):
                findings.Add(Found(StateDiagnostics.JoinWithoutEquality, node.Id, "on", join.TableName));
                break;
        }

        above.Add(node);
        foreach (NodeSpec input in node.Inputs)
            Visit(pipeline, input, above, findings);
        above.RemoveAt(above.Count - 1);
    }

    // Semantics 3.12: only a complete result has an order.
    private static void CheckSort(PipelineSpec pipeline, SortNode sort, List<NodeSpec> above, List<Finding> findings)
    {
        bool aggregated = PlanTree.Below(sort).Any(PlanTree.KeepsResult);
        DiagnosticRule? rule = (pipeline.OutputMode, aggregated) switch
        {
            ("Complete", true) => null,
            ("Complete", false) => above.Any(node => node is AggregateNode) ? StateDiagnostics.SortBeforeAggregation : null,
            ("Update", true) => StateDiagnostics.SortUpdate,
            _ => StateDiagnostics.SortStreaming,
        };
        if (rule is not null)
            findings.Add(Found(rule, sort.Id, PlanPlaces.Operator, "OrderBy"));
    }

    // Semantics 8.3.
    private static void CheckLimit(PipelineSpec pipeline, LimitNode limit, List<Finding> findings)
    {
        if (pipeline.OutputMode == "Update")
            findings.Add(Found(StateDiagnostics.LimitUpdate, limit.Id, PlanPlaces.Operator));
        if (limit.Count < 0)
            findings.Add(Found(StateDiagnostics.LimitCount, limit.Id, "count", limit.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    // Semantics 3.10, with the bound that a window or a time to live gives: then the values leave with their group.
    private static void CheckDistinct(PipelineSpec pipeline, AggregateNode aggregate, List<NodeSpec> above, List<Finding> findings)
    {
        bool closes = pipeline.OutputMode != "Complete" && WatermarkFlow.KeyColumns(aggregate).Any();
        bool refusedAnyway = pipeline.OutputMode == "Append" && !above.Any(node => node is AggregateNode);
        if (closes || aggregate.TtlMicros > 0 || refusedAnyway)
            return;
        string reason = pipeline.OutputMode == "Complete" ? "in complete mode no group ever ends"
            : aggregate.IsGlobal ? "all rows are one group, which never ends"
            : "no watermark ends its groups";
        for (int i = 0; i < aggregate.Aggregates.Count; i++)
        {
            if (aggregate.Aggregates[i].Function == "CountDistinct")
                findings.Add(Found(StateDiagnostics.DistinctUnbounded, aggregate.Id, PipelineParser.AggregatePlace(i), "CountDistinct", reason));
        }
    }

    private static void CheckNames(PipelineSpec pipeline, List<Finding> findings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ObserveNode observe in PlanTree.Of(pipeline).OfType<ObserveNode>())
        {
            if (!names.Add(observe.Name))
                findings.Add(Found(PipelineDiagnostics.DuplicateObservation, observe.Id, "name", observe.Name));
        }
    }

    private static string NameOf(PipelineSpec pipeline, OutputSpec output) =>
        pipeline.Outputs.Count == 1 ? pipeline.Name : pipeline.Name + "." + output.Name;

    // Semantics 18.2.
    private static void CheckExpectations(PipelineSpec pipeline, List<Finding> findings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<(int, string)> seen = [];
        foreach (ExpectationSpec one in pipeline.Outputs.SelectMany(output => PlanTree.From(output.Root)).OfType<ExpectNode>().SelectMany(node => node.Expectations).OrderBy(one => one.Node))
        {
            // An operator that two others read is met twice.
            if (seen.Add((one.Node, one.Place)) && !names.Add(one.Name))
                findings.Add(Found(QualityDiagnostics.DuplicateName, one.Node, one.Place, one.Name));
        }

        foreach (ExpectNode node in pipeline.Outputs.SelectMany(output => PlanTree.From(output.Root)).OfType<ExpectNode>().Where(node => node.Expectations.Count > QualityDiagnostics.MostExpectations))
        {
            findings.Add(Found(
                QualityDiagnostics.TooMany, node.Id, PlanPlaces.Operator, node.Expectations.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private static bool IsSmall(TypeSpec key) => key.Is(FieldKind.Boolean) || key.Is(FieldKind.Enum);

    private static Finding Found(DiagnosticRule rule, int node, string place, params string[] arguments) =>
        new(rule.Id, node, place, arguments.ToEquatable());
}
