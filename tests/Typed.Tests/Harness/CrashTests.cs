using Typed.Testing;

namespace Typed.Tests.Harness;

/// <summary>A crash at any point of any batch changes nothing of what comes out in the end, and nothing comes out twice.</summary>
public sealed class CrashTests
{
    public static TheoryData<CrashPoint, int, int?> Everywhere()
    {
        TheoryData<CrashPoint, int, int?> data = [];
        foreach (CrashPoint point in Enum.GetValues<CrashPoint>())
        {
            for (int batch = 0; batch < 4; batch++)
                data.Add(point, batch, batch % 2 == 0 ? null : 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task It_goes_on_as_if_nothing_had_been(CrashPoint point, int crashed, int? batchSize)
    {
        await using var test = Bills.Test(options: new() { Durable = true, BatchSize = batchSize });
        Order[][] batches =
        [
            [new("tea", 1m, test.At("10:01")), new("rum", 2m, test.At("10:02"))],
            [new("tea", 4m, test.At("10:04")), new("tea", 8m, test.At("10:07"))],
            [new("tea", 16m, test.At("10:40")), new("rum", 32m, test.At("10:41"))],
            [new("tea", 64m, test.At("11:10"))],
            [new("tea", 128m, test.At("11:11"))],
        ];
        for (int batch = 0; batch < batches.Length; batch++)
        {
            test.Orders.Add(batches[batch]);
            if (batch == crashed)
            {
                await test.CrashAsync(point);
                Assert.Null(test.Query);
            }

            await test.RunUntilIdleAsync();
        }

        test.Output.ExpectAll(
            new Bill(test.At("10:00"), "tea", 2, 5m),
            new Bill(test.At("10:00"), "rum", 1, 2m),
            new Bill(test.At("10:05"), "tea", 1, 8m),
            new Bill(test.At("10:40"), "tea", 1, 16m),
            new Bill(test.At("10:40"), "rum", 1, 32m));
        Assert.Equal(test.At("11:01"), test.Watermark);
        Assert.Equal(1, test.StateRows);
    }

    [Fact]
    public async Task It_is_where_it_says()
    {
        foreach (CrashPoint point in Enum.GetValues<CrashPoint>())
        {
            await using var test = CheapAndDear.Test(options: new() { Durable = true });
            test.Orders.Add(new Order("tea", 1m, test.At("10:01")));
            await test.CrashAsync(point);
            Assert.Equal((point > CrashPoint.BetweenSinks ? 1 : 0, point > CrashPoint.BetweenSinks ? 1 : 0), (test.Cheap.Batches.Count, test.ClockOutput.Batches.Count));

            // The last batch is the last one that was committed.
            Assert.Equal(point < CrashPoint.AfterCommit ? null : ((long, long, bool)?)(0, 1, false), test.Progress is { } last ? (last.BatchId, last.InputRows, last.Failed) : null);

            // What a planned batch reads stays as it was planned.
            test.Orders.Add(new Order("tea", 2m, test.At("10:02")));
            StreamingQueryProgress? next = await test.RunBatchAsync();
            bool wasPlanned = point is > CrashPoint.BeforeOffsets and < CrashPoint.AfterCommit;
            Assert.Equal((point < CrashPoint.AfterCommit ? 0 : 1, point == CrashPoint.BeforeOffsets ? 2 : 1), ((int)next!.BatchId, (int)next.InputRows));
            await test.RunUntilIdleAsync();
            test.Cheap.ExpectAll(new Order("tea", 1m, test.At("10:01")), new Order("tea", 2m, test.At("10:02")));
            Assert.Equal(wasPlanned, next.InputRows == 1 && next.BatchId == 0);
        }
    }

    [Fact]
    public async Task A_restart_keeps_the_state()
    {
        await using var test = Bills.Test(options: new() { Durable = true });
        test.Orders.Add(new Order("tea", 1m, test.At("10:01")));
        await test.RunUntilIdleAsync();
        StreamingQuery before = test.Query!;
        await test.RestartAsync();
        Assert.NotSame(before, test.Query);
        test.Orders.Add(new Order("tea", 2m, test.At("10:02")));
        await test.AdvanceWatermarkAsync(test.At("10:05"));
        test.Output.ExpectAll(new Bill(test.At("10:00"), "tea", 2, 3m));
    }

    [Fact]
    public async Task A_checkpoint_goes_with_its_harness()
    {
        var test = Bills.Test(options: new() { Durable = true });
        await test.RestartAsync();
        string folder = test.Folder!;
        Assert.True(Directory.Exists(folder));
        await test.DisposeAsync();
        Assert.False(Directory.Exists(folder));
        await using var light = Bills.Test();
        Assert.Null(light.Folder);
    }
}
