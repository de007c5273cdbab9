using System.Diagnostics;
using Typed.State;

namespace Typed.Tests.Execution;

public sealed class EmptyBatchCostTests
{
    // What a batch without data costs is what its two log entries cost on the disk. How fast that is, is the disk's and its other users'
    // affair, so the entries are written beside it, turn by turn, and the batch may cost little more.
    [Fact]
    public async Task A_batch_without_data_costs_little_more_than_its_log_entries()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0, sizeSeconds: 1_000_000));
        using DurableDirectory beside = new(Directory.CreateTempSubdirectory("typed-").FullName);
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { TimeProvider = TimeProvider.System });
        List<double> costs = [];
        List<double> entries = [];
        for (int i = 1; i <= 200; i++)
        {
            // A row moves the watermark, then the batch without data follows.
            bench.Sources[0].Add(Reading.At(i));
            await query.Loop.StepAsync();
            long start = Stopwatch.GetTimestamp();
            StreamingQueryProgress empty = (await query.Loop.StepAsync())!;
            costs.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Assert.Equal(0, empty.InputRows);
            start = Stopwatch.GetTimestamp();
            Assert.True(beside.TryCreate($"{i}", new byte[120]));
            Assert.True(beside.TryCreate($"{-i}", new byte[80]));
            entries.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        costs.Sort();
        entries.Sort();
        Directory.Delete(beside.Path, recursive: true);
        string measured = $"an empty batch: median {costs[100]:f2} ms; two log entries: {entries[100]:f2} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(measured);
        Assert.True(costs[100] < (2 * entries[100]) + 1, measured);
    }
}
