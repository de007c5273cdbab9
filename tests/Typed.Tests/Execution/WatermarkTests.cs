using Typed.Columns;

namespace Typed.Tests.Execution;

public sealed class WatermarkTests
{
    // wm-005 of the conformance cases: event time and watermark metadata across restarts.
    [Fact]
    public async Task Windows_close_across_restarts()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 10));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 10, 11, 12, 13, 14, 15);
            Assert.Empty(bench.Sink.Rows);
            await bench.AddAsync(query, 25);
            Assert.Equal([new WindowCount(15, 5)], bench.Sink.Rows);
        }

        bench.Sink.Clear();
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 10, 27, 30);
            Assert.Equal([new WindowCount(20, 1)], bench.Sink.Rows);
            Assert.Equal(20_000, query.Loop.WatermarkMillis);
        }

        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 17);
            Assert.Equal([new WindowCount(20, 1)], bench.Sink.Rows);
            await bench.AddAsync(query, 40);
            Assert.Equal([new WindowCount(20, 1), new WindowCount(30, 2)], bench.Sink.Rows);
        }
    }

    // wm-006: two inputs, the slower one governs.
    [Fact]
    public async Task Two_inputs_min_over_a_life()
    {
        using QueryBench<Reading> bench = new(TestPlan.TwoWatermarks(10, 5));
        await using StreamingQuery query = await bench.StartAsync();
        (long[] First, long[] Second, long Watermark)[] steps =
        [
            ([11], [], 0), ([], [6], 1000), ([], [8], 1000), ([21], [], 3000), ([], [17, 28, 39], 11_000), ([31], [], 21_000),
            ([41], [], 31_000), ([51], [], 34_000), ([100], [100], 90_000), ([120], [110], 105_000),
        ];
        foreach ((long[] first, long[] second, long watermark) in steps)
        {
            await AddAsync(bench, query, first, second);
            Assert.Equal(watermark, query.Loop.WatermarkMillis);
        }
    }

    // wm-007 and wm-008: the policy is pinned by the first entry and wins at a restart (2.1.8); the value never falls (2.1.7).
    [Theory]
    [InlineData(WatermarkPolicy.Max, 15_000, 115_000, 140_000)]
    [InlineData(WatermarkPolicy.Min, 10_000, 110_000, 110_000)]
    public async Task Policy_is_pinned(WatermarkPolicy policy, long first, long second, long third)
    {
        using QueryBench<Reading> bench = new(TestPlan.TwoWatermarks(10, 15));
        bench.Options = bench.Options with { WatermarkPolicy = policy };
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await AddAsync(bench, query, [20], [30]);
            Assert.Equal(first, query.Loop.WatermarkMillis);
        }

        WatermarkPolicy other = policy == WatermarkPolicy.Max ? WatermarkPolicy.Min : WatermarkPolicy.Max;
        await using (StreamingQuery query = await bench.StartAsync(bench.Options with { WatermarkPolicy = other }))
        {
            Assert.Contains(query.Warnings, warning => warning.Contains("watermark policy", StringComparison.Ordinal));
            Assert.Equal(first, query.Loop.WatermarkMillis);
            await AddAsync(bench, query, [120], [130]);
            Assert.Equal(second, query.Loop.WatermarkMillis);
            await AddAsync(bench, query, policy == WatermarkPolicy.Max ? [150] : [], policy == WatermarkPolicy.Max ? [] : [150]);
            Assert.Equal(third, query.Loop.WatermarkMillis);
        }
    }

    // wm-014: after a restart no batch without data runs until one with data has (2.4.2); the late watermark comes from the log.
    [Fact]
    public async Task Late_watermark_survives_a_restart()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 10, sizeSeconds: 10));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 10);
            await bench.AddAsync(query, 40);
            Assert.Equal([new WindowCount(20, 1)], bench.Sink.Rows);
        }

        await using (StreamingQuery query = await bench.StartAsync())
        {
            Assert.Null(await query.Loop.StepAsync());
            await bench.AddAsync(query, 15);
            Assert.Equal(1, query.Totals.LateRows);
            Assert.Single(bench.Sink.Rows);
        }
    }

    // 2.2.5: a window over windows closes in the very batch that closes its inner ones.
    [Fact]
    public async Task Chained_windows_close_in_one_batch()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.WindowsOfWindows(delaySeconds: 0, inner: 5, outer: 10));
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, 1, 2, 6);
        await bench.AddAsync(query, 11);
        Assert.Equal([new WindowCount(10, 3)], bench.Sink.Rows);
        StreamingQueryProgress last = query.LastProgress!;
        Assert.Equal(0, last.InputRows);
        Assert.All(last.StateOperators, state => Assert.Equal(Instant.FromMicros(11_000_000), state.EvictionWatermark));
    }

    // 2.2.7: without no-data batches, what is behind the newest watermark but not behind the one before is accepted.
    [Fact]
    public async Task No_data_batches_can_be_off()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        bench.Options = bench.Options with { NoDataBatches = false };
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, 1, 20);
        Assert.Empty(bench.Sink.Rows);
        await bench.AddAsync(query, 2);
        Assert.Equal([new WindowCount(5, 2)], bench.Sink.Rows);
        Assert.Equal(0, query.Totals.LateRows);
    }

    [Fact]
    public async Task Null_event_times_do_not_move_the_watermark()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 5));
        await using StreamingQuery query = await bench.StartAsync();
        bench.Sources[0].Add(new Reading(1, null), Reading.At(100));
        await query.ProcessAllAvailableAsync();
        Assert.Equal(95_000, query.Loop.WatermarkMillis);
        EventTimeProgress time = query.RecentProgress[0].EventTime!;
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(100), time.Min);
        Assert.Equal(DateTimeOffset.UnixEpoch, time.Watermark);
    }

    private static async Task AddAsync(QueryBench<Reading> bench, StreamingQuery query, long[] first, long[] second)
    {
        bench.Sources[0].Add(first.Select(Reading.At));
        bench.Sources[1].Add(second.Select(Reading.At));
        await query.ProcessAllAvailableAsync();
    }
}
