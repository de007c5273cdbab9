using System.Diagnostics;

namespace Typed.Tests.Execution;

public sealed class EmptyBatchCostTests
{
    // Figures depend on the disk; the bound is wide, the measured median is written out.
    [Fact]
    public async Task A_batch_without_data_with_its_checkpoint_on_disk_is_cheap()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0, sizeSeconds: 1_000_000));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { TimeProvider = TimeProvider.System });
        List<double> costs = [];
        for (int i = 1; i <= 200; i++)
        {
            // A row moves the watermark, then the batch without data follows.
            bench.Sources[0].Add(Reading.At(i));
            await query.Loop.StepAsync();
            long start = Stopwatch.GetTimestamp();
            StreamingQueryProgress empty = (await query.Loop.StepAsync())!;
            costs.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Assert.Equal(0, empty.InputRows);
        }

        costs.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"median {costs[100]:f2} ms, 95 % {costs[190]:f2} ms");
        Assert.True(costs[100] < 25, $"the median of an empty batch is {costs[100]:f2} ms");
    }
}
