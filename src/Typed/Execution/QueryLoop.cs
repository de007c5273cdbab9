using System.Threading.Channels;
using Typed.Time;

namespace Typed.Execution;

/// <summary>Runs the triggers of a query one after the other until it is stopped, has failed or is done (semantics 11).</summary>
internal sealed class QueryLoop
{
    private const int OverrunsBeforeWarning = 3;
    private const long NoTrigger = long.MinValue;
    private readonly StreamingQuery _query;
    private readonly QueryOptions _options;
    private readonly MicroBatchExecution _execution;
    private readonly QueryResources _open;
    private readonly CancellationToken _stop;
    private readonly CancellationToken _abort;
    private readonly TimeSpan _idleEvery;
    private readonly Lock _lock = new();
    private readonly Channel<TaskCompletionSource<StreamingQueryProgress?>> _steps = Channel.CreateUnbounded<TaskCompletionSource<StreamingQueryProgress?>>();
    private List<TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _asked = NewSignal();
    private CancellationTokenRegistration _cancellation;
    private readonly SemaphoreSlim _betweenBatches = new(1, 1);
    private long _nextTriggerMillis = NoTrigger;
    private volatile string? _running;
    private int _asking;
    private long _lastReport;
    private int _overruns;

    internal QueryLoop(
        StreamingQuery query, QueryOptions options, MicroBatchExecution execution, QueryResources open, CancellationToken stop, CancellationToken abort)
    {
        (_query, _options, _execution, _open, _stop, _abort) = (query, options, execution, open, stop, abort);
        _idleEvery = SnapshotSchedule.Duration(options.IdleProgressEvery, nameof(options.IdleProgressEvery));
        _lastReport = options.TimeProvider.GetTimestamp();
    }

    /// <summary>How long who asks why nothing comes out waits for a batch that is about to end.</summary>
    internal int PatienceMillis { get; set; } = 200;

    /// <summary>The watermark that the next batch would start with, ms.</summary>
    internal long WatermarkMillis => _execution.WatermarkMillis;

    /// <summary>Whether an operator defines a watermark.</summary>
    internal bool HasWatermark => _open.Runner.HasWatermark;

    /// <summary>Raises the watermark between two steps of a stepped query, as rows would have done; the next step runs a batch with it.</summary>
    internal void RaiseWatermark(long millis) => _execution.RaiseWatermark(millis);

    private bool IsStepped => _options.Stepped && !_options.Trigger.Ends;

    internal void Start(CancellationTokenRegistration cancellation)
    {
        _cancellation = cancellation;
        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Runs one trigger of a stepped query.</summary>
    /// <returns>What the batch did; null if there was none to run.</returns>
    internal async Task<StreamingQueryProgress?> StepAsync()
    {
        TaskCompletionSource<StreamingQueryProgress?> step = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_steps.Writer.TryWrite(step))
        {
            // The query has ended: say why, if it failed.
            await _query.Completion;
            return null;
        }

        return await step.Task;
    }

