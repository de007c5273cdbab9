using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Running;
using Typed.Conformance.Sql;
using Typed.Files;
using Typed.Time;

namespace Typed.Conformance.Facts;

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
        catch (QueryStartException e) when (e.Rule == one.ExpectedError)
        {
            outcome = new Outcome(one, Result.Passed, "refused at start");
        }
        catch (Exception e) when (e is MismatchException or CaseException)
        {
            outcome = new Outcome(one, Result.Failed, e.Message);
        }
        catch (Exception e)
        {
            outcome = new Outcome(one, Result.Failed, e.ToString());
        }

        return true;
    }

    private static Action<ConformanceCase>? Find(ConformanceCase one)
    {
        if (one.Query.Get("sources")?.Has("files") == true)
            return FileSourceRun.Run;
        if (one.Query.Text("sink") == "file")
            return CheckFileSink;
        if (one.Query.Has("find_for") || one.Query.Has("join_time_conditions"))
            return JoinTimeFacts.Check;
        if (OutputFacts.Knows(one.ExpectedError) && !one.Query.Has("sources"))
            return OutputFacts.Check;
        if (one.Query.Has("max_file_age_ms"))
            return CheckSeenFiles;
        return one.Query.Get("trigger")?.Text("type") == "processing_time" ? CheckTrigger : null;
    }

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

    /// <summary>Which files are new, and what a purge forgets (semantics 14.3).</summary>
    private static void CheckSeenFiles(ConformanceCase one)
    {
        static FileEntry Entry(JsonElement file) => new(file[0].GetString()!, file[1].GetInt64() * TimeSpan.TicksPerMillisecond, 1);
        SeenFiles seen = new(one.Query.Number("max_file_age_ms")!.Value * TimeSpan.TicksPerMillisecond, fileNameOnly: false);
        foreach (JsonElement step in one.Steps)
        {
            foreach (JsonElement file in step.Get("seen")?.EnumerateArray() ?? [])
                seen.Add(Entry(file));
            if (step.IsTrue("purge"))
                seen.Purge();
            if (step.Get("is_new") is JsonElement asked && seen.IsNew(Entry(asked)) != step.IsTrue("expect"))
                throw new MismatchException($"expected that {asked} {(step.IsTrue("expect") ? "is" : "is not")} new\n    seen     the opposite");
        }
    }

    /// <summary>The file sink takes append mode only (semantics 14.6).</summary>
    private static void CheckFileSink(ConformanceCase one)
    {
        foreach (string mode in one.Query.Text("output_mode")!.Split('|'))
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("typed-conformance-");
            try
            {
                MemorySource<Number> numbers = new();
                StartWithFileSink(mode, numbers, folder.FullName).GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
                throw new MismatchException($"expected a refusal by rule '{one.ExpectedError}' in {mode} mode\n    seen     a query that starts");
            }
            catch (QueryStartException e) when (e.Rule == one.ExpectedError)
            {
                // As expected.
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static Task<StreamingQuery> StartWithFileSink(string mode, MemorySource<Number> numbers, string folder) => mode switch
    {
#pragma warning disable TYPED6001 // The start is asked here, which the build would not come to.
        "update" => UpdatedNumbers.From(numbers).To(JsonFiles.Out(folder)).StartAsync(),
        "complete" => CompleteNumbers.From(numbers).To(JsonFiles.Out(folder)).StartAsync(),
#pragma warning restore TYPED6001
        _ => throw new CaseException($"the output mode '{mode}' is not known for the file sink"),
    };
}
