using System.Globalization;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>
/// A pipeline under test: it runs in the same loop as in production, but on a clock of the test's own, batch by batch as the test says, and with rows that the test
/// adds. For each pipeline the generator derives a class with its inputs and outputs; <c>MyPipeline.Test()</c> makes one.
/// </summary>
/// <remarks>The members are not safe to be used by several threads at once.</remarks>
public abstract class PipelineHarness : IAsyncDisposable
{
    // Far more than any test wants; a pipeline that comes to it sets itself a timer that is always due.
    private const int MostBatches = 1_000;
    private readonly HarnessOptions _options;
    private readonly List<ITestOutput> _outputs = [];
    private readonly CrashPlan _crash = new();
    private readonly SideRowSink<LateTestRow> _late = new("late rows", SideRows.Late);
    private readonly SideRowSink<QuarantinedTestRow> _quarantined = new("quarantined rows", SideRows.Quarantined);
    private readonly string? _folder;

    /// <summary>A harness.</summary>
    /// <param name="options">How the pipeline is run; null for the defaults.</param>
    protected PipelineHarness(HarnessOptions? options)
    {
        _options = options ?? new HarnessOptions();
        Clock = new VirtualClock(_options.Now);
        if (_options.Durable)
            _folder = Directory.CreateTempSubdirectory("typed-test-").FullName;
    }

    /// <summary>The clock of the query.</summary>
    public VirtualClock Clock { get; }

    /// <summary>The query as it runs now; null before the first batch and after a crash.</summary>
    public StreamingQuery? Query { get; private set; }

    /// <summary>The watermark that the next batch starts with; null if the pipeline has none, or nothing has moved it yet.</summary>
    public DateTimeOffset? Watermark { get; private set; }

    /// <summary>What the last batch did: its rows in and out, the account of each operator, the state; null before the first one.</summary>
    public StreamingQueryProgress? Progress { get; private set; }

    /// <summary>How many entries the state of all operators had after the last batch.</summary>
    public long StateRows => Progress?.StateOperators.Sum(one => one.RowsTotal) ?? 0;

    /// <summary>The rows that came behind the watermark so far.</summary>
    /// <exception cref="InvalidOperationException">The options do not ask for them.</exception>
    public IReadOnlyList<LateTestRow> LateRows => _options.KeepLateRows
        ? _late.Rows
        : throw new InvalidOperationException("Late rows are counted but not kept. Ask for them: .Test(options: new() { KeepLateRows = true }).");

    /// <summary>The rows that violated an expectation with <see cref="OnViolation.Quarantine"/> so far.</summary>
    public IReadOnlyList<QuarantinedTestRow> Quarantined => _quarantined.Rows;

    /// <summary>A time of day on the date at which the clock started, in UTC.</summary>
    /// <param name="time">Such as "10:01" or "10:01:30.5".</param>
    /// <exception cref="FormatException">It is no time of day.</exception>
    public DateTimeOffset At(string time) =>
        new(_options.Now.UtcDateTime.Date + TimeOnly.Parse(time, CultureInfo.InvariantCulture).ToTimeSpan(), TimeSpan.Zero);

    /// <summary>Runs one batch with what was added since the last one, or without data if an operator has work to do.</summary>
    /// <returns>What it did; null if there was nothing to run.</returns>
    /// <exception cref="StreamingQueryException">The query failed.</exception>
    public async Task<StreamingQueryProgress?> RunBatchAsync()
    {
        Mark();
        return await StepAsync();
    }

    /// <summary>Runs batches until there is nothing to do: the one with the rows that were added, then those in which the watermark closes what is due.</summary>
    /// <returns>How many batches were run.</returns>
    /// <exception cref="StreamingQueryException">The query failed.</exception>
    public async Task<int> RunUntilIdleAsync()
    {
        Mark();
        return await RunAllAsync();
    }

    /// <summary>
    /// Runs what was added, moves the clock on and runs what is due by then: timers, time-outs, times to live, and what an input that has fallen silent held back. The
    /// clock jumps: a batch that would have run on the way does not.
    /// </summary>
    /// <returns>How many batches were run.</returns>
    /// <exception cref="StreamingQueryException">The query failed.</exception>
    public async Task<int> AdvanceAsync(TimeSpan by)
    {
        Mark();
        int batches = await RunAllAsync();
        Clock.Advance(by);
        return batches + await RunAllAsync();
    }

    /// <summary>
    /// Runs what was added, raises the watermark as rows of that event time plus the delay would have done, and runs what that closes. The batch without data in
    /// which this happens is in the offset log like any other, so a crash does not undo it. A watermark never falls: one that has come further stays where it is.
    /// </summary>
    /// <returns>How many batches were run.</returns>
    /// <exception cref="InvalidOperationException">The pipeline has no watermark.</exception>
    /// <exception cref="StreamingQueryException">The query failed.</exception>
    public async Task<int> AdvanceWatermarkAsync(DateTimeOffset to)
    {
        Mark();
        StreamingQuery query = await StartedAsync();
        if (!query.Loop.HasWatermark)
            throw new InvalidOperationException("The pipeline has no watermark: nothing in it waits for one.");
        int batches = await RunAllAsync();
        query.Loop.RaiseWatermark(to.ToUnixTimeMilliseconds());
        return batches + await RunAllAsync();
    }

