using Typed.Execution;

namespace Typed;

/// <summary>A query that was started: a pipeline bound to its sources and its sink, running batch after batch.</summary>
public sealed class StreamingQuery : IAsyncDisposable
{
    private const int ProgressKept = 100;
    private const int WarningsKept = 100;
    private readonly Lock _lock = new();
    private readonly QueryIdentity _identity;
    private readonly QueryOptions _options;
    private readonly string _plan;
    private readonly Queue<StreamingQueryProgress> _recent = new();
    private readonly Queue<string> _warnings = new();
    private readonly TaskCompletionSource<QueryTotals> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private QueryLoop? _loop;
    private bool _tellsWarnings;

    private StreamingQuery(QueryIdentity identity, QueryOptions options, string plan)
    {
        _identity = identity;
        _options = options;
        _plan = plan;
    }

    /// <summary>Stays for the life of the checkpoint.</summary>
    public Guid Id => _identity.Id;

    /// <summary>New at each start.</summary>
    public Guid RunId => _identity.RunId;

    /// <summary>The name.</summary>
    public string Name => _identity.Name;

    /// <summary>What the query is doing.</summary>
    public StreamingQueryStatus Status { get; internal set; } = new("Starting", true, false);

    /// <summary>Whether the query has not ended.</summary>
    public bool IsActive => !_completion.Task.IsCompleted;

    /// <summary>What the last batch did, or an idle record; null before the first.</summary>
    public StreamingQueryProgress? LastProgress { get; private set; }

    /// <summary>What the last batches did, up to a hundred, oldest first. A copy.</summary>
    public IReadOnlyList<StreamingQueryProgress> RecentProgress
    {
        get
        {
            lock (_lock)
                return [.. _recent];
        }
    }

    /// <summary>What the run did so far.</summary>
    public QueryTotals Totals { get; private set; } = new();

