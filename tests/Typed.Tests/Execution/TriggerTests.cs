using Typed.Connect;
using Typed.Execution;
using Typed.Testing;
using Typed.Time;

namespace Typed.Tests.Execution;

public sealed class TriggerTests
{
    // trigger-001, -003, -004, -008; before 1970 the grid goes on.
    [Theory]
    [InlineData(0, 100, 100)]
    [InlineData(99, 100, 100)]
    [InlineData(100, 100, 200)]
    [InlineData(1234, 0, 1234)]
    [InlineData(-1, 100, 0)]
    [InlineData(-100, 100, 0)]
    public void Next_due(long now, long interval, long due) => Assert.Equal(due, TriggerGrid.NextDue(now, interval));

    [Theory]
    [InlineData("ten seconds")]
    [InlineData("-1 second")]
    [InlineData("1 month")]
    [InlineData("5 us")]
    public void Bad_intervals_are_refused(string interval) =>
        Assert.Equal("invalid-trigger-interval", Assert.Throws<QueryStartException>(() => Trigger.Every(interval)).Rule);

    [Fact]
    public void No_interval_is_the_default() => Assert.Same(Trigger.Default, Trigger.Every("0 seconds"));

    // trigger-007: an overrun starts the next batch at once, the missed slot is not made up, then back to the grid.
    [Fact]
    public async Task Batches_on_the_grid()
    {
        VirtualClock clock = new(DateTimeOffset.UnixEpoch);
        MemorySource<Reading> source = new();
        source.Add(Reading.At(0));
        SlowSink sink = new(clock, source, [0, 500, 1500, 0, 0]);
        await using StreamingQuery query = await new PipelineStart<Reading>(TestPlan.Pass(), [SourceBinding.Of(source)], []).To(sink)
            .StartAsync(new QueryOptions { TimeProvider = clock, Trigger = Trigger.Every("1 second") }, TestContext.Current.CancellationToken);
        await UntilAsync(() =>
        {
            clock.AdvanceToTimer();
            return sink.Began.Length >= 5;
        });
        Assert.Equal([0, 1000, 2000, 3500, 4000], sink.Began[..5]);
    }

