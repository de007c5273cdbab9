using System.Globalization;
using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Plans;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Running;

/// <summary>Executes the steps of one case on its compiled pipeline and compares what comes out.</summary>
internal sealed partial class CaseRun : IAsyncDisposable
{
    private readonly ConformanceCase _case;
    private readonly WrittenPlan _plan;
    private readonly List<(string Source, object?[][] Rows)> _given = [];
    private readonly Settings _settings;
    private readonly VirtualTime _time;
    private readonly Trigger _trigger;
    private readonly string _root = Path.Combine(Path.GetTempPath(), "typed-conformance-" + Guid.NewGuid().ToString("N"));
    private readonly string _checkpoint;
    private readonly List<StreamingQueryProgress> _progress = [];
    private readonly List<StreamingQueryProgress> _sinceStateCheck = [];
    private readonly RowAccount _account = new();
    private CaseProgram _program;
    private JsonElement? _conf;
    private StreamingQuery? _query;
    private int _read;
    private int _batchesWithData;
    private int _starts;

    public CaseRun(ConformanceCase one, WrittenPlan plan, CaseProgram program, Settings settings)
    {
        (_case, _plan, _program, _settings) = (one, plan, program, settings);
        _checkpoint = Path.Combine(_root, "checkpoint");
        JsonElement? trigger = one.Query.Get("trigger");
        _trigger = trigger?.Text("type") switch
        {
            null => Trigger.Default,
            "once" => Trigger.Once,
            "available_now" => Trigger.AvailableNow,
            "processing_time" => Trigger.Every(TimeSpan.FromMilliseconds(trigger.Value.Number("interval_ms") ?? 0)),
            string other => throw new CaseException($"the trigger '{other}' is not known"),
        };

        // Triggers by the clock are told in ms since the clock began; where no case looks at it, it shows a time of day.
        _time = new VirtualTime(IsTimed ? 0 : 1_700_000_000_123);
    }

    /// <summary>What is started in place of the query at a restart that changes it; null if none does.</summary>
    public CaseProgram? Changed { get; init; }

    private bool IsTimed => _trigger.Interval > TimeSpan.Zero;

    private bool IsComplete => _case.Query.Text("output_mode") == "complete";

    /// <summary>
    /// Whether restarts must not change an answer. After a restart the watermark nodes are undefined again (semantics 2.1.7), so with
    /// several of them the next watermark is another one, in Spark too.
    /// </summary>
    public static bool RestartsChangeNothing(WrittenPlan plan) => plan.Watermarks < 2;

