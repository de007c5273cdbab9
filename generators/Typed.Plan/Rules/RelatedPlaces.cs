using System.Collections.Immutable;

namespace Typed.Plan;

/// <summary>
/// The other places that a finding is about: where two parts of a plan conflict, the diagnostic stands at one of them and names the other. Asked for where findings are shown,
/// so that the rules themselves stay with one place each.
/// </summary>
internal static class RelatedPlaces
{
    /// <summary>What is refused in one output mode and would not be in another one.</summary>
    private static readonly ImmutableHashSet<string> s_byMode =
    [
        TimeDiagnostics.AppendWithoutWatermark.Id, StateDiagnostics.AggregationOfChanges.Id, StateDiagnostics.SortStreaming.Id, StateDiagnostics.SortUpdate.Id, StateDiagnostics.LimitUpdate.Id,
        SessionDiagnostics.UpdateMode.Id, StreamJoinDiagnostics.OutputMode.Id, ProcessorDiagnostics.MapGroupsMode.Id, ProcessorDiagnostics.UpdateGroupsMode.Id, ProcessorDiagnostics.AppendGroupsMode.Id,
        ProcessorDiagnostics.CompleteGroups.Id,
    ];

    /// <summary>What is about watermarks that are declared below.</summary>
    private static readonly ImmutableHashSet<string> s_byWatermarks =
        [TimeDiagnostics.SeveralEventTimes.Id, DistinctDiagnostics.SeveralEventTimes.Id, StreamJoinDiagnostics.SeveralEventTimes.Id];

    /// <summary>What is about the one watermark below, if there is one.</summary>
    private static readonly ImmutableHashSet<string> s_byWatermark =
    [
        TimeDiagnostics.WatermarkRedefined.Id, TimeDiagnostics.WindowOverOtherColumn.Id, TimeDiagnostics.AppendWithoutWatermark.Id, TimeDiagnostics.InnerAggregation.Id,
        DistinctDiagnostics.WithinWatermarkWithout.Id, DistinctDiagnostics.TopNeverCloses.Id,
    ];

    /// <summary>The nodes, and the places in them, that a finding is about beside its own.</summary>
    public static IEnumerable<(int Node, string Place)> Of(PipelineSpec pipeline, Finding finding)
    {
        IEnumerable<(int, string)> mode = s_byMode.Contains(finding.DiagnosticId) ? [(-1, PlanPlaces.Mode)] : [];
        return PlanTree.Of(pipeline).FirstOrDefault(one => one.Id == finding.Node) is { } node
            ? Nodes(pipeline, finding, node).OfType<NodeSpec>().Select(one => (one.Id, PlanPlaces.Operator)).Concat(Names(pipeline, finding, node)).Concat(mode)
            : mode;
    }

    private static IEnumerable<NodeSpec?> Nodes(PipelineSpec pipeline, Finding finding, NodeSpec node)
    {
        string id = finding.DiagnosticId;
        if (s_byWatermarks.Contains(id))
            return WatermarkFlow.Declared(node);
        if (s_byWatermark.Contains(id))
            return WatermarkFlow.Declared(node).Take(1);
        if (id == TimeDiagnostics.WatermarkAfterAggregation.Id)
            return PlanTree.Below(node).OfType<AggregateNode>().Take(1);
        if (id == TimeDiagnostics.DelaysDiffer.Id)
            return node.Inputs.Select(WatermarkOf);
        if (id == TimeDiagnostics.WaitsAddUp.Id)
            return PlanTree.Below(node).OfType<AggregateNode>().Take(1).SelectMany(below => new NodeSpec?[] { below, WatermarkOf(below.Input) });
        if (id == StateDiagnostics.AggregationOfChanges.Id)
            return PlanTree.Below(node).Where(PlanTree.KeepsResult).Take(1);
        if (id == ProcessorDiagnostics.UpdateGroupsWithAggregation.Id)
            return PlanTree.Of(pipeline).Where(PlanTree.KeepsResult).Take(1);
        if (id == ProcessorDiagnostics.AfterEventTimeGroups.Id)
            return PlanTree.Of(pipeline).Where(one => PlanTree.KeepsState(one) && PlanTree.Below(one).Contains(node, NodeIdentity.Instance)).OrderBy(one => PlanTree.Below(one).Count()).Take(1);
        return id == ProcessorDiagnostics.SeveralMapGroups.Id || id == ProcessorDiagnostics.MixedGroups.Id || id == ProcessorDiagnostics.ChainedGroups.Id
            ? PlanTree.Of(pipeline).OfType<ProcessNode>().Where(one => one.Processor.Form == ProcessorForm.Group && one != node).Take(1)
            : [];
    }

    // The first place of a name that is given twice.
    private static IEnumerable<(int Node, string Place)> Names(PipelineSpec pipeline, Finding finding, NodeSpec node)
    {
        string id = finding.DiagnosticId;
        if (id == ProcessorDiagnostics.SameName.Id)
            return PlanTree.Of(pipeline).Where(one => one.GivenName == node.GivenName).Take(1).Select(one => (one.Id, "name"));
        if (id == PipelineDiagnostics.DuplicateObservation.Id)
            return PlanTree.Of(pipeline).OfType<ObserveNode>().Where(one => one.Name == finding.Arguments[0]).Take(1).Select(one => (one.Id, "name"));
        return id == QualityDiagnostics.DuplicateName.Id
            ? PlanTree.Of(pipeline).OfType<ExpectNode>().SelectMany(one => one.Expectations).OrderBy(one => one.Node).Where(one => one.Name == finding.Arguments[0]).Take(1).Select(one => (one.Node, one.Place))
            : [];
    }

    private static WatermarkNode? WatermarkOf(NodeSpec node) => WatermarkFlow.Columns(node) is [var column, ..] ? WatermarkFlow.WatermarkOf(node, column) : null;
}