    /// <summary>Stops the query as in a deployment and starts it again from its checkpoint.</summary>
    /// <exception cref="InvalidOperationException">The harness has no checkpoint.</exception>
    public async Task RestartAsync()
    {
        RequireDurable("restart");
        Mark();
        await StartedAsync();
        await StopAsync();
        await StartedAsync();
    }

    /// <summary>Runs the next batch and lets the process die at a point of it. The next call starts the query again from its checkpoint.</summary>
    /// <exception cref="InvalidOperationException">The harness has no checkpoint, or there was no batch to die in.</exception>
    public async Task CrashAsync(CrashPoint point)
    {
        RequireDurable("crash");
        Mark();
        StreamingQuery query = await StartedAsync();
        _crash.At = point;
        try
        {
            await StepAsync();
        }
        catch (StreamingQueryException e) when (e.InnerException is SimulatedCrash)
        {
            await StopAsync();

            // A batch that is in the commit log is the last one, though nobody was told of it.
            if (query.LastProgress is { Failed: false } last)
                Progress = last;
            return;
        }
        finally
        {
            _crash.At = null;
        }

        throw new InvalidOperationException($"The query did not come to {point}: there was no batch to run. Add rows first.");
    }

    /// <summary>Stops the query and removes its checkpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_folder is not null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the pipeline on the inputs and outputs of the harness; written by the generator.</summary>
    protected abstract Task<StreamingQuery> StartAsync(QueryOptions options);

    /// <summary>Starts a pipeline that has its inputs and outputs; called by generated code.</summary>
    protected Task<StreamingQuery> StartAsync<TStart>(BoundPipeline<TStart> pipeline, QueryOptions options)
        where TStart : BoundPipeline<TStart>
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        BoundPipeline<TStart> start = pipeline.QuarantineTo(_quarantined);
        return (_options.KeepLateRows ? start.LateTo(_late) : start).StartAsync(options);
    }

    /// <summary>The folder of the checkpoint; null for none.</summary>
    internal string? Folder => _folder;

    /// <summary>Makes the handle of a stream; called by generated code.</summary>
    protected static TestInput<T> NewInput<T>(string name)
        where T : IStreamRecord<T> => new(name);

    /// <summary>Makes the handle of a table; called by generated code.</summary>
    protected static TestTable<T> NewTable<T>(string name)
        where T : IStreamRecord<T> => new(name);

    /// <summary>Makes the handle of an output; called by generated code.</summary>
    protected TestOutput<T> NewOutput<T>(string name)
        where T : IStreamRecord<T>
    {
        TestOutput<T> output = new(name);
        _outputs.Add(output);
        return output;
    }

    private async Task<int> RunAllAsync()
    {
        int batches = 0;
        DateTimeOffset? before = Watermark;
        while (await StepAsync() is { } progress)
        {
            if (++batches == MostBatches)
                throw new InvalidOperationException($"After {MostBatches} batches there is still work to do: does a timer set itself again for a time that is over? Run batches one by one with RunBatchAsync to see what they do.");

            // Operators that follow the clock have something to do in each batch; one that changed nothing is the last.
            if (progress.InputRows == 0 && progress.Sink.OutputRows == 0 && Watermark == before && progress.StateOperators.All(one => one.RowsUpdated == 0 && one.RowsRemoved == 0))
                break;
            before = Watermark;
        }

        return batches;
    }

    private async Task<StreamingQueryProgress?> StepAsync()
    {
        StreamingQuery query = await StartedAsync();
        StreamingQueryProgress? progress = await query.Loop.StepAsync();
        Progress = progress ?? Progress;
        Watermark = WatermarkOf(query);
        return progress;
    }

    private async Task<StreamingQuery> StartedAsync()
    {
        if (Query is { } running)
            return running;
        Query = await StartAsync(_options.Query with
        {
            Checkpoint = _folder is null ? null : new Checkpoint(Path.Combine(_folder, "checkpoint")),
            Trigger = Trigger.Default,
            TimeProvider = Clock,
            Stepped = true,
            BatchSize = _options.BatchSize,
            Faults = _crash,
        });
        Watermark = WatermarkOf(Query);
        return Query;
    }

    private static DateTimeOffset? WatermarkOf(StreamingQuery query) =>
        query.Loop.WatermarkMillis is > 0 and long millis ? DateTimeOffset.FromUnixTimeMilliseconds(millis) : null;

    private async Task StopAsync()
    {
        if (Query is not { } running)
            return;
        Query = null;
        await running.DisposeAsync();
    }

    private void Mark() => _outputs.ForEach(output => output.MarkRead());

    private void RequireDurable(string what)
    {
        if (_folder is null)
            throw new InvalidOperationException($"A query without a checkpoint cannot {what}: everything would begin anew. Ask for one: .Test(options: new() {{ Durable = true }}).");
    }
}