    /// <summary>What somebody should know although the query goes on, up to a hundred, oldest first. A copy.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_lock)
                return [.. _warnings];
        }
    }

    /// <summary>Why the query failed; null if it has not.</summary>
    public StreamingQueryException? Exception { get; private set; }

    /// <summary>Ends when the query has ended: with what the run did, or with the exception by which it failed.</summary>
    public Task<QueryTotals> Completion => _completion.Task;

    /// <summary>The loop behind the query, for tests.</summary>
    internal QueryLoop Loop => _loop!;

    /// <summary>The plan in words.</summary>
    public string Plan => _plan;

    /// <summary>
    /// Says in one paragraph why nothing comes out, or not yet: which operator holds what back, which input it waits for and since when, and what would
    /// release it. For people: the words may change. Waits for a batch that is about to end, not for a long one.
    /// </summary>
    public string Explain() =>
        _loop?.Explain() is { } why && IsActive ? why
        : Exception is { } failure ? $"The query has failed: {failure.Message}"
        : IsActive ? "The query is starting." : "The query has ended.";

    /// <summary>Ends the query after the batch that is running, if one is. Does not throw if the query has failed.</summary>
    /// <param name="cancellation">Ends the patience: a source that is being read is left at once, and its batch runs again at the next start.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        // Both are there before anything else happens: who is impatient already waits for nothing that a stop sets going.
        Task stopping = _stop.CancelAsync();
        await using CancellationTokenRegistration impatience = cancellation.Register(_abort.Cancel);
        await stopping;
        await Task.WhenAny(_completion.Task);
    }

    /// <summary>
    /// Waits until all that the sources had when this was called is processed and committed, and no batch without data is due. Under an
    /// interval trigger that takes as many intervals as it takes.
    /// </summary>
    /// <exception cref="StreamingQueryException">The query failed, now or before.</exception>
    public Task ProcessAllAvailableAsync() => _loop!.ProcessAllAvailableAsync();

    /// <summary>Stops the query as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Status.Message})";

    /// <exception cref="QueryStartException">Something does not fit.</exception>
    internal static Task<StreamingQuery> StartAsync(PipelineBinding binding, QueryOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Check(binding, options);
        // Opening reads and writes files; the caller need not wait for that on its own thread.
        return Task.Run(() => OpenAsync(binding, options, cancellation), cancellation);
    }

    internal void Report(StreamingQueryProgress progress, QueryTotals? totals)
    {
        lock (_lock)
        {
            LastProgress = progress;
            if (totals is not null)
                Totals = totals;
            _recent.Enqueue(progress);
            if (_recent.Count > ProgressKept)
                _recent.Dequeue();
        }
    }

    internal void Warn(string message)
    {
        lock (_lock)
        {
            KeepWarning(message);

            // Said before the start, also by what has begun beside it: listeners hear it when the query has started.
            if (!_tellsWarnings)
                return;
        }

        StreamingQueries.Tell(this, new QueryWarning(Id, RunId, message));
    }

    internal void KeepWarning(string message)
    {
        lock (_lock)
        {
            _warnings.Enqueue(message);
            if (_warnings.Count > WarningsKept)
                _warnings.Dequeue();
        }
    }

    internal void Ended(StreamingQueryException? failure)
    {
        Exception = failure;
        Status = new StreamingQueryStatus(failure is null ? "Stopped" : $"Failed: {failure.Message}", false, false);
        StreamingQueries.Remove(this);
        StreamingQueries.Release(_options.Name);
        StreamingQueries.Tell(this, new QueryTerminated(Id, RunId, Name, failure));
        if (failure is null)
            _completion.SetResult(Totals);
        else
            _completion.SetException(failure);
    }

    private static void Check(PipelineBinding binding, QueryOptions options)
    {
        for (int i = 0; i < binding.Plan.Outputs.Count; i++)
        {
            if (binding.Sinks.Any(sink => sink.Output == i))
                continue;
            string output = binding.Plan.Outputs[i].Name;
            throw new InvalidOperationException(binding.Plan.Outputs.Count == 1
                ? $"The pipeline '{binding.Plan.Name}' has no sink. Say where its rows go: .To(ConsoleSink.Table())."
                : $"The output '{output}' of the pipeline '{binding.Plan.Name}' has no sink. Say where its rows go: .To({char.ToLowerInvariant(output[0])}{output[1..]}: ConsoleSink.Table()).");
        }

        if (binding.Sources.Count != binding.Plan.Sources.Count || binding.Tables.Count != binding.Plan.Tables.Count)
        {
            throw new InvalidOperationException(
                $"The pipeline '{binding.Plan.Name}' reads {binding.Plan.Sources.Count} streams and {binding.Plan.Tables.Count} tables, but was given {binding.Sources.Count} and {binding.Tables.Count}.");
        }

        if (options.Name is { } name && string.IsNullOrWhiteSpace(name))
            throw new QueryStartException(StartRules.QueryOption.As("invalid-query-name"), nameof(options.Name), $"\"{name}\"", SettingProblems.NoName);
        if (options.Retain < 2)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-retention"), nameof(options.Retain), options.Retain, SettingProblems.TooFewEntries);
        if (options.Workers < 1)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-workers"), nameof(options.Workers), options.Workers, SettingProblems.NoWorker);
        SnapshotSchedule.Duration(options.SnapshotEvery, nameof(options.SnapshotEvery));
        options.StateAlert?.Check();
        if (options.IdleAfter is { } idleAfter && SnapshotSchedule.Duration(idleAfter, nameof(options.IdleAfter)) == TimeSpan.Zero)
            throw new QueryStartException(StartRules.QueryOption, nameof(options.IdleAfter), $"\"{idleAfter}\"", SettingProblems.NeverIdle);
        if (options.MaxAhead is { } maxAhead)
            SnapshotSchedule.Duration(maxAhead, nameof(options.MaxAhead));
        if (SnapshotSchedule.Duration(options.IdleProgressEvery, nameof(options.IdleProgressEvery)) == TimeSpan.Zero)
            throw new QueryStartException(StartRules.QueryOption, nameof(options.IdleProgressEvery), $"\"{options.IdleProgressEvery}\"", SettingProblems.AlwaysSaying);
    }

    private static async Task<StreamingQuery> OpenAsync(PipelineBinding binding, QueryOptions options, CancellationToken cancellation)
    {
        string name = options.Name ?? binding.Plan.Name;
        StreamingQueries.Reserve(options.Name);
        QueryResources? open = null;
        try
        {
            Guid runId = Guid.NewGuid();
            GraphRunner runner = new(binding.Plan, options.BatchSize, WorkersOf(options));
            CheckpointFolder? checkpoint = null;
            CheckpointIdentity present = CheckpointIdentity.Of(binding.Plan, runner.Graph);
            try
            {
                if (options.Checkpoint is { } place)
                    checkpoint = CheckpointFolder.Open(place.Path, present, name, runId);
            }
            catch
            {
                runner.Dispose();
                throw;
            }

            QueryIdentity identity = new(checkpoint?.Identity.QueryId ?? present.QueryId, runId, name, present.Sources);
            StreamingQuery query = new(identity, options, binding.Plan.Text);
            open = new QueryResources(runner, checkpoint, new MalformedRecords(options.TimeProvider));
            open.Open(binding, options, name, identity.Id, query.Warn);
            runner.Limit(StateStoreOf(binding.Plan, options), checkpoint?.StateDirectory, query.Warn);
            bool canReplay = open.Sources.TrueForAll(source => source.CanReplay);
            if (!canReplay)
                checkpoint?.Planned.Drop();
            Recovery recovery = checkpoint is null
                ? Recovery.Fresh(open.Sources.Count)
                : Recovery.From(checkpoint, runner.HasState ? LoadingOf(checkpoint, runner, query.KeepWarning) : null, canReplay, query.KeepWarning);
            if (recovery.Unwritten is { } done)
                checkpoint!.Write(done);
            if (checkpoint is not null && recovery.Snapshot is null)
                checkpoint.Identity.AdmitState(runner.Compare(checkpoint.Identity.State), checkpoint.Path);
            if (recovery.Policy is { } pinned && pinned != options.WatermarkPolicy)
                query.KeepWarning($"The checkpoint was begun with watermark policy {pinned}, which stays; {options.WatermarkPolicy} is ignored.");
            if (WorkersOf(options) is var workers && workers < options.Workers)
                query.KeepWarning($"Workers is {options.Workers}, but there are {workers} processors; more threads would only wait for each other, so {workers} run.");

            // A harness has such a folder on purpose, and removes it itself.
            if (checkpoint is not null && !options.Stepped && checkpoint.Path.StartsWith(Path.GetTempPath(), StringComparison.Ordinal))
                query.KeepWarning($"The checkpoint '{checkpoint.Path}' lies in the folder for temporary files; what the system removes there, the query cannot go on from.");
            if (options.Trigger.Kind == TriggerKind.Once)
                query.KeepWarning("Trigger.Once takes everything in one batch and leaves windows open that could close (trigger-once-deprecated). Trigger.AvailableNow does the same work within the limits of the sources.");
            MicroBatchExecution execution = new(identity, options, open, recovery, query.Warn);
            query._loop = new QueryLoop(query, options, execution, open, query._stop.Token, query._abort.Token);
            StreamingQueries.Add(query);
            StreamingQueries.Tell(query, new QueryStarted(identity.Id, runId, name, options.TimeProvider.GetUtcNow()));
            query.TellWarnings();
            query._loop.Start(cancellation.Register(query.Cancel));
            return query;
        }
        catch
        {
            StreamingQueries.Release(options.Name);
            if (open is not null)
                await open.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without a checkpoint state is lost at the end of the run anyway; then it goes to disk only where the options say so.</summary>
    private static StateStore StateStoreOf(PipelinePlan plan, QueryOptions options) =>
        options.State ?? (options.Checkpoint is null ? null : plan.DefaultState) ?? StateStore.Memory;

    private static StateLoading LoadingOf(CheckpointFolder checkpoint, GraphRunner runner, Action<string> warn) =>
        new(checkpoint, checkpoint.State.Description, new StateGiving(checkpoint, runner, warn).Load, warn);

    private static int WorkersOf(QueryOptions options) =>
        Math.Min(options.Workers, options.UncappedWorkers ? State.Shard.Count : Math.Min(Environment.ProcessorCount, State.Shard.Count));

    private void TellWarnings()
    {
        IReadOnlyList<string> before;
        lock (_lock)
            (_tellsWarnings, before) = (true, Warnings);
        foreach (string warning in before)
            StreamingQueries.Tell(this, new QueryWarning(Id, RunId, warning));
    }

    private void Cancel()
    {
        _stop.Cancel();
        _abort.Cancel();
    }
}
