namespace Typed.Tests.Stall;

/// <summary>Silent partitions and clocks ahead in generated pipelines (S20): the same windows close, whether or not the query starts anew in between.</summary>
public sealed class SilentInputTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 1)]
    public async Task One_of_four_partitions_is_silent(bool restarts, int? batchSize)
    {
        using StallBench<SeenCount> bench = new(partitions: 4);
        bench.Options = bench.Options with { BatchSize = batchSize };
        StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        List<string> seen = [];
        for (int step = 0; step < 9; step++)
        {
            // Ten seconds and one minute of events a step; partition 2 speaks in the first step and in the seventh.
            for (int partition = 0; partition < 4; partition++)
            {
                if (partition != 2 || step is 0 or 6)
                    bench.Shown.AddTo(partition, Seen.At(partition == 2 ? 0.5 : step + 0.1, $"p{partition}"));
            }

            await query.ProcessAllAvailableAsync();
            seen.Add($"{bench.Sink.Rows.Count} {query.Totals.LateRows}");
            if (restarts)
            {
                await query.DisposeAsync();

                // The time in which no run is there is no silence.
                bench.Clock.Advance(TimeSpan.FromHours(1));
                query = await bench.StartAsync(SeenInTime.From(bench.Shown));
            }

            bench.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await query.DisposeAsync();

        // It holds the first minute open for 30 s, is then left out, and holds all again with what it says in the seventh step, which is late.
        string[] windows = ["0 0", "0 0", "0 0", "7 0", "10 0", "13 0", "13 1", "13 0", "13 0"];
        Assert.Equal(restarts ? windows : [.. windows.Select((one, step) => step > 6 ? one[..^1] + "1" : one)], seen);
        Assert.Equal([4, 3, 3, 3], bench.Sink.Rows.GroupBy(row => row.Start).OrderBy(one => one.Key).Select(one => one.Count()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_ahead_and_one_that_was_never_set(bool restarts)
    {
        using StallBench<SeenCount> bench = new();
        StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        (long ahead, long late) = (0, 0);
        double never = (DateTimeOffset.UnixEpoch - Seen.Minute(0)).TotalMinutes;
        foreach (double[] minutes in (double[][])[[0, 1], [38_940_000, 1.5], [2.5, never], [5]])
        {
            await bench.AddAsync(query, minutes);
            if (!restarts && minutes is not [5])
                continue;
            (ahead, late) = (ahead + query.Totals.AheadRows, late + query.Totals.LateRows);
            await query.DisposeAsync();
            query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        }

        await query.DisposeAsync();
        Assert.Equal((1, 1), (ahead, late));
        Assert.Equal(
            [new SeenCount(Seen.Minute(0), "a", 1), new SeenCount(Seen.Minute(1), "a", 2), new SeenCount(Seen.Minute(2), "a", 1)],
            bench.Sink.Rows.OrderBy(row => row.Start));
    }
}