    // S31: by a clock that starts off the grid.
    [Fact]
    public async Task The_first_batch_is_at_once()
    {
        VirtualClock clock = new(DateTimeOffset.UnixEpoch);
        clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(36_007_000));
        MemorySource<Reading> source = new();
        source.Add(Reading.At(0));
        SlowSink sink = new(clock, source, [0, 13_000, 0, 0]);
        await using StreamingQuery query = await new PipelineStart<Reading>(TestPlan.Pass(), [SourceBinding.Of(source)], []).To(sink)
            .StartAsync(new QueryOptions { TimeProvider = clock, Trigger = Trigger.Every("10 seconds") }, TestContext.Current.CancellationToken);
        await UntilAsync(() =>
        {
            clock.AdvanceToTimer();
            return sink.Began.Length >= 4;
        });
        Assert.Equal([36_007_000, 36_010_000, 36_023_000, 36_030_000], sink.Began[..4]);
    }

    [Fact]
    public async Task Once_takes_all_ignores_limits_and_runs_no_batch_without_data()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        MemorySource<Reading> limited = new() { MaxRowsPerTrigger = 1 };
        limited.Add(Reading.At(1), Reading.At(2), Reading.At(20));
        QueryTotals totals = await RunAsync(bench, limited, Trigger.Once);
        Assert.Equal((1, 3), (totals.Batches, totals.InputRows));
        Assert.Empty(bench.Sink.Rows);
        Assert.Equal(0, (await RunAsync(bench, limited, Trigger.Once)).Batches);
    }

    [Fact]
    public async Task AvailableNow_respects_limits_ends_with_a_batch_without_data_and_leaves_what_comes_later()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        MemorySource<Reading> limited = new() { MaxRowsPerTrigger = 1 };
        limited.Add(Reading.At(1), Reading.At(2), Reading.At(20));
        bench.Options = bench.Options with { Faults = new AddDuringFirstBatch(limited) };
        QueryTotals totals = await RunAsync(bench, limited, Trigger.AvailableNow);
        Assert.Equal((4, 3, 3), (totals.Batches, totals.BatchesWithData, totals.InputRows));
        Assert.Equal([new WindowCount(5, 2)], bench.Sink.Rows);
        bench.Options = bench.Options with { Faults = null };
        totals = await RunAsync(bench, limited, Trigger.AvailableNow);
        Assert.Equal((1, 1), (totals.BatchesWithData, totals.InputRows));
        Assert.Equal(0, (await RunAsync(bench, limited, Trigger.AvailableNow)).Batches);
    }

    // 11.4: an uncommitted batch from the past counts as the run.
    [Fact]
    public async Task Once_runs_an_uncommitted_batch_alone()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        MemorySource<Reading> source = new();
        source.Add(Reading.At(1));
        QueryOptions good = bench.Options;
        bench.Options = good with { Faults = new FailAt(FaultPoint.AfterOffsets, 0) };
        await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, source, Trigger.Once));
        source.Add(Reading.At(2), Reading.At(3));
        bench.Options = good;
        Assert.Equal(1, (await RunAsync(bench, source, Trigger.Once)).InputRows);
        Assert.Equal(2, (await RunAsync(bench, source, Trigger.Once)).InputRows);
    }

    [Fact]
    public async Task The_default_trigger_runs_as_data_comes_and_says_when_it_is_idle()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        int idle = 0;
        using IDisposable listening = StreamingQueries.Listen(new() { OnIdle = _ => Interlocked.Increment(ref idle) });
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Stepped = false, Checkpoint = null });
        for (int i = 0; i < 3; i++)
        {
            bench.Sources[0].Add(Reading.At(i));
            await query.ProcessAllAvailableAsync();
            Assert.Equal(i + 1, bench.Sink.Rows.Count);
        }

        Assert.Equal(3, query.RecentProgress.Count);
        await UntilAsync(() => bench.Clock.Waiting > 0);
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => query.RecentProgress.Count == 4);
        Assert.Equal(0, query.LastProgress!.InputRows);
        Assert.Equal(3, query.LastProgress.BatchId);
        Assert.Equal(3, query.Totals.Batches);
        await UntilAsync(() => Volatile.Read(ref idle) >= 1);
    }

    private static async Task<QueryTotals> RunAsync(QueryBench<WindowCount> bench, MemorySource<Reading> source, Trigger trigger)
    {
        await using StreamingQuery query = await new PipelineStart<WindowCount>(TestPlan.Windows(0), [SourceBinding.Of(source)], []).To(bench.Sink)
            .StartAsync(bench.Options with { Trigger = trigger }, TestContext.Current.CancellationToken);
        return await query.Completion;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private sealed class AddDuringFirstBatch(MemorySource<Reading> source) : IFaultPoints
    {
        public void Reach(FaultPoint point, long batchId)
        {
            if (point == FaultPoint.MidBatch && batchId == 0)
                source.Add(Reading.At(21));
        }
    }

    /// <summary>Notes when batches begin, lets each take as long as is said, and adds a row for the next one.</summary>
    private sealed class SlowSink(VirtualClock clock, MemorySource<Reading> source, long[] takes) : ISink, ISinkWriter
    {
        private readonly List<long> _began = [];

        public string Description => "slow";

        internal long[] Began
        {
            get
            {
                lock (_began)
                    return [.. _began];
            }
        }

        public ISinkWriter Open(SinkContext context) => this;

        public void Begin(long batchId, long? watermark)
        {
            lock (_began)
                _began.Add(clock.GetUtcNow().ToUnixTimeMilliseconds());
        }

        public void Write(Columns.ColumnBatch batch)
        {
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            int batch = Began.Length - 1;
            source.Add(Reading.At(batch));
            if (batch < takes.Length)
                clock.Advance(TimeSpan.FromMilliseconds(takes[batch]));
            return default;
        }

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
