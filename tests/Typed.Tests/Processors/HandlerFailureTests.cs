using Typed.Columns;
using Typed.Tests.Files;
using Typed.Tests.Generator;

namespace Typed.Tests.Processors;

/// <summary>Handlers that fail, are stopped, or emit what is too old.</summary>
[Collection("Buffers")]
public sealed class HandlerFailureTests
{
    [Theory]
    [InlineData("add", "FormatException: an unheard-of name")]
    [InlineData("cancel", "OperationCanceledException: given up")]
    public async Task A_failure_names_key_row_and_batch_and_the_batch_is_run_again(string what, string cause)
    {
        using Folder folder = new();
        MemorySource<Order> source = new();
        MemorySink<Report> sink = new() { SurvivesRestart = true };
        source.Add(At(1, "anna", "ok"), At(2, "ben", "ok"));
        await Run(source, sink, folder.Checkpoint, "poison");
        source.Add(At(3, "anna", "ok"), At(4, "ben", "ok"), At(5, "ben", "poison", what), At(6, "ben", "ok"));
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => Run(source, sink, folder.Checkpoint, "poison"));
        Assert.Equal("user-function-failure", failure.Rule);
        Assert.Contains("Fragile 'fragile' for the key 'ben' at row 2 of 3 (Order { Key = ben, ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("in batch 2 failed: " + cause, failure.Message, StringComparison.Ordinal);
        Assert.Equal(["anna 1", "ben 1"], Texts(sink));

        // Nothing of the batch was kept: another program takes it as a whole.
        await Run(source, sink, folder.Checkpoint, "");
        Assert.Equal(["anna 1", "anna 2", "ben 1", "ben 4"], Texts(sink));
    }

    [Fact]
    public void A_failure_of_a_timer_names_it_and_leaves_no_columns_behind()
    {
        long before = BufferPool.Outstanding;
        using (PipelineRun<Report> run = new(new FragileReports { Poison = "timer" }))
        {
            run.Batch(At(1, "anna", "ok", "timer", 7));
            run.Graph.Stateful.Single().EvictionWatermark = 7_000_000;
            StreamingQueryException failure = Assert.Throws<StreamingQueryException>(() => run.Batch(At(8, "ben", "ok")));
            Assert.Equal("user-function-failure", failure.Rule);
            Assert.Contains("for the key 'anna' at its timer of 1970-01-01T00:00:07", failure.Message, StringComparison.Ordinal);
            Assert.Contains("an untimely timer", failure.Message, StringComparison.Ordinal);
        }

        using (PipelineRun<Report> run = new(new FragileReports { Poison = "poison" }) { MostRows = 1 })
            Assert.Throws<StreamingQueryException>(() => run.Batch(At(1, "anna", "ok"), At(1, "ben", "poison"), At(2, null, "ok")));
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public async Task A_stop_while_a_handler_works_leaves_each_row_counted_once()
    {
        using Folder folder = new();
        MemorySource<Order> source = new();
        MemorySink<Report> sink = new() { SurvivesRestart = true };
        source.Add(At(1, "anna", "ok"), At(2, "anna", "ok", "wait"));
        StreamingQuery query = await FragileReports.From(source, new FragileReports { Poison = "poison" }).To(sink)
            .StartAsync(new() { Checkpoint = folder.Checkpoint, Stepped = true }, TestContext.Current.CancellationToken);
        await using (query)
        {
            Task step = query.Loop.StepAsync();
            Assert.True(Fragile.Waits.Wait(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
            Task stop = query.StopAsync(TestContext.Current.CancellationToken);
            Fragile.GoesOn.Set();
            await stop;
            await step;
        }

        source.Add(At(3, "anna", "ok"));
        await Run(source, sink, folder.Checkpoint, "poison");
        Assert.Equal("anna 3", Texts(sink)[^1]);
        Assert.Equal(Texts(sink).Distinct(), Texts(sink));
    }

    [Fact]
    public void Rows_carry_the_watermark_on_and_may_not_be_behind_it()
    {
        using PipelineRun<Stamped> run = new(new StampedMinutes());
        foreach (Typed.Operators.StatefulOperator one in run.Graph.Stateful)
            one.EvictionWatermark = 60_000_000;
        Assert.Equal([new Stamped(DateTimeOffset.UnixEpoch, 2)], run.Batch(At(10, "anna", "ok"), At(65, "ben", "ok", "", 20), At(70, "anna", "ok")));
        foreach (Typed.Operators.StatefulOperator one in run.Graph.Stateful)
            one.LateWatermark = 60_000_000;
        StreamingQueryException failure = Assert.Throws<StreamingQueryException>(() => run.Batch(At(61, "anna", "ok", "", 1)));
        Assert.Equal("emitted-row-older-than-watermark", failure.Rule);
        Assert.Contains("Stamper 'stamper' for the key 'anna'", failure.Message, StringComparison.Ordinal);
    }

    private static async Task Run(MemorySource<Order> source, MemorySink<Report> sink, string checkpoint, string poison)
    {
        await using StreamingQuery query = await FragileReports.From(source, new FragileReports { Poison = poison }).To(sink)
            .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await query.Completion;
    }

    private static string[] Texts(MemorySink<Report> sink) => [.. sink.Rows.Select(row => $"{row.Key} {row.What}").Order(StringComparer.Ordinal)];

    private static Order At(int second, string? key, string name, string what = "add", long number = 0) =>
        new(key, what, name, number, DateTimeOffset.UnixEpoch.AddSeconds(second));
}
