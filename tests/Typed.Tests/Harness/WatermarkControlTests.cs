using Typed.Testing;

namespace Typed.Tests.Harness;

/// <summary>Watermark, partitions and clock in the hands of a test.</summary>
public sealed class WatermarkControlTests
{
    [Fact]
    public async Task A_raised_watermark_closes_what_is_due()
    {
        await using var test = Bills.Test();
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")), new Order("rum", 7m, test.At("10:06")));
        await test.AdvanceWatermarkAsync(test.At("10:05"));
        test.Output.ExpectNew(new Bill(test.At("10:00"), "tea", 1, 5m));
        Assert.Equal(test.At("10:05"), test.Watermark);
        await test.AdvanceWatermarkAsync(test.At("10:10"));
        test.Output.ExpectNew(new Bill(test.At("10:05"), "rum", 1, 7m));
    }

    [Fact]
    public async Task It_never_falls()
    {
        await using var test = Bills.Test();
        await test.AdvanceWatermarkAsync(test.At("10:05"));
        Assert.Equal(0, await test.AdvanceWatermarkAsync(test.At("09:05")));
        test.Orders.Add(new Order("tea", 5m, test.At("10:08")));
        await test.RunUntilIdleAsync();
        Assert.Equal(test.At("10:05"), test.Watermark);
        test.Orders.Add(new Order("tea", 5m, test.At("10:18")));
        await test.RunUntilIdleAsync();
        Assert.Equal(test.At("10:08"), test.Watermark);
    }

    // Semantics 2.1.7: a later run begins with the watermark of the log, even where it closed nothing.
    [Theory]
    [InlineData(null)]
    [InlineData(CrashPoint.BeforeOffsets)]
    [InlineData(CrashPoint.AfterOffsets)]
    [InlineData(CrashPoint.AfterCommit)]
    public async Task It_outlives_the_process(CrashPoint? crash)
    {
        await using var test = Bills.Test(options: new() { Durable = true, KeepLateRows = true });
        Assert.Equal(1, await test.AdvanceWatermarkAsync(test.At("10:05")));
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")), new Order("rum", 6m, test.At("10:06")));
        if (crash is CrashPoint point)
            await test.CrashAsync(point);
        else
            await test.RestartAsync();
        Assert.Equal(test.At("10:05"), test.Watermark);
        await test.RunUntilIdleAsync();
        Assert.Equal("tea", Assert.Single(test.LateRows).Values["Item"]);
        await test.AdvanceWatermarkAsync(test.At("10:10"));
        test.Output.ExpectAll(new Bill(test.At("10:05"), "rum", 1, 6m));
    }

    [Fact]
    public async Task A_silent_partition_holds_the_watermark_until_it_is_idle()
    {
        await using var test = Bills.Test();
        test.Orders.Partitions = 2;
        test.Orders.AddTo(0, new Order("tea", 5m, test.At("10:01")));
        test.Orders.AddTo(1, new Order("tea", 6m, test.At("10:02")));
        await test.RunUntilIdleAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(20));
        test.Orders.AddTo(0, new Order("tea", 7m, test.At("10:31")));
        await test.RunUntilIdleAsync();
        Assert.Equal(test.At("09:52"), test.Watermark);
        await test.AdvanceAsync(TimeSpan.FromSeconds(9));
        test.Output.ExpectAll();
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));
        test.Output.ExpectNew(new Bill(test.At("10:00"), "tea", 2, 11m));
        Assert.Equal(["orders[0]", "orders[1]"], test.Progress!.Watermarks.Select(input => input.Name).Where(name => name.Contains('[')));
    }

    [Fact]
    public async Task The_clock_of_a_batch_is_that_of_the_test()
    {
        DateTimeOffset start = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);
        await using var test = AllTagged.Test(options: new() { Now = start });
        test.Items.Add(new Tagged("tea", 5m, null));
        await test.RunUntilIdleAsync();
        Assert.Equal(start, test.Progress!.Timestamp);
        Assert.Equal(new DateTimeOffset(2031, 5, 6, 10, 1, 0, TimeSpan.Zero), test.At("10:01"));
        await test.AdvanceAsync(TimeSpan.FromDays(400));
        test.Items.Add(new Tagged("tea", 5m, null));
        await test.RunUntilIdleAsync();
        Assert.Equal(start.AddDays(400), test.Progress!.Timestamp);
    }
}
