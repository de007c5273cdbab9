using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Typed.Conformance.Running;
using Typed.Conformance.Sql;
using Typed.Time;

namespace Typed.Conformance.Cases;

/// <summary>Cases that are no query with a plan but a fact about one part, and say so by their members.</summary>
internal static class FactCases
{
    /// <summary>Runs a case, if it is such a fact.</summary>
    public static bool TryRun(ConformanceCase one, [NotNullWhen(true)] out Outcome? outcome)
    {
        outcome = null;
        if (one.Query.Has("plan"))
            return false;
        Action<ConformanceCase>? check = Find(one);
        if (check is null)
        {
            if (one.ExpectedError is string rule && Refusals.NoForm.TryGetValue(rule, out string? reason))
                outcome = new Outcome(one, Result.Passed, $"no form: {reason}");
            else
                outcome = new Outcome(one, Result.Failed, $"the shape of the query is not known: {one.Query.GetRawText()}");
            return true;
        }

        try
        {
            check(one);
            outcome = new Outcome(one, Result.Passed, "");
        }
        catch (Exception e) when (e is MismatchException or CaseException)
        {
            outcome = new Outcome(one, Result.Failed, e.Message);
        }

        return true;
    }

    private static Action<ConformanceCase>? Find(ConformanceCase one) => one.Query.Get("trigger")?.Text("type") switch
    {
        "processing_time" => CheckTrigger,
        _ => null,
    };

    /// <summary>When an interval trigger is due (semantics 11.2).</summary>
    private static void CheckTrigger(ConformanceCase one)
    {
        long interval = (long)Trigger.Every(TimeSpan.FromMilliseconds(one.Query.GetProperty("trigger").Number("interval_ms")!.Value)).Interval.TotalMilliseconds;
        foreach (JsonElement step in one.Steps)
        {
            long started = step.Number("trigger_at_ms") ?? one.Query.Number("now_ms") ?? throw new CaseException("a trigger without a time");
            long due = Math.Max(TriggerGrid.NextDue(started, interval), started + (step.Number("batch_takes_ms") ?? 0));
            long expected = step.Number("next_at_ms") ?? step.Number("expect_next_trigger_ms") ?? throw new CaseException($"the step {step} is not known");
            if (due != expected)
                throw new MismatchException($"expected the next trigger at {expected}\n    seen     {due}");
        }
    }
}
