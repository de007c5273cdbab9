using System.Globalization;

namespace Typed.Plan;

/// <summary>What is worth saying about how long a result takes and how often a row counts (semantics 1.2, 2.1.8, 20.2).</summary>
internal static partial class PlanRules
{
    /// <summary>A row in more windows than the minutes of an hour is worth a thought.</summary>
    private const long ManyWindows = 60;

    // The watermark follows the slowest of several inputs.
    private static void CheckUnion(UnionNode union, List<Finding> findings)
    {
        if (DelayOf(union.Left) is not { } left || DelayOf(union.Right) is not { } right || left == right)
            return;
        findings.Add(Found(
            TimeDiagnostics.DelaysDiffer, union.Id, PlanPlaces.Operator,
            DurationWords.Of(Math.Max(left, right) * 1000), DurationWords.Of(Math.Min(left, right) * 1000)));
    }

    private static long? DelayOf(NodeSpec node) => WatermarkFlow.Columns(node) is [var column, ..] ? WatermarkFlow.DelayMillis(node, column) : null;

    private static void CheckOverlap(AggregateNode aggregate, List<Finding> findings)
    {
        if (aggregate.Window is not { Session: null, SizeMicros: > 0, SlideMicros: > 0 } window || window.SizeMicros / window.SlideMicros <= ManyWindows)
            return;
        long windows = (window.SizeMicros + window.SlideMicros - 1) / window.SlideMicros;
        findings.Add(Found(
            StateDiagnostics.ManyWindows, aggregate.Id, "every",
            windows.ToString(CultureInfo.InvariantCulture), DurationWords.Of(window.SizeMicros), DurationWords.Of(window.SlideMicros)));
    }

    // Semantics 20.2: the upper aggregation gets its rows when the windows of the lower one close, and then waits for its own.
    private static void CheckChain(PipelineSpec pipeline, AggregateNode aggregate, List<Finding> findings)
    {
        if (pipeline.OutputMode != "Append" || aggregate.Window is not { Session: null } outer || !WatermarkFlow.KeyColumns(aggregate).Any())
            return;
        AggregateNode? below = PlanTree.Below(aggregate).OfType<AggregateNode>().FirstOrDefault();
        if (below?.Window is not { Session: null } inner || DelayOf(below.Input) is not { } delay || inner.SlideMicros <= 0 || outer.SizeMicros <= 0)
            return;
        bool fits = inner.SizeMicros == inner.SlideMicros && outer.SlideMicros % inner.SlideMicros == 0 && outer.OffsetMicros % inner.SlideMicros == inner.OffsetMicros;
        long wait = (fits ? outer.SizeMicros : inner.SizeMicros + outer.SizeMicros) + (delay * 1000);
        findings.Add(Found(
            TimeDiagnostics.WaitsAddUp, aggregate.Id, PlanPlaces.Operator,
            DurationWords.Of(wait),
            $"the windows below close after {DurationWords.Of(inner.SizeMicros)}, those here after {DurationWords.Of(outer.SizeMicros)}{(fits ? ", and the former end where the latter do" : "")}",
            DurationWords.Of(delay * 1000)));
    }
}