    /// <summary>Runs all steps.</summary>
    /// <exception cref="MismatchException">Something else came out than expected.</exception>
    public async Task RunAsync()
    {
        _program.Folder = Directory.CreateDirectory(Path.Combine(_root, "files")).FullName;
        foreach (PlanInput table in _plan.Tables)
            _program.Set(table.Name, [.. table.Rows.Select(row => Values.Read(row, table.Columns))]);
        if (!_trigger.Ends)
            await StartAsync();
        for (int i = 0; i < _case.Steps.Count; i++)
        {
            try
            {
                await StepAsync(_case.Steps[i]);
            }
            catch (MismatchException e)
            {
                throw new MismatchException($"step {i}: {e.Message}");
            }
            catch (Exception e) when (e is StreamingQueryException or QueryStartException && _case.ExpectedError is string rule)
            {
                string? seen = e is StreamingQueryException failed ? failed.Rule : ((QueryStartException)e).Rule;
                if (seen == rule)
                {
                    // The query is down; what follows the expectation begins with a restart.
                    i = Math.Max(i, _case.Steps.ToList().FindIndex(step => step.Has("expect_error")));
                    continue;
                }

                throw new MismatchException($"step {i}: expected a refusal by rule '{rule}'\n    seen          rule '{seen}': {e.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_query is not null)
            await _query.DisposeAsync();
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }

    private async Task StepAsync(JsonElement step)
    {
        if (step.Get("add") is JsonElement rows)
        {
            Add(rows);
            await DataAddedAsync();
        }
        else if (step.Get("add_empty") is JsonElement empty)
        {
            _program.Add(empty.ValueKind == JsonValueKind.String ? empty.GetString()! : _plan.Sources[0].Name, []);
            await DataAddedAsync();
        }
        else if (step.Number("advance_processing_time_ms") is long millis)
        {
            _time.Advance(millis);
            await TriggerAsync();
        }
        else if (step.Has("start"))
        {
            await RunToTheEndAsync();
        }
        else if (step.IsTrue("fail_next_batch"))
        {
            _program.FailNextCall();
        }
        else if (step.Get("restart") is JsonElement restart)
        {
            await RestartAsync(restart);
        }
        else if (step.Get("add_text") is JsonElement text)
        {
            string name = Directory.GetFiles(_program.Folder).Length.ToString("D4", CultureInfo.InvariantCulture) + ".json";
            await File.WriteAllLinesAsync(Path.Combine(_program.Folder, name), text.EnumerateArray().Select(line => line.GetString()!));
            await DataAddedAsync();
        }
        else
        {
            Check(step);
        }
    }

    private void Add(JsonElement rows)
    {
        if (rows.ValueKind == JsonValueKind.Array)
        {
            string only = _case.Query.Get("sources")!.Value.EnumerateObject().First().Name;
            Add(only, rows);
            return;
        }

        foreach (JsonProperty source in rows.EnumerateObject())
        {
            if (source.Value.GetArrayLength() > 0)
                Add(source.Name, source.Value);
        }
    }

    private void Add(string source, JsonElement rows)
    {
        // A stream that is declared and not read has no parameter.
        if (_plan.Sources.FirstOrDefault(one => one.Name == source) is { } input)
        {
            object?[][] values = [.. rows.EnumerateArray().Select(row => Values.Read([.. row.EnumerateArray()], input.Columns))];
            _given.Add((source, values));
            _program.Add(source, values);
        }
    }

    private async Task DataAddedAsync()
    {
        if (IsTimed || _trigger.Ends)
            return;
        await UntilIdleAsync();
        if (_settings.RestartEveryBatch && RestartsChangeNothing(_plan))
            await RestartAsync();
    }

    private async Task UntilIdleAsync()
    {
        while (await TriggerAsync())
        {
        }
    }

    /// <summary>Runs one trigger.</summary>
    private async Task<bool> TriggerAsync()
    {
        StreamingQueryProgress? progress = await _query!.Loop.StepAsync();
        if (progress is null)
            return false;
        Note(progress);
        return true;
    }

    private void Note(StreamingQueryProgress progress)
    {
        if (_account.Add(progress) is [_, ..] wrong)
            throw new MismatchException(string.Join("\n    ", wrong));

        _progress.Add(progress);
        _sinceStateCheck.Add(progress);
        if (progress.InputRows > 0)
            _batchesWithData++;
    }

    private QueryOptions Options() => new()
    {
        Checkpoint = _checkpoint,
        Trigger = _trigger,
        TimeProvider = _time,
        Stepped = true,
        BatchSize = _settings.BatchSize,
        Workers = _settings.Workers[_starts++ % _settings.Workers.Count],
        UncappedWorkers = true,
        State = _settings.State,
        NoDataBatches = Conf("no_data_batches") is not { ValueKind: JsonValueKind.False },
        WatermarkPolicy = Conf("multiple_watermark_policy")?.GetString() == "max" ? WatermarkPolicy.Max : WatermarkPolicy.Min,
    };

    // What a restart sets is set from then on, beside what the query was begun with.
    private JsonElement? Conf(string name) => _conf?.Get(name) ?? _case.Query.Get("conf")?.Get(name);

    private async Task StartAsync() => _query = await _program.StartAsync(Options());

    private async Task StopAsync()
    {
        if (_query is null)
            return;
        await _query.DisposeAsync();
        _query = null;
    }

    private async Task RunToTheEndAsync()
    {
        await StartAsync();
        await _query!.Completion;
        foreach (StreamingQueryProgress progress in _query.RecentProgress)
            Note(progress);
    }

    private void Check(JsonElement step)
    {
        if (step.Get("expect_output") is JsonElement rows)
            CheckOutput(rows, step.Text("kind") ?? "new", step.IsTrue("ordered"));
        else if (step.Get("expect_state_rows") is JsonElement totals)
            CheckState(step, [.. totals.EnumerateArray().Select(total => total.GetInt64())]);
        else if (step.Number("expect_watermark_ms") is long watermark)
            Expect("watermark", watermark, _query!.Loop.WatermarkMillis);
        else if (step.Number("expect_delay_ms") is long delay)
            CheckDelay(delay);
        else if (step.Get("expect_operator_watermarks_ms") is JsonElement watermarks)
            CheckOperatorWatermarks(watermarks);
        else if (step.Has("expect_progress_event_time"))
            CheckEventTime(step.GetProperty("expect_progress_event_time"));
        else if (step.Number("expect_batches_with_data") is long batches)
            CheckBatches(batches);
        else if (step.Get("expect_metrics") is JsonElement metrics)
            CheckExpectations(metrics);
        else if (step.Has("expect_error"))
            throw new MismatchException($"expected a refusal by rule '{step.Text("expect_error")}'\n    seen          a query that runs");
        else if (!step.IsTrue("expect_supported"))
            throw new CaseException($"the step {step.GetRawText()} is not known");
    }

    private void CheckOutput(JsonElement expected, string kind, bool ordered)
    {
        IReadOnlyList<WrittenBatch> written = _program.Written();
        IEnumerable<WrittenBatch> chosen = kind switch
        {
            "last_batch" => written.TakeLast(1),
            _ when IsComplete => written.TakeLast(1),
            "all" => written,
            "new" or "update" => written.Skip(_read),
            _ => throw new CaseException($"the kind of output '{kind}' is not known"),
        };
        string? difference = Rows.Difference([.. chosen.SelectMany(batch => batch.Rows)], expected, ordered);
        _read = written.Count;
        if (difference is not null)
            throw new MismatchException(difference);
    }

    private void CheckState(JsonElement step, IReadOnlyList<long> totals)
    {
        IReadOnlyList<StateOperatorProgress> last = _progress.Count == 0 ? [] : _progress[^1].StateOperators;
        if (last.Count != totals.Count)
            throw new MismatchException($"expected {totals.Count} stateful operators\n    seen     {last.Count}: {string.Join(", ", last.Select(one => one.Name))}");
        for (int i = 0; i < totals.Count; i++)
        {
            string name = last[i].Name;
            Expect($"state rows of {name}", totals[i], last[i].RowsTotal);
            Counter(step, "updated", i, last[i], one => one.RowsUpdated);
            Counter(step, "removed", i, last[i], one => one.RowsRemoved);
            Counter(step, "dropped", i, last[i], one => one.RowsDroppedByWatermark);
            CheckDuplicates(step, i, last[i].Name);
        }

        _sinceStateCheck.Clear();
    }

    private void Counter(JsonElement step, string counter, int index, StateOperatorProgress last, Func<StateOperatorProgress, long> value)
    {
        if (step.Get(counter) is not JsonElement recorded)
            return;
        long expected = recorded[index].GetInt64();
        long seen = _sinceStateCheck.Sum(progress => value(progress.StateOperators[index]));
        if (!Exceptions.Allows(last.OperatorName, counter, _case.SparkVersion, expected, seen))
            Expect($"{counter} of {last.Name}", expected, seen);
    }

    private void CheckDuplicates(JsonElement step, int index, string name)
    {
        if (step.Get("duplicates_dropped") is JsonElement { ValueKind: JsonValueKind.Array } recorded && recorded[index] is { ValueKind: JsonValueKind.Number } expected)
            Expect($"duplicates of {name}", expected.GetInt64(), _sinceStateCheck.Sum(progress => progress.Operators.Where(one => one.Name == name).Sum(one => one.Duplicates)));
    }

    private void CheckDelay(long delay)
    {
        DateTimeOffset time = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _program.Add(_plan.Sources[0].Name, [[time]]);
        UntilIdleAsync().GetAwaiter().GetResult();
        Expect("delay", delay, time.ToUnixTimeMilliseconds() - _query!.Loop.WatermarkMillis);
    }

    private void CheckOperatorWatermarks(JsonElement expected)
    {
        IReadOnlyList<StateOperatorProgress> operators = _progress[^1].StateOperators;
        Expect("stateful operators", expected.GetArrayLength(), operators.Count);
        for (int i = 0; i < operators.Count; i++)
        {
            Expect($"late watermark of {operators[i].Name}", expected[i].GetProperty("late").GetInt64(), operators[i].LateWatermark.ToUnixTimeMilliseconds());
            Expect($"eviction watermark of {operators[i].Name}", expected[i].GetProperty("eviction").GetInt64(), operators[i].EvictionWatermark.ToUnixTimeMilliseconds());
        }
    }

    private void CheckEventTime(JsonElement expected)
    {
        EventTimeProgress? seen = _progress.LastOrDefault(progress => progress.InputRows > 0)?.EventTime;
        if (expected.ValueKind == JsonValueKind.Null)
        {
            if (seen is not null)
                throw new MismatchException($"expected no event time in the progress record\n    seen     {seen}");
            return;
        }

        foreach ((string name, DateTimeOffset? value) in new[] { ("min", seen?.Min), ("max", seen?.Max), ("avg", seen?.Average), ("watermark", seen?.Watermark) })
        {
            if ((expected.Number(name + "_ms") ?? expected.Number(name)) is long wanted)
                Expect("event time " + name, wanted, value?.ToUnixTimeMilliseconds());
        }
    }

    private void CheckExpectations(JsonElement expected)
    {
        IEnumerable<ExpectationProgress> seen = _progress.SelectMany(progress => progress.Expectations);
        Expect("rows that held to the expectations", expected.GetProperty("passed").GetInt64(), seen.Sum(one => one.Passed));
        Expect("rows that did not", expected.GetProperty("failed").GetInt64(), seen.Sum(one => one.Violated));
    }

    private void CheckBatches(long expected)
    {
        Expect("batches with data", expected, _batchesWithData);
        _batchesWithData = 0;
    }

    private static void Expect(string what, long expected, long? seen)
    {
        if (expected != seen)
            throw new MismatchException($"expected {what} {expected}\n    seen     {(seen is null ? "none" : seen.Value.ToString(CultureInfo.InvariantCulture))}");
    }
}
