using System.Globalization;

namespace Typed.Plan;

/// <summary>The rules on deduplication (semantics 5, 20.1).</summary>
internal static partial class PlanRules
{
    private static void CheckDistinct(PipelineSpec pipeline, DistinctNode distinct, List<Finding> findings)
    {
        string name = distinct.WithinWatermark ? "DropDuplicatesWithinWatermark" : "DropDuplicates";
        IReadOnlyList<int> marked = WatermarkFlow.Columns(distinct.Input);
        if (marked.Count > 1)
        {
            string columns = string.Join(" and ", marked.Select(one => "'" + distinct.Input.Row.Columns[one].Name + "'"));
            findings.Add(Found(DistinctDiagnostics.SeveralEventTimes, distinct.Id, PlanPlaces.Operator, name, columns));
            return;
        }

        bool timed = distinct.Keys.Any(key => WatermarkFlow.Carries(key, marked));
        if (distinct.WithinWatermark && marked.Count == 0)
            findings.Add(WithoutWatermark(distinct, name));
        else if (!distinct.WithinWatermark && !timed && pipeline.OutputMode != "Complete" && !distinct.Keys.All(key => IsSmall(key.Type)))
            findings.Add(KeptForEver(pipeline, distinct, marked, name));

        // A deduplication without an event time among its keys does not count here.
        if ((timed || distinct.WithinWatermark) && pipeline.OutputMode != "Append" && PlanTree.Below(distinct).Any(PlanTree.KeepsResult))
            findings.Add(Found(StateDiagnostics.AggregationOfChanges, distinct.Id, PlanPlaces.Operator, name, pipeline.OutputMode.ToLowerInvariant()));
    }

    private static Finding WithoutWatermark(DistinctNode distinct, string name)
    {
        (string reason, string wayOut) = PlanTree.Below(distinct).OfType<WatermarkNode>().FirstOrDefault() is { } lost
            ? ($"the watermark on '{NameOf(lost.Time)}' does not reach it, because that column is not passed on unchanged", $"Keep '{NameOf(lost.Time)}' in the Select")
            : ("its input has none", $"Call WithWatermark(x => x.{EventTimeOf(distinct.Input.Row) ?? "Time"}, \"10 minutes\") before it");
        return Found(DistinctDiagnostics.WithinWatermarkWithout, distinct.Id, PlanPlaces.Operator, name, reason, wayOut);
    }

    private static Finding KeptForEver(PipelineSpec pipeline, DistinctNode distinct, IReadOnlyList<int> marked, string name)
    {
        string wayOut = marked.Count > 0
            ? $"'{distinct.Input.Row.Columns[marked[0]].Name}', which carries the watermark, is not among the keys. Use DropDuplicatesWithinWatermark if duplicates come within the delay of the watermark, or add that time to the keys if duplicates have the same"
            : $"its rows have no watermark. Call WithWatermark(x => x.{EventTimeOf(distinct.Input.Row) ?? "Time"}, \"1 hour\") before it and use DropDuplicatesWithinWatermark";
        StateCost cost = StateCost.Of(distinct, pipeline)[0];
        string size = cost.Bytes is not null ? cost.Words : string.Format(CultureInfo.InvariantCulture, "about {0:0} bytes each, {1:0.#} GB for 100 million", cost.EachBytes, cost.EachBytes / 10);
        return Found(DistinctDiagnostics.Unbounded, distinct.Id, PlanPlaces.Operator, name, size, wayOut);
    }
}
