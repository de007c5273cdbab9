using System.Globalization;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>The rules on the first rows of groups, which are those on aggregations (semantics 2.3.7, 3, 20.1).</summary>
internal static partial class PlanRules
{
    private const int MostTopRows = 1000;

    private static void CheckTop(PipelineSpec pipeline, TopNode top, List<Finding> findings)
    {
        string name = top.IsLast ? "LastBy" : "TopBy";
        if (!HasTopOrder(top.By.Type))
            findings.Add(Found(DistinctDiagnostics.NoOrder, top.Id, "by", name, top.By.Type.Declared));
        if (top.Count is < 1 or > MostTopRows)
        {
            findings.Add(Found(
                DistinctDiagnostics.TopCount, top.Id, "count", top.Count.ToString(CultureInfo.InvariantCulture), MostTopRows.ToString(CultureInfo.InvariantCulture)));
        }

        List<int> marked = [.. WatermarkFlow.MarkedKeys(top)];
        bool isComplete = pipeline.OutputMode == "Complete";
        if (pipeline.OutputMode == "Append" && marked.Count == 0)
            findings.Add(NeverCloses(top, name));
        if (pipeline.OutputMode != "Append" && PlanTree.Below(top).Any(PlanTree.KeepsResult))
            findings.Add(Found(StateDiagnostics.AggregationOfChanges, top.Id, PlanPlaces.Operator, name, pipeline.OutputMode.ToLowerInvariant()));
        if (pipeline.OutputMode == "Update" && marked.Count == 0 && top.TtlMicros == 0 && !top.Keys.All(key => IsSmall(key.Type)))
            findings.Add(Found(DistinctDiagnostics.TopUnbounded, top.Id, PlanPlaces.Operator, name, top.IsLast ? "give a time to live, LastBy(…, ttl: \"30 days\")" : "add a window to the group", HowMuch(pipeline, top, 0)));
        if (!isComplete && marked.Count > 0 && top.TtlMicros > 0)
            findings.Add(Found(DistinctDiagnostics.TwoEnds, top.Id, "ttl", name, NameOf(top.Keys[marked[0]])));
        if (!isComplete && marked.Count > 1)
        {
            string keys = string.Join(" and ", marked.Select(one => "'" + NameOf(top.Keys[one]) + "'"));
            findings.Add(Found(TimeDiagnostics.SeveralEventTimes, top.Id, PlanPlaces.Operator, name, keys));
        }
    }

    private static Finding NeverCloses(TopNode top, string name)
    {
        string time = EventTimeOf(top.Input.Row) ?? "Time";
        WatermarkNode? declared = WatermarkFlow.Declared(top).FirstOrDefault();
        (string reason, string wayOut) = declared switch
        {
            null => ("its rows have no watermark", $"Call WithWatermark(x => x.{time}, \"10 minutes\") before it and add TimeWindow.Of(x.{time}, Hours(1)) to its keys"),
            _ when WatermarkFlow.Columns(top.Input).Count == 0 =>
                ($"the watermark on '{NameOf(declared.Time)}' does not reach it, because that column is not passed on unchanged", $"Keep '{NameOf(declared.Time)}' in the Select and add a window of it to the keys"),
            _ => ($"none of its keys carries the watermark on '{NameOf(declared.Time)}'", "Add a window, TimeWindow.Of(time, Hours(1)), to its keys"),
        };
        return Found(DistinctDiagnostics.TopNeverCloses, top.Id, PlanPlaces.Operator, name, reason, wayOut);
    }

    private static bool HasTopOrder(TypeSpec type) => type.Value == ValueKind.Field && type.Field
        is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16 or FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Int64 or FieldKind.UInt64
        or FieldKind.Float or FieldKind.Double or FieldKind.Decimal or FieldKind.Date or FieldKind.Timestamp or FieldKind.Duration;
}
