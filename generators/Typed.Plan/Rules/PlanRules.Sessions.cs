namespace Typed.Plan;

/// <summary>The rules on session windows (semantics 3, 4).</summary>
internal static partial class PlanRules
{
    private static void CheckSession(PipelineSpec pipeline, AggregateNode aggregate, SessionGapSpec gap, List<Finding> findings)
    {
        if (pipeline.OutputMode == "Update")
            findings.Add(Found(SessionDiagnostics.UpdateMode, aggregate.Id, PlanPlaces.Operator, "GroupBy"));
        if (aggregate.Keys.Count == 0)
            findings.Add(Found(SessionDiagnostics.NoKey, aggregate.Id, PlanPlaces.Operator, "GroupBy"));
        if (gap.PerRow is not null)
            return;
        if (gap.Micros <= 0 && gap.Months <= 0)
            findings.Add(Found(SessionDiagnostics.GapNotPositive, aggregate.Id, "gap", DurationWords.Of(gap.Micros, gap.Months)));
        else if (gap.Months != 0)
            findings.Add(Found(SessionDiagnostics.GapCalendar, aggregate.Id, "gap", DurationWords.Of(gap.Micros, gap.Months)));
    }
}
