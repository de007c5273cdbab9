using Typed.Testing;
using Typed.Tests.Expect;

namespace Typed.Tests.Harness;

/// <summary>What a harness says it does, it does.</summary>
public sealed class HarnessTests
{
    [Fact]
    public async Task Rows_in_a_batch_rows_out()
    {
        await using var test = Bills.Test();
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")), new Order("tea", 7m, test.At("10:31")));
        Assert.Equal(2, await test.RunUntilIdleAsync());
        test.Output.ExpectNew(new Bill(test.At("10:00"), "tea", 1, 5m));
        Assert.Equal(test.At("10:21"), test.Watermark);
        Assert.Equal(1, test.StateRows);
    }

    [Fact]
    public async Task A_batch_at_a_time()
    {
        await using var test = Bills.Test();
        Assert.Null(await test.RunBatchAsync());
        Assert.Null(test.Watermark);
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")));
        Assert.Equal(1, (await test.RunBatchAsync())!.InputRows);
        test.Output.ExpectNew();
        test.Orders.Add(new Order("tea", 7m, test.At("10:31")));
        await test.RunBatchAsync();
        test.Output.ExpectNew();
        Assert.Equal(0, (await test.RunBatchAsync())!.InputRows);
        test.Output.ExpectNew(new Bill(test.At("10:00"), "tea", 1, 5m));
        Assert.Null(await test.RunBatchAsync());
        test.Output.ExpectNew();
        test.Output.ExpectAll(new Bill(test.At("10:00"), "tea", 1, 5m));
        Assert.Equal([0, 1, 2], test.Output.Batches.Select(batch => batch.BatchId));
        Assert.Equal(2, test.Progress!.BatchId);
    }

    [Fact]
    public async Task In_complete_mode_new_is_the_latest_result()
    {
        await using var test = RunningBills.Test();
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")));
        await test.RunUntilIdleAsync();
        test.Orders.Add(new Order("rum", 9m, test.At("10:01")));
        await test.RunUntilIdleAsync();
        Bill[] both = [new(DateTimeOffset.UnixEpoch, "tea", 1, 5m), new(DateTimeOffset.UnixEpoch, "rum", 1, 9m)];
        test.Output.ExpectNew(both);
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew();
        test.Output.ExpectAll(both);
    }

    [Fact]
    public async Task Rows_are_at_hand_that_left_on_a_way_of_their_own()
    {
        await using var test = Bills.Test(options: new() { KeepLateRows = true });
        test.Orders.Add(new Order("tea", 5m, test.At("10:31")));
        await test.RunUntilIdleAsync();
        test.Orders.Add(new Order("rum", 9m, test.At("10:12")));
        await test.RunUntilIdleAsync();
        LateTestRow late = Assert.Single(test.LateRows);
        Assert.Equal((test.At("10:15"), test.At("10:21")), (late.Time, late.Watermark));
        Assert.StartsWith("aggregate", late.Operator);
        Assert.Equal(("rum", "9"), (late.Values["Item"], late.Values["Price"]));
    }

    [Fact]
    public async Task Names_that_a_harness_has_already_get_a_suffix()
    {
        await using var test = LabelledOrders.Test(new LabelledOrders { Rating = 2.5 });
        test.OutputInput.Set(new Kind("tea", "drink"));
        test.QueryInput.Add(new Order("tea", 5m, test.At("10:01")), new Order("nut", 5m, test.At("10:01")), new Order("rum", 0m, test.At("10:01")));
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew(new Labelled("tea", "drink", 2.5), new Labelled("nut", null, 2.5));
        QuarantinedTestRow row = Assert.Single(test.Quarantined);
        Assert.Equal(("price", "rum"), (row.Rule, row.Values["Item"]));
        test.OutputInput.Set(new Kind("tea", "leaf"));
        test.QueryInput.Add(new Order("tea", 5m, test.At("10:01")));
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew(new Labelled("tea", "leaf", 2.5));
    }

    [Fact]
    public async Task Each_output_has_a_handle()
    {
        await using var test = CheapAndDear.Test();
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")), new Order("rum", 30m, test.At("10:31")));
        await test.RunUntilIdleAsync();
        test.Cheap.ExpectNew(new Order("tea", 5m, test.At("10:01")));
        test.ClockOutput.ExpectNew(new Bill(test.At("10:00"), "tea", 1, 5m));
    }

    [Fact]
    public async Task A_nested_pipeline_has_one_if_it_can_be_named()
    {
        await using var test = Around.Inner.Test();
        Assert.IsType<AroundInnerHarness>(test);
        Assert.NotEmpty(Around.ExplainHidden());
        Assert.DoesNotContain(typeof(HarnessTests).Assembly.GetTypes(), type => type.Name == "AroundHiddenHarness");
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_way_out()
    {
        await using var test = AllTagged.Test();
        Assert.Contains("Durable = true", (await Assert.ThrowsAsync<InvalidOperationException>(() => test.CrashAsync(CrashPoint.MidBatch))).Message);
        Assert.Contains("Durable = true", (await Assert.ThrowsAsync<InvalidOperationException>(test.RestartAsync)).Message);
        Assert.Contains("KeepLateRows = true", Assert.Throws<InvalidOperationException>(() => { _ = test.LateRows; }).Message);
        Assert.Contains("no watermark", (await Assert.ThrowsAsync<InvalidOperationException>(() => test.AdvanceWatermarkAsync(test.At("10:00")))).Message);
        Assert.Contains("before the first", Assert.Throws<InvalidOperationException>(() => { test.Items.Partitions = 2; }).Message);
        Assert.Throws<FormatException>(() => { test.At("soon"); });
        await using var durable = AllTagged.Test(options: new() { Durable = true });
        Assert.Contains("Add rows first", (await Assert.ThrowsAsync<InvalidOperationException>(() => durable.CrashAsync(CrashPoint.MidBatch))).Message);
    }

    [Fact]
    public async Task The_folder_of_the_harness_is_no_reason_to_warn()
    {
        await using var test = AllTagged.Test(options: new() { Durable = true });
        await test.RunUntilIdleAsync();
        Assert.Empty(test.Query!.Warnings);
    }

    [Fact]
    public async Task A_failure_of_the_query_comes_to_the_test()
    {
        await using var test = StrictVisits.Test();
        test.Visits.Add(new Visit("", "web", 1, 1));
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(test.RunUntilIdleAsync);
        Assert.Equal("expectation-violated", failure.Rule);
    }
}
