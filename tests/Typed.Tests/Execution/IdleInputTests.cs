using Typed.Execution;

namespace Typed.Tests.Execution;

/// <summary>Inputs that fall silent, or never speak: who waits for them, and for how long.</summary>
public sealed class IdleInputTests
{
    [Fact]
    public async Task Others_wait_for_a_silent_input_as_long_as_is_said()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using StreamingQuery query = await bench.StartAsync();
        await AddAsync(bench, query, [1, 100], [3]);
        Assert.Equal(3_000, query.Loop.WatermarkMillis);
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        await AddAsync(bench, query, [101], []);
        bench.Clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Null(await query.Loop.StepAsync());
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        StreamingQueryProgress? closing = await query.Loop.StepAsync();
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(101), closing?.EventTime?.Watermark);
        Assert.Equal([new WindowCount(5, 2)], bench.Sink.Rows);
        Assert.Equal([false, true], closing!.Watermarks.Select(one => one.IsIdle));
        Assert.Equal("s1", closing.Watermarks[1].Name);
    }

    // Semantics 2.1.4: without it, one silent input holds the watermark for ever.
    [Fact]
    public async Task Nobody_is_idle_unless_it_is_said()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs());
        await using StreamingQuery query = await bench.StartAsync();
        await AddAsync(bench, query, [1, 100], []);
        bench.Clock.Advance(TimeSpan.FromDays(1000));
        Assert.Null(await query.Loop.StepAsync());
        Assert.Equal(0, query.Loop.WatermarkMillis);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_input_that_never_spoke_is_waited_for_since_the_start(bool byOption)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(byOption ? null : 30));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { IdleAfter = byOption ? "30 seconds" : null });
        bench.Clock.Advance(TimeSpan.FromSeconds(29));
        await AddAsync(bench, query, [1, 100], []);
        Assert.Equal(0, query.Loop.WatermarkMillis);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await query.ProcessAllAvailableAsync();
        Assert.Equal([new WindowCount(5, 1)], bench.Sink.Rows);
    }

    [Fact]
    public async Task It_counts_again_when_it_speaks()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using StreamingQuery query = await bench.StartAsync();
        await AddAsync(bench, query, [1, 100], [3]);
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        await AddAsync(bench, query, [101], []);
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(101_000, query.Loop.WatermarkMillis);

        // What it had to say of the time that was closed is late; it holds the others back again.
        await AddAsync(bench, query, [], [50]);
        Assert.Equal(1, query.Totals.LateRows);
        await AddAsync(bench, query, [200], [120]);
        Assert.Equal(120_000, query.Loop.WatermarkMillis);
    }

    // What counts is who fell silent last, not when somebody looked.
    [Theory]
    [InlineData(40)]
    [InlineData(4000)]
    public async Task When_all_are_silent_the_last_one_to_speak_governs(int lookAfter)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using StreamingQuery query = await bench.StartAsync();
        await AddAsync(bench, query, [1], [3]);
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await AddAsync(bench, query, [100], []);
        bench.Clock.Advance(TimeSpan.FromSeconds(lookAfter));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(100_000, query.Loop.WatermarkMillis);
    }

    [Fact]
    public async Task With_rows_waiting_an_input_is_not_silent()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using StreamingQuery query = await bench.StartAsync();
        await AddAsync(bench, query, [1, 100], [3]);

        // A batch took long: 40 s later both have rows that nobody has read.
        bench.Clock.Advance(TimeSpan.FromSeconds(40));
        StreamingQueryProgress progress = await AddAsync(bench, query, [101], [4]);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(3), progress.EventTime?.Watermark);
        Assert.Equal(4_000, query.Loop.WatermarkMillis);
    }

    [Fact]
    public async Task The_slowest_partition_that_speaks_governs()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0), partitions: 4);
        bench.Options = bench.Options with { IdleAfter = "30 seconds" };
        await using StreamingQuery query = await bench.StartAsync();
        for (int partition = 0; partition < 3; partition++)
            bench.Sources[0].AddTo(partition, Reading.At(10 + partition), Reading.At(20 + partition));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(0, query.Loop.WatermarkMillis);
        bench.Clock.Advance(TimeSpan.FromSeconds(29));
        bench.Sources[0].AddTo(1, Reading.At(40));
        bench.Sources[0].AddTo(2, Reading.At(30));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(0, query.Loop.WatermarkMillis);

        // Partition 3 never spoke, 0 no more after a second; 2 is the slowest that does.
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(30_000, query.Loop.WatermarkMillis);
        Assert.Equal(["s0 False", "s0[0] True", "s0[1] False", "s0[2] False", "s0[3] True"], query.LastProgress!.Watermarks.Select(one => $"{one.Name} {one.IsIdle}"));
        bench.Sources[0].AddTo(3, Reading.At(35));
        bench.Sources[0].AddTo(2, Reading.At(50));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(35_000, query.Loop.WatermarkMillis);
    }

    // Semantics 2.1.3: partitions mean nothing to a watermark that waits for nobody.
    [Fact]
    public async Task Without_it_partitions_are_one_input()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0), partitions: 4);
        await using StreamingQuery query = await bench.StartAsync();
        bench.Sources[0].AddTo(1, Reading.At(40));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(40_000, query.Loop.WatermarkMillis);
    }

    [Fact]
    public async Task A_query_wakes_up_when_an_input_falls_silent()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Stepped = false, IdleProgressEvery = "1 day" });
        bench.Sources[0].Add(Reading.At(1), Reading.At(100));
        await query.ProcessAllAvailableAsync();
        while (bench.Sink.Rows.Count == 0)
        {
            bench.Clock.AdvanceToTimer();
            await Task.Delay(1, TestContext.Current.CancellationToken);
            Assert.True(bench.Clock.GetUtcNow() < DateTimeOffset.UnixEpoch.AddHours(1), "it slept on");
        }

        Assert.Equal([new WindowCount(5, 1)], bench.Sink.Rows);
    }

    // The decision lies in the entry of the offset log: a batch that is run again closes the same windows.
    [Theory]
    [InlineData("AfterOffsets")]
    [InlineData("MidBatch")]
    [InlineData("AfterRun")]
    [InlineData("AfterSinkCommit")]
    [InlineData("AfterCommit")]
    [InlineData("AfterSnapshot")]
    public async Task A_batch_that_silence_allowed_is_the_same_when_it_runs_again(string point)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using (StreamingQuery query = await bench.StartAsync(bench.Options with { Faults = new FailAt(Enum.Parse<FaultPoint>(point), 1) }))
        {
            await AddAsync(bench, query, [1, 100], []);
            bench.Clock.Advance(TimeSpan.FromSeconds(30));
            await Assert.ThrowsAsync<StreamingQueryException>(query.ProcessAllAvailableAsync);
        }

        await using StreamingQuery again = await bench.StartAsync();
        await again.ProcessAllAvailableAsync();
        Assert.Equal(100_000, again.Loop.WatermarkMillis);
        Assert.Equal([new WindowCount(5, 1)], bench.Sink.Rows);

        // It stays idle: a restart lets nobody wait anew.
        await AddAsync(bench, again, [200], []);
        Assert.Equal(200_000, again.Loop.WatermarkMillis);
    }

    // The time in which no run was there is no silence.
    [Fact]
    public async Task A_restart_goes_on_with_the_silence_it_found()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs(idleAfterSeconds: 30));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await AddAsync(bench, query, [1, 100], [3]);
            bench.Clock.Advance(TimeSpan.FromSeconds(20));
            await AddAsync(bench, query, [101], []);
        }

        bench.Clock.Advance(TimeSpan.FromHours(10));
        await using StreamingQuery again = await bench.StartAsync();
        bench.Clock.Advance(TimeSpan.FromSeconds(9));
        await AddAsync(bench, again, [102], []);
        Assert.Equal(3_000, again.Loop.WatermarkMillis);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await again.ProcessAllAvailableAsync();
        Assert.Equal(102_000, again.Loop.WatermarkMillis);
    }

    [Fact]
    public async Task A_time_of_nothing_is_refused()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.TwoInputs());
        Assert.Equal("invalid-duration", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(bench.Options with { IdleAfter = "0 seconds" }))).Rule);
        Assert.Equal("invalid-duration", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(bench.Options with { IdleAfter = "soon" }))).Rule);
        Assert.Equal("invalid-duration", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(bench.Options with { MaxAhead = "far" }))).Rule);
    }

    private static async Task<StreamingQueryProgress> AddAsync(QueryBench<WindowCount> bench, StreamingQuery query, long[] first, long[] second)
    {
        bench.Sources[0].Add(first.Select(Reading.At));
        bench.Sources[1].Add(second.Select(Reading.At));
        StreamingQueryProgress? progress = await query.Loop.StepAsync();
        await query.ProcessAllAvailableAsync();
        Assert.NotNull(progress);
        return progress;
    }
}