    /// <summary>Why nothing comes out; null before the run begins.</summary>
    internal string? Explain()
    {
        if (_open.Sinks.Waiting is { } waiting)
            return waiting;
        Interlocked.Increment(ref _asking);
        try
        {
            if (!_betweenBatches.Wait(PatienceMillis))
                return _running;
            try
            {
                // Written while no batch runs, so the semaphore does not guard it.
                long next = Volatile.Read(ref _nextTriggerMillis);
                return Explanation.Of(_execution.View(next == NoTrigger ? null : next), _options.TimeProvider.GetUtcNow());
            }
            finally
            {
                _betweenBatches.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    internal async Task ProcessAllAvailableAsync()
    {
        if (IsStepped)
        {
            while (await StepAsync() is not null && !_execution.RanByClock)
            {
            }

            return;
        }

        TaskCompletionSource done = NewSignal();
        lock (_lock)
        {
            _waiting.Add(done);
            _asked.TrySetResult();
        }

        Task first = await Task.WhenAny(done.Task, _query.Completion);
        await first;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        StreamingQueryException? failure = null;
        try
        {
            await RunTriggersAsync();
            _execution.Stop();
        }
        catch (Exception e)
        {
            failure = Failure(e);
        }

        // Not given back: nobody looks at operators that are gone.
        await EnterAsync("The query is ending.");
        try
        {
            await _cancellation.DisposeAsync();
            await _open.DisposeAsync();
        }
        catch (Exception e)
        {
            failure ??= Failure(e);
        }

        _steps.Writer.TryComplete();
        if (_execution.FailedProgress is { } last && failure is not null)
            _query.Report(last, null);
        _query.Ended(failure);
        while (_steps.Reader.TryRead(out TaskCompletionSource<StreamingQueryProgress?>? step))
        {
            if (failure is null)
                step.TrySetResult(null);
            else
                step.TrySetException(failure);
        }
    }

    private async Task RunTriggersAsync()
    {
        try
        {
            _query.Status = new StreamingQueryStatus("Restoring state", true, false);
            await EnterAsync("The query is restoring its state.");
            try
            {
                await _execution.ReplayAsync(_stop);
                if (_options.Trigger.Kind == TriggerKind.AvailableNow)
                    await _execution.FreezeAsync(_stop);
            }
            finally
            {
                _betweenBatches.Release();
            }

            while (!_stop.IsCancellationRequested)
            {
                if (IsStepped)
                    await RunStepAsync();
                else if (!await RunTriggerAndWaitAsync())
                    return;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped while it waited, or told not to wait for a source: the end of a run, not a failure.
        }
    }

    private async Task RunStepAsync()
    {
        TaskCompletionSource<StreamingQueryProgress?> step = await _steps.Reader.ReadAsync(_stop);
        try
        {
            step.SetResult(await RunTriggerAsync());
        }
        catch (Exception e)
        {
            step.SetException(e is OperationCanceledException ? e : Failure(e));
            throw;
        }
    }

    /// <returns>Whether the query goes on.</returns>
    private async Task<bool> RunTriggerAndWaitAsync()
    {
        List<TaskCompletionSource> waiting;
        lock (_lock)
        {
            // Whoever asks from now on asks for the trigger after this one.
            waiting = [.. _waiting];
            if (_asked.Task.IsCompleted)
                _asked = NewSignal();
        }

        long started = Now();
        bool ran = await RunTriggerAsync() is not null;
        bool isThrough = !ran || _execution.RanByClock;
        if (isThrough)
        {
            lock (_lock)
                _waiting = [.. _waiting.Except(waiting)];
            foreach (TaskCompletionSource one in waiting)
                one.TrySetResult();
        }

        switch (_options.Trigger.Kind)
        {
            case TriggerKind.Once:
                return _execution.ComesAgain;
            case TriggerKind.AvailableNow:
                return ran;
            case TriggerKind.Interval or TriggerKind.Default when isThrough && _execution.SourcesHaveEnded && !_execution.HasTimers:
                return false;
            case TriggerKind.Interval:
                await WaitForTickAsync(started);
                return true;
            default:
                if (!ran)
                    await WaitForDataAsync();
                return true;
        }
    }

    private async Task<StreamingQueryProgress?> RunTriggerAsync()
    {
        _query.Status = new StreamingQueryStatus($"Processing batch {_execution.NextBatch}", true, true);
        StreamingQueryProgress? progress;
        await EnterAsync($"Batch {_execution.NextBatch} is running; what is held back is known when it ends.");
        try
        {
            progress = await _execution.RunTriggerAsync(_options.Trigger.Kind == TriggerKind.Once, _stop, _abort);
        }
        finally
        {
            _betweenBatches.Release();
        }

        _query.Status = new StreamingQueryStatus("Waiting for data", true, false);
        if (progress is not null)
        {
            _lastReport = _options.TimeProvider.GetTimestamp();
            DateTimeOffset? watermark = progress.EventTime is null ? null : BatchProgress.Millis(_execution.WatermarkMillis);
            _query.Report(progress, _query.Totals.Add(progress, watermark));
            StreamingQueries.Tell(_query, progress);
        }
        else if (_options.TimeProvider.GetElapsedTime(_lastReport) >= _idleEvery)
        {
            _lastReport = _options.TimeProvider.GetTimestamp();
            StreamingQueryProgress idle = _execution.Idle();
            _query.Report(idle, null);
            StreamingQueries.Tell(_query, new QueryIdle(_query.Id, _query.RunId, idle.Timestamp));
        }

        return progress;
    }

    /// <summary>Begins what nobody may look into from outside; whoever asked before that is answered first.</summary>
    private async Task EnterAsync(string what)
    {
        while (Volatile.Read(ref _asking) > 0 && _betweenBatches.CurrentCount > 0)
            await Task.Yield();
        await _betweenBatches.WaitAsync(CancellationToken.None);
        _running = what;
    }

    private async Task WaitForTickAsync(long started)
    {
        long interval = (long)_options.Trigger.Interval.TotalMilliseconds;
        long due = TriggerGrid.NextDue(started, interval);
        long took = Now() - started;
        if (took < interval)
        {
            _overruns = 0;
        }
        else if (++_overruns == OverrunsBeforeWarning)
        {
            _query.Warn(
                $"The last {OverrunsBeforeWarning} batches took longer than the trigger interval of {interval} ms, the last one {took} ms; the query does what it can. Take a longer interval or smaller batches.");
        }

        Volatile.Write(ref _nextTriggerMillis, due);

        // A timer may fire a little before the clock says so.
        for (long now = Now(); now < due; now = Now())
            await Task.Delay(TimeSpan.FromMilliseconds(due - now), _options.TimeProvider, _stop);
    }

    /// <summary>Waits until a source may have something, somebody asks, or it is time to say that the query is idle.</summary>
    private async Task WaitForDataAsync()
    {
        Task asked;
        lock (_lock)
            asked = _asked.Task;
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        TimeSpan untilReport = _idleEvery - _options.TimeProvider.GetElapsedTime(_lastReport);
        if (_execution.NextIdle is { } idle && idle - _options.TimeProvider.GetUtcNow() is { } untilIdle && untilIdle < untilReport)
            untilReport = untilIdle;
        if (_execution.NextTimer is { } timer && timer - _options.TimeProvider.GetUtcNow() is { } untilTimer && untilTimer < untilReport)
            untilReport = untilTimer;
        List<Task> waits = [Task.Delay(untilReport > TimeSpan.Zero ? untilReport : TimeSpan.Zero, _options.TimeProvider, enough.Token)];
        string?[] ends = _execution.Ends;
        for (int i = 0; i < ends.Length; i++)
        {
            if (!_open.Sources[i].HasEnded(ends[i]))
                waits.Add(_open.Sources[i].WaitForDataAsync(ends[i], enough.Token).AsTask());
        }

        await Task.WhenAny([asked, .. waits]);
        await enough.CancelAsync();
        foreach (Task wait in waits)
        {
            try
            {
                await wait;
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                // The others need not wait any longer.
            }
        }
    }

    private long Now() => _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private StreamingQueryException Failure(Exception e)
    {
        // An abort that failed as well comes second; the first cause leads.
        Exception cause = e is AggregateException { InnerExceptions: [{ } first, ..] } ? first : e;
        string? rule = cause switch
        {
            StreamingQueryException streaming => streaming.Rule,
            QueryStartException start => start.Rule,
            MalformedRecordException => "malformed-record",
            _ => null,
        };
        if (cause is StreamingQueryException { QueryId: not null } complete)
            return complete;
        Exception? inner = cause is StreamingQueryException { InnerException: var inside } ? inside : e;
        string remedy = cause is IOException or UnauthorizedAccessException
            ? " The batch is not committed and nothing is lost: put the cause right and start the query again."
            : "";
        return new StreamingQueryException(rule, $"The query '{_query.Name}' failed in batch {_execution.NextBatch}: {ErrorText.Sentence(cause)}{remedy}", inner)
        {
            QueryId = _query.Id,
            QueryName = _query.Name,
            RunId = _query.RunId,
            BatchId = _execution.NextBatch,
            Attempts = cause is StreamingQueryException { Attempts: var attempts } ? attempts : 1,
        };
    }
}
