using System.Text.Json;
using Typed.Columns;
using Typed.Connect;

namespace Typed.Tests.Execution;

public sealed class StreamingQueryTests
{
    [Fact]
    public async Task A_checkpoint_among_temporary_files_is_warned_of()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Stepped = false });
        Assert.Single(query.Warnings, warning => warning.Contains("temporary files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Progress_has_Sparks_shape()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 5));
        bench.Clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(60_000));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Name = "shape" });
        await bench.AddAsync(query, 1, 2, 20);
        bench.Clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(62_000));
        await bench.AddAsync(query, 3, 21);
        Assert.Equal(4, query.RecentProgress.Count);
        using JsonDocument json = JsonDocument.Parse(query.RecentProgress[2].ToJson());
        JsonElement root = json.RootElement;
        Assert.Equal(
            ["id", "runId", "name", "timestamp", "batchId", "batchDuration", "numInputRows", "inputRowsPerSecond", "durationMs", "eventTime", "stateOperators", "sources", "sink", "observedMetrics", "operators", "numLateRows", "numRowsAhead", "watermarks", "numMalformedRecords"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(query.Id, root.GetProperty("id").GetGuid());
        Assert.Equal("shape", root.GetProperty("name").GetString());
        Assert.Equal("1970-01-01T00:01:02.000Z", root.GetProperty("timestamp").GetString());
        Assert.Equal(2, root.GetProperty("batchId").GetInt64());
        Assert.Equal(2, root.GetProperty("numInputRows").GetInt64());
        Assert.Equal(1.0, root.GetProperty("inputRowsPerSecond").GetDouble());
        Assert.Equal(
            ["triggerExecution", "latestOffset", "walCommit", "getBatch", "queryPlanning", "addBatch", "commitOffsets"],
            root.GetProperty("durationMs").EnumerateObject().Select(property => property.Name));
        JsonElement time = root.GetProperty("eventTime");
        Assert.Equal("1970-01-01T00:00:12.000Z", time.GetProperty("avg").GetString());
        Assert.Equal("1970-01-01T00:00:21.000Z", time.GetProperty("max").GetString());
        Assert.Equal("1970-01-01T00:00:03.000Z", time.GetProperty("min").GetString());
        Assert.Equal("1970-01-01T00:00:15.000Z", time.GetProperty("watermark").GetString());
        JsonElement state = root.GetProperty("stateOperators")[0];
        Assert.Equal("stateStoreSave", state.GetProperty("operatorName").GetString());
        Assert.Equal(1, state.GetProperty("numRowsTotal").GetInt64());
        Assert.Equal(1, state.GetProperty("numRowsUpdated").GetInt64());
        Assert.Equal(1, state.GetProperty("numRowsDroppedByWatermark").GetInt64());
        JsonElement source = root.GetProperty("sources")[0];
        Assert.Equal("3", source.GetProperty("startOffset").GetString());
        Assert.Equal("5", source.GetProperty("endOffset").GetString());
        Assert.Equal("memory", root.GetProperty("sink").GetProperty("description").GetString());
        Assert.Equal(0, root.GetProperty("sink").GetProperty("numOutputRows").GetInt64());
    }

    [Fact]
    public async Task Every_row_is_accounted_for()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.WindowsOfWindows(delaySeconds: 5, inner: 5, outer: 10));
        await using StreamingQuery query = await bench.StartAsync();
        bench.Sources[0].Add(new Reading(0, null));
        await bench.AddAsync(query, 1, 2, 20);
        await bench.AddAsync(query, 3, 21, 50);
        await bench.AddAsync(query, 49, 4, 100);
        Assert.All(query.RecentProgress.SelectMany(progress => progress.Operators), rows => Assert.Equal(0, rows.Unaccounted));
        Assert.All(query.Totals.Operators, rows => Assert.Equal(0, rows.Unaccounted));
        OperatorRows inner = query.Totals.Operators[2];
        Assert.Equal((10, 2, 1, 7), (inner.In, inner.Late, inner.NullTime, inner.Grouped));
        Assert.Equal(query.Totals.OutputRows, bench.Sink.Rows.Count);
        Assert.Equal(2, query.Totals.LateRows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Small_batches_give_the_same_rows(int size)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { BatchSize = size });
        bench.Sources[0].Add(new Reading(0, null));
        await bench.AddAsync(query, 1, 2, 3, 8, 20);
        Assert.Equal([new WindowCount(5, 3), new WindowCount(10, 1)], bench.Sink.Rows);
        Assert.Equal(6, query.RecentProgress[0].InputRows);
    }

    [Fact]
    public async Task Listeners_hear_all_in_order_once()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        List<string> heard = [];
        TaskCompletionSource end = new();
        Guid run = Guid.Empty;
        using IDisposable listening = StreamingQueries.Listen(new()
        {
            OnStarted = e => Add(e.RunId, $"started {e.Name}"),
            OnProgress = e => Add(e.RunId, $"batch {e.BatchId}"),
            OnTerminated = e => Add(e.RunId, e.Exception is null ? "stopped" : "failed"),
        });
        StreamingQuery query = await bench.StartAsync(bench.Options with { Name = "heard" });
        await bench.AddAsync(query, 1);
        await bench.AddAsync(query, 9);
        run = query.RunId;
        await query.DisposeAsync();
        await end.Task.WaitAsync(TestContext.Current.CancellationToken);
        lock (heard)
            Assert.Equal(["started heard", "batch 0", "batch 1", "batch 2", "batch 3", "stopped"], heard.Where(text => text.StartsWith(run.ToString(), StringComparison.Ordinal)).Select(text => text[37..]));

        void Add(Guid runId, string what)
        {
            // Of all queries: other tests run at the same time, and go on when this one has heard what it waits for.
            lock (heard)
            {
                heard.Add($"{runId} {what}");
                if (what == "stopped" && heard.Exists(text => text == $"{runId} started heard"))
                    end.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task A_slow_or_throwing_listener_does_no_harm()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        using ManualResetEventSlim gate = new();
        using IDisposable slow = StreamingQueries.Listen(new() { OnProgress = progress => When(progress.Name == "disturbed", gate.Wait) });
        using IDisposable throwing = StreamingQueries.Listen(new() { OnProgress = progress => When(progress.Name == "disturbed", () => throw new InvalidTimeZoneException("listener")) });
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Name = "disturbed" });
        await bench.AddAsync(query, 1);
        await bench.AddAsync(query, 2);
        Assert.Equal(2, bench.Sink.Rows.Count);
        while (!query.Warnings.Any(warning => warning.Contains("InvalidTimeZoneException", StringComparison.Ordinal)))
            await Task.Delay(1, TestContext.Current.CancellationToken);
        gate.Set();

        // The queries of other tests are heard too, and are left in peace.
        static void When(bool isMine, Action then)
        {
            if (isMine)
                then();
        }
    }

    [Fact]
    public async Task Active_queries_and_names()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        QueryOptions named = bench.Options with { Name = "unique", Checkpoint = null };
        StreamingQuery query = await bench.StartAsync(named);
        Assert.Contains(query, StreamingQueries.Active);
        Assert.Equal("duplicate-query-name", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(named))).Rule);
        await query.DisposeAsync();
        Assert.DoesNotContain(query, StreamingQueries.Active);
        Assert.Equal("Stopped", query.Status.Message);
        await (await bench.StartAsync(named)).DisposeAsync();
    }

    [Fact]
    public async Task The_failure_of_the_second_of_two_is_not_missed()
    {
        using QueryBench<Reading> good = new(TestPlan.Pass());
        using QueryBench<WindowCount> bad = new(TestPlan.Windows(0, onRow: _ => throw new InvalidTimeZoneException("bad")));
        await using StreamingQuery first = await good.StartAsync();
        await using StreamingQuery second = await bad.StartAsync(bad.Options with { Stepped = false });
        Task any = StreamingQueries.AnyCompletion(first, second);
        bad.Sources[0].Add(Reading.At(1));
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => any);
        Assert.IsType<InvalidTimeZoneException>(failure.InnerException);
        await Assert.ThrowsAsync<StreamingQueryException>(second.ProcessAllAvailableAsync);
    }

    // Stop finishes the running batch; cancellation leaves a source that is being read at once.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_finishes_the_batch_and_cancellation_breaks_a_read_off(bool cancel)
    {
        StuckSource source = new();
        MemorySink<Reading> sink = new();
        using CancellationTokenSource cancellation = new();
        await using StreamingQuery query = await new PipelineStart<Reading>(TestPlan.Pass(), [SourceBinding.Of(source)], []).To(sink)
            .StartAsync(cancellation: cancellation.Token);
        await source.Reading.Task.WaitAsync(TestContext.Current.CancellationToken);
        if (cancel)
        {
            await cancellation.CancelAsync();
            Assert.Equal(0, (await query.Completion).Batches);
            Assert.Empty(sink.Rows);
            return;
        }

        Task stopping = query.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted);
        source.Go.SetResult();
        await stopping;
        Assert.Equal(1, (await query.Completion).Batches);
        Assert.Single(sink.Rows);
    }

    [Fact]
    public async Task Late_rows_go_to_their_sink_with_the_batch()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        Collect late = new();
        await using StreamingQuery query = await bench.Pipeline().LateTo(late).StartAsync(bench.Options, TestContext.Current.CancellationToken);
        await bench.AddAsync(query, 12);
        await bench.AddAsync(query, 3, 14, 4);
        Assert.Equal(["Value", "Time", "LateOperator", "LateTime", "LateWatermark", "LateBy", "LateBatch"], late.Schema!.Fields.Select(field => field.Name));
        Assert.Equal(["3 3000000 count 2 5000000 12000000 7000000 2", "4 4000000 count 2 5000000 12000000 7000000 2"], late.Committed);
        Assert.Equal(2, query.Totals.LateRows);
    }

    [Fact]
    public async Task Malformed_records_go_to_the_dead_letters_or_are_told_of()
    {
        MalformedSource source = new();
        Collect letters = new();
        PipelineStart<Reading> start = new PipelineStart<Reading>(TestPlan.Pass(), [SourceBinding.Of(source)], []).To(new MemorySink<Reading>());
        await using (StreamingQuery query = await start.DeadLettersTo(letters).StartAsync(new() { Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken))
        {
            QueryTotals totals = await query.Completion;
            Assert.Equal((1, 2), (totals.InputRows, totals.MalformedRecords));
            Assert.Equal(2, letters.Committed.Count);
            Assert.StartsWith("a.json 7 cut off {\"x\": 0 ", letters.Committed[0], StringComparison.Ordinal);
        }

        await using StreamingQuery without = await start.StartAsync(new() { Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await without.Completion;
        Assert.Contains("a.json:7: cut off; a.json:8: no UTF-8", Assert.Single(without.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_ends_with_its_sources()
    {
        System.Threading.Channels.Channel<Reading> channel = System.Threading.Channels.Channel.CreateUnbounded<Reading>();
        MemorySink<Reading> sink = new();
        await using StreamingQuery query = await new PipelineStart<Reading>(TestPlan.Pass(), [SourceBinding.Of(channel.Reader.AsSource())], []).To(sink)
            .StartAsync(cancellation: TestContext.Current.CancellationToken);
        channel.Writer.TryWrite(Reading.At(1));
        await query.ProcessAllAvailableAsync();
        channel.Writer.TryWrite(Reading.At(2));
        channel.Writer.Complete();
        Assert.Equal(2, (await query.Completion).InputRows);
        Assert.Equal(2, sink.Rows.Count);
    }

    [Fact]
    public async Task A_pipeline_without_a_sink_is_refused()
    {
        PipelineStart<Reading> start = new(TestPlan.Pass(), [SourceBinding.Of(new MemorySource<Reading>())], []);
        Assert.Contains(".To(", (await Assert.ThrowsAsync<InvalidOperationException>(() => start.StartAsync(null, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        MemorySink<Reading> sink = new();
        Assert.Throws<InvalidOperationException>(() => start.To(sink).To(sink));
    }

    [Fact]
    public void Checkpoints_are_named_after_their_target() =>
        Assert.Equal(Path.Combine("checkpoints", "lake.silver.purchases"), Checkpoint.For("lake/silver/purchases").Path);

    /// <summary>Gives one row, but only when it is told to go on.</summary>
    private sealed class StuckSource : ISource<Reading>, ISourceReader
    {
        internal TaskCompletionSource Reading { get; } = new();

        internal TaskCompletionSource Go { get; } = new();

        public string Description => "stuck";

        public bool CanReplay => true;

        public ISourceReader Open(SourceContext context) => this;

        public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation) => new("1");

        public ValueTask FreezeAsync(string? start, CancellationToken cancellation) => default;

        public async IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            Reading.TrySetResult();
            await Go.Task.WaitAsync(cancellation);
            yield return RecordBatch.Of(Typed.Tests.Execution.Reading.At(1));
        }

        public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

        public async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation) => await Task.Delay(Timeout.Infinite, cancellation);

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>One good row and two bad records.</summary>
    private sealed class MalformedSource : ISource<Reading>
    {
        public ISourceReader Open(SourceContext context) => new Reader(context.Malformed);

        private sealed class Reader(IMalformedRecords malformed) : ISourceReader
        {
            public string Description => "malformed";

            public bool CanReplay => true;

            public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation) => new("1");

            public ValueTask FreezeAsync(string? start, CancellationToken cancellation) => default;

            public async IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
            {
                await Task.Yield();
                malformed.Take("a.json", 7, "cut off", "{\"x\":"u8);
                malformed.Take("a.json", 8, "no UTF-8", [0xFF]);
                yield return RecordBatch.Of(Reading.At(1));
            }

            public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

            public ValueTask WaitForDataAsync(string? start, CancellationToken cancellation) => default;

            public ValueTask DisposeAsync() => default;
        }
    }
}
