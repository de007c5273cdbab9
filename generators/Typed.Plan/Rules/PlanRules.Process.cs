namespace Typed.Plan;

/// <content>The rules on custom state (semantics 3, 9, 10, 20).</content>
internal static partial class PlanRules
{
    private static void CheckProcess(PipelineSpec pipeline, ProcessNode process, List<NodeSpec> above, List<Finding> findings)
    {
        ProcessorTraits processor = process.Processor;
        IReadOnlyList<int> marked = WatermarkFlow.Columns(process.Input);
        string name = processor.Name;
        if (processor.Form == ProcessorForm.Group)
            CheckGroupMode(pipeline, process, findings);
        if (processor.Time == ProcessorTime.EventTime && marked.Count == 0)
            findings.Add(Found(processor.Form == ProcessorForm.Group ? ProcessorDiagnostics.TimeoutWithoutWatermark : ProcessorDiagnostics.TimersWithoutWatermark, process.Id, "processor", name));
        if (processor.OutputEventTime is { } time && marked.Count == 0)
            findings.Add(Found(ProcessorDiagnostics.OutputTimeWithoutWatermark, process.Id, "processor", name, time));
        if (processor.Uses.Contains("Watermark") && !PlanTree.Below(process).Any(node => node is WatermarkNode))
            findings.Add(Found(ProcessorDiagnostics.WatermarkUnknown, process.Id, "processor", name));

        // Semantics 2.1.11: rows are late by one event time.
        if (processor.Time == ProcessorTime.EventTime && marked.Count > 1)
        {
            string columns = string.Join(" and ", marked.Select(one => "'" + process.Input.Row.Columns[one].Name + "'"));
            findings.Add(Found(TimeDiagnostics.SeveralEventTimes, process.Id, PlanPlaces.Operator, "Process", columns));
        }

        // Semantics 20.1: what an aggregation passes on is final in append mode only.
        if (pipeline.OutputMode != "Append" && PlanTree.Below(process).Any(PlanTree.KeepsResult))
            findings.Add(Found(StateDiagnostics.AggregationOfChanges, process.Id, PlanPlaces.Operator, "Process", pipeline.OutputMode.ToLowerInvariant()));
        if (processor is { Form: ProcessorForm.Group, Time: ProcessorTime.EventTime } && above.LastOrDefault(PlanTree.KeepsState) is { } reader)
            findings.Add(Found(ProcessorDiagnostics.AfterEventTimeGroups, process.Id, "processor", name, Word(reader)));
    }

    // Semantics 3, the table; 3.11 for what stands beside an aggregation.
    private static void CheckGroupMode(PipelineSpec pipeline, ProcessNode process, List<Finding> findings)
    {
        ProcessorTraits processor = process.Processor;
        string mode = pipeline.OutputMode.ToLowerInvariant();
        bool aggregates = PlanTree.Of(pipeline).Any(PlanTree.KeepsResult);
        DiagnosticRule? rule = processor switch
        {
            { OneRowPerCall: true } => pipeline.OutputMode == "Update" ? null : ProcessorDiagnostics.MapGroupsMode,
            { OutputMode: "Update" } when aggregates => ProcessorDiagnostics.UpdateGroupsWithAggregation,
            { OutputMode: "Update" } => pipeline.OutputMode == "Update" ? null : ProcessorDiagnostics.UpdateGroupsMode,
            _ => aggregates || pipeline.OutputMode == "Append" ? null : ProcessorDiagnostics.AppendGroupsMode,
        };
        if (rule is not null)
            findings.Add(Found(rule, process.Id, "processor", processor.Name, mode));
    }

    /// <summary>What several processors of a query are to each other.</summary>
    private static void CheckProcesses(PipelineSpec pipeline, List<Finding> findings)
    {
        List<ProcessNode> all = [.. PlanTree.Of(pipeline).OfType<ProcessNode>()];
        List<ProcessNode> groups = [.. all.Where(one => one.Processor.Form == ProcessorForm.Group)];
        if (groups.Count < 2)
            return;
        List<ProcessNode> maps = [.. groups.Where(one => one.Processor.OneRowPerCall)];
        (ProcessNode first, ProcessNode last) = (groups[0], groups[groups.Count - 1]);
        if (maps.Count > 1)
            findings.Add(Found(ProcessorDiagnostics.SeveralMapGroups, maps[1].Id, "processor", maps[1].Processor.Name, maps[0].Processor.Name));
        if (maps.Count > 0 && maps.Count < groups.Count)
            findings.Add(Found(ProcessorDiagnostics.MixedGroups, last.Id, "processor", last.Processor.Name, first.Processor.Name));
        if (maps.Count > 0)
            return;
        string? other = groups.FirstOrDefault(one => one.Processor.OutputMode != "Append") is { } changes ? $"'{changes.Processor.Name}' emits updates"
            : pipeline.OutputMode != "Append" ? $"the query is in {pipeline.OutputMode.ToLowerInvariant()} mode"
            : null;
        if (other is not null)
            findings.Add(Found(ProcessorDiagnostics.ChainedGroups, last.Id, "processor", last.Processor.Name, first.Processor.Name, other));
    }

    private static string Word(NodeSpec node) => node switch
    {
        AggregateNode { IsGlobal: true } => "Aggregate",
        AggregateNode => "GroupBy",
        ProcessNode process => process.Processor.Name,
        StreamJoinNode => "Join",
        DistinctNode => "DropDuplicates",
        TopNode top => top.IsLast ? "LastBy" : "TopBy",
        _ => node.GetType().Name.Replace("Node", ""),
    };
}
