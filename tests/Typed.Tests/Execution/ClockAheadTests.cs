using Typed.Execution;

namespace Typed.Tests.Execution;

/// <summary>Event times ahead of the clock of their batch.</summary>
public sealed class ClockAheadTests
{
    private const long Start = 1_735_689_600;    // 2025-01-01
    private const long FarAhead = 4_070_908_800; // 2099-01-01

    [Fact]
    public async Task A_clock_far_ahead_does_not_move_the_watermark()
    {
        using QueryBench<WindowCount> bench = Bench(maxAheadSeconds: 3600);
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, Start, Start + 7, FarAhead);
        Assert.Equal((Start + 7) * 1000, query.Loop.WatermarkMillis);
        await bench.AddAsync(query, Start + 8, Start + 3600);
        Assert.Equal((Start + 3600) * 1000, query.Loop.WatermarkMillis);

        // The row is kept: its window is open, and nothing was late for its sake.
        Assert.Equal((1, 0), (query.Totals.AheadRows, query.Totals.LateRows));
        Assert.Equal(2, query.Totals.HeldRows);
        Assert.Equal([new WindowCount(Start + 5, 1), new WindowCount(Start + 10, 2)], bench.Sink.Rows);
        Assert.Contains("\"numRowsAhead\":1", query.RecentProgress[0].ToJson(), StringComparison.Ordinal);
        string warning = Assert.Single(query.Warnings, one => one.Contains("maxAhead", StringComparison.Ordinal));
        Assert.StartsWith("An event time of s0 is 2099-01-01 00:00:00Z, row 3 from the start: 74 years ahead of the clock of batch 0 and so beyond maxAhead, 1 h.", warning, StringComparison.Ordinal);
    }

    // As in Spark: one row, and all that comes after it is late.
    [Fact]
    public async Task Without_a_bound_it_does()
    {
        using QueryBench<WindowCount> bench = Bench(maxAheadSeconds: null);
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, Start, FarAhead);
        await bench.AddAsync(query, Start + 8);
        Assert.Equal(FarAhead * 1000, query.Loop.WatermarkMillis);
        Assert.Equal(1, query.Totals.LateRows);
    }

    [Theory]
    [InlineData(3600, true)]
    [InlineData(3601, false)]
    public async Task The_bound_itself_is_in(long ahead, bool moves)
    {
        using QueryBench<WindowCount> bench = Bench(maxAheadSeconds: 3600);
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, Start, Start + ahead);
        Assert.Equal((moves ? Start + ahead : Start) * 1000, query.Loop.WatermarkMillis);
    }

    // The bound follows the clock in the offset log, not that of the second run.
    [Theory]
    [InlineData("AfterOffsets")]
    [InlineData("AfterRun")]
    [InlineData("AfterSinkCommit")]
    [InlineData("AfterCommit")]
    public async Task A_batch_that_runs_again_sees_the_same_clock(string point)
    {
        using QueryBench<WindowCount> bench = Bench(maxAheadSeconds: 3600);
        await using (StreamingQuery query = await bench.StartAsync(bench.Options with { Faults = new FailAt(Enum.Parse<FaultPoint>(point), 2) }))
        {
            await bench.AddAsync(query, Start);
            bench.Sources[0].Add(Reading.At(Start + 7), Reading.At(Start + 7200));
            await Assert.ThrowsAsync<StreamingQueryException>(query.ProcessAllAvailableAsync);
        }

        bench.Clock.Advance(TimeSpan.FromDays(3));
        await using StreamingQuery again = await bench.StartAsync();
        await again.ProcessAllAvailableAsync();
        Assert.Equal((Start + 7) * 1000, again.Loop.WatermarkMillis);
        await bench.AddAsync(again, Start + 8);
        Assert.Equal((Start + 8) * 1000, again.Loop.WatermarkMillis);
        Assert.Equal([new WindowCount(Start + 5, 1)], bench.Sink.Rows);
    }

    [Fact]
    public async Task Times_behind_the_bound_count_one_by_one_and_all_at_once()
    {
        using QueryBench<WindowCount> bench = Bench(maxAheadSeconds: 3600);
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { BatchSize = 7 });
        Reading[] rows = [.. Enumerable.Range(0, 100).Select(i => Reading.At(i % 9 == 3 ? FarAhead + i : Start + i)), new Reading(1, null), Reading.At(FarAhead)];
        bench.Sources[0].Add(rows);
        await query.ProcessAllAvailableAsync();
        EventTimeProgress times = query.RecentProgress[0].EventTime!;
        long[] seen = [.. Enumerable.Range(0, 100).Where(i => i % 9 != 3).Select(i => Start + i)];
        Assert.Equal((seen.Min(), seen.Max(), (long)seen.Average()), (times.Min!.Value.ToUnixTimeSeconds(), times.Max!.Value.ToUnixTimeSeconds(), times.Average!.Value.ToUnixTimeSeconds()));
        Assert.Equal(101 - seen.Length, query.Totals.AheadRows);
    }

    private static QueryBench<WindowCount> Bench(long? maxAheadSeconds)
    {
        QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        bench.Clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(Start * 1000));
        bench.Options = bench.Options with { MaxAhead = maxAheadSeconds is long seconds ? $"{seconds} seconds" : null };
        return bench;
    }
}
