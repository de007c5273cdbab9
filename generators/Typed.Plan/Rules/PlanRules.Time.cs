using Typed.Schema;

namespace Typed.Plan;

/// <summary>The rules on watermarks, windows, and on what an aggregation needs to emit (semantics 1, 2, 3, 20).</summary>
internal static partial class PlanRules
{
    private static void CheckWatermark(WatermarkNode watermark, List<Finding> findings)
    {
        if (watermark.DelayMillis < 0)
            findings.Add(Found(TimeDiagnostics.NegativeDelay, watermark.Id, "delay", DurationWords.Of(watermark.DelayMillis * 1000)));
        // Semantics 2.1.10: whatever stands between the two, both would feed one global watermark and judge the same rows.
        if (WatermarkFlow.Declared(watermark).FirstOrDefault() is { } first)
            findings.Add(Found(TimeDiagnostics.WatermarkRedefined, watermark.Id, PlanPlaces.Operator, NameOf(first.Time)));
    }

    // Semantics 1.1. What is wrong first hides what follows from it.
    private static void CheckWindow(AggregateNode aggregate, List<Finding> findings)
    {
        if (aggregate.Window is not { Session: null } window)
            return;
        (string size, string slide, string offset) = (DurationWords.Of(window.SizeMicros), DurationWords.Of(window.SlideMicros), DurationWords.Of(window.OffsetMicros));
        if (window.SizeMicros <= 0)
            findings.Add(Found(TimeDiagnostics.WindowSize, aggregate.Id, "size", size));
        else if (window.SlideMicros <= 0)
            findings.Add(Found(TimeDiagnostics.WindowSlide, aggregate.Id, "every", slide));
        else if (window.SlideMicros > window.SizeMicros)
            findings.Add(Found(TimeDiagnostics.WindowGaps, aggregate.Id, "every", size, slide));
        else if (Math.Abs((decimal)window.OffsetMicros) >= window.SlideMicros)
            findings.Add(Found(TimeDiagnostics.WindowOffset, aggregate.Id, "offset", offset, slide));
    }

    private static void CheckAggregation(PipelineSpec pipeline, AggregateNode aggregate, List<NodeSpec> above, List<Finding> findings)
    {
        List<int> marked = [.. WatermarkFlow.KeyColumns(aggregate)];
        string name = aggregate.IsGlobal ? "Aggregate" : "GroupBy";
        bool isInner = above.Any(node => node is AggregateNode);
        if (pipeline.OutputMode == "Append")
        {
            if (marked.Count == 0)
                findings.Add(isInner ? NeverEmits(TimeDiagnostics.InnerAggregation, aggregate, name) : WhyNothingComes(aggregate, above, name));
        }
        else
        {
            // Semantics 3.11, 20.1.
            if (PlanTree.Below(aggregate).Any(PlanTree.KeepsResult))
                findings.Add(Found(StateDiagnostics.AggregationOfChanges, aggregate.Id, PlanPlaces.Operator, name, pipeline.OutputMode.ToLowerInvariant()));
            bool unbounded = pipeline.OutputMode == "Update" && aggregate.Window?.Session is null && marked.Count == 0 && aggregate.TtlMicros == 0 && !aggregate.IsGlobal;
            if (unbounded && (aggregate.Window is not null || !aggregate.Keys.All(key => IsSmall(key.Type))))
                findings.Add(Found(StateDiagnostics.UnboundedGroups, aggregate.Id, PlanPlaces.Operator, name, HowMuch(pipeline, aggregate, 0)));
        }

        // Semantics 2.1.11; in complete mode the watermark is not looked at.
        if (marked.Count > 1 && pipeline.OutputMode != "Complete")
        {
            string keys = string.Join(" and ", marked.Select(one => "'" + aggregate.Row.Columns[one].Name + "'"));
            findings.Add(Found(TimeDiagnostics.SeveralEventTimes, aggregate.Id, PlanPlaces.Operator, name, keys));
        }
    }

    private static Finding WhyNothingComes(AggregateNode aggregate, List<NodeSpec> above, string name)
    {
        IReadOnlyList<int> marked = WatermarkFlow.Columns(aggregate.Input);
        if (aggregate.Window is { } window && marked.Count > 0)
        {
            string watermarked = aggregate.Input.Row.Columns[marked[0]].Name;
            return Found(TimeDiagnostics.WindowOverOtherColumn, aggregate.Id, "on", name, NameOf(window.Time), watermarked);
        }

        bool declaredBelow = WatermarkFlow.Declared(aggregate).Any();
        if (!declaredBelow && !aggregate.IsGlobal && above.OfType<WatermarkNode>().LastOrDefault() is { } late)
            return Found(TimeDiagnostics.WatermarkAfterAggregation, late.Id, PlanPlaces.Operator, name, NameOf(late.Time));
        return NeverEmits(TimeDiagnostics.AppendWithoutWatermark, aggregate, name);
    }

    private static Finding NeverEmits(DiagnosticRule rule, AggregateNode aggregate, string name)
    {
        const string OtherMode = "or use OutputMode.Update";
        IReadOnlyList<int> marked = WatermarkFlow.Columns(aggregate.Input);
        WatermarkNode? declared = WatermarkFlow.Declared(aggregate).FirstOrDefault();
        string? time = EventTimeOf(aggregate.Input.Row);
        (string reason, string wayOut) = (aggregate, declared) switch
        {
            ({ IsGlobal: true }, _) =>
                ("all rows of a stream are one group that never is", "Group by a window over a watermarked time, or use OutputMode.Update or OutputMode.Complete"),
            (_, { } lost) when marked.Count == 0 =>
                ($"the watermark on '{NameOf(lost.Time)}' does not reach it, because that column is not passed on unchanged", $"Keep '{NameOf(lost.Time)}' in the Select and group by a window over it, {OtherMode}"),
            (_, { } there) =>
                ($"none of its keys carries the watermark on '{NameOf(there.Time)}'", $"Group by a window over '{NameOf(there.Time)}' as well, {OtherMode}"),
            ({ Window: { Time: var over } }, _) =>
                ("without a watermark no window ever is", $"Call WithWatermark(x => x.{NameOf(over)}, \"10 minutes\") before GroupBy, {OtherMode}"),
            ({ TtlMicros: > 0 }, _) =>
                ("a time to live forgets groups but finishes none", "Use OutputMode.Update, or group by a window over a watermarked time"),
            _ =>
                ("no watermark says when that is", $"Call WithWatermark(x => x.{time ?? "Time"}, \"10 minutes\") and group by a window as well, {OtherMode}"),
        };
        return Found(rule, aggregate.Id, PlanPlaces.Operator, name, reason, wayOut);
    }

    private static string? EventTimeOf(RowSpec row)
    {
        ColumnSpec[] times = [.. row.Columns.Where(column => column.Type.Is(FieldKind.Timestamp))];
        return (times.FirstOrDefault(column => column.IsEventTime) ?? times.FirstOrDefault())?.Name;
    }

    private static string NameOf(ExprSpec value) => RowShape.WithoutLift(value) switch
    {
        ColumnExpr column => column.Name,
        MemberExpr member => NameOf(member.Target) + "." + member.Name,
        UnwrapExpr unwrap => NameOf(unwrap.Operand),
        _ => "a computed time",
    };
}
