using System.Diagnostics;
using Typed.Connect;
using Typed.Execution;

namespace Typed.Tests.Execution;

/// <summary>A sink that is down (S53): tried again with the same rows, given up, or replaced by a spare one.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData("Begin")]
    [InlineData("Write")]
    [InlineData("Commit")]
    public async Task Two_failures_and_then_one_set_of_rows(string step)
    {
        using QueryBench<Reading> bench = Bench();
        FlakySink flaky = new();
        FlakySink copy = new();
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(flaky).To(copy));
        await RunAsync(bench, query, 1, 2);
        flaky.Failures.Enqueue(step);
        flaky.Failures.Enqueue(step);
        DateTimeOffset before = bench.Clock.GetUtcNow();
        await RunAsync(bench, query, 3, 4);
        Assert.Equal(TimeSpan.FromSeconds(3), bench.Clock.GetUtcNow() - before);
        await RunAsync(bench, query, 5);

        // The others got their rows once, and the operators ran once.
        string[] expected = ["0: 1 2", "1: 3 4", "2: 5"];
        Assert.Equal(expected, flaky.Committed);
        Assert.Equal(expected, copy.Committed);
        Assert.Equal((3, 5), (copy.Attempts, bench.Sink.Rows.Count));
        Assert.Equal([0, 2, 0], query.RecentProgress.Select(progress => progress.SinkRetries));
        Assert.Equal([0, 2, 0], query.RecentProgress[1].Sinks.Select(sink => sink.Retries));
        Assert.Equal(2, query.Totals.SinkRetries);
        Assert.Contains("\"description\":\"flaky\",\"numOutputRows\":2,\"numRetries\":2}", query.RecentProgress[1].ToJson(), StringComparison.Ordinal);
        Assert.Equal("The sink 'flaky' failed in batch 1 and is tried again, 4 more times at most: the disk is full.", query.Warnings[^1]);
        Assert.Single(query.Warnings, warning => warning.Contains("flaky", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_stays_down_fails_the_query_and_the_batch_comes_again()
    {
        using QueryBench<Reading> bench = Bench();
        FlakySink flaky = new();
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky);
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
        {
            await RunAsync(bench, query, 1);
            for (int i = 0; i < 5; i++)
                flaky.Failures.Enqueue("Commit");
            StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 2));
            Assert.Equal(("sink-down", 1, 5), (failure.Rule, failure.BatchId, failure.Attempts));
            Assert.IsType<IOException>(failure.InnerException);
            Assert.Equal(
                "The query 'Pass' failed in batch 1: The sink 'flaky' failed 5 times within 11 s, the last time so: the disk is full. "
                + "The batch is not committed and nothing is lost: when the sink is back, start the query again; it goes on with this batch.",
                failure.Message);
            Assert.StartsWith("The query has failed: The query 'Pass' failed in batch 1", query.Explain(), StringComparison.Ordinal);
            Assert.Equal(4, query.LastProgress!.SinkRetries);
        }

        Assert.False(File.Exists(Path.Combine(bench.Folder, "commits", "1")));
        await using StreamingQuery again = await StartAsync(bench, pipeline);
        await RunAsync(bench, again, 3);
        Assert.Equal(["0: 1", "1: 2", "2: 3"], flaky.Committed);
    }

    [Fact]
    public async Task What_waiting_cannot_mend_is_not_tried_again()
    {
        using QueryBench<Reading> bench = Bench();
        FlakySink flaky = new() { Failure = () => new InvalidDataException("the table has no column Value") };
        flaky.Failures.Enqueue("Commit");
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(flaky));
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 1));
        Assert.Equal((1, 1), (failure.Attempts, flaky.Attempts));
    }

    [Fact]
    public async Task Without_it_a_sink_is_tried_once()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.None };
        FlakySink flaky = new();
        flaky.Failures.Enqueue("Commit");
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(flaky));
        await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 1));
        Assert.Equal(1, flaky.Attempts);
    }

    [Fact]
    public async Task A_query_that_waits_for_its_sink_says_so_and_can_be_stopped()
    {
        using QueryBench<Reading> bench = Bench();
        FlakySink flaky = new();
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky);
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
        {
            for (int i = 0; i < 3; i++)
                flaky.Failures.Enqueue("Commit");
            bench.Sources[0].Add(Reading.At(1));
            Task running = query.ProcessAllAvailableAsync();
            await TimerAsync(bench, running);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await TimerAsync(bench, running);
            Assert.Equal(
                "Batch 0 waits for the sink 'flaky', which has failed 2 times since 1970-01-01 00:00:00Z, the last time so: the disk is full. "
                + "It is tried again at 1970-01-01 00:00:03Z, 3 more times at most; then the query fails. Everything else waits for it.",
                query.Explain());

            // The clock stands still: nothing but the stop ends the wait.
            await query.StopAsync(TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            Assert.Null(query.Exception);
        }

        flaky.Failures.Clear();
        Assert.Empty(flaky.Committed);
        await using StreamingQuery again = await StartAsync(bench, pipeline);
        await RunAsync(bench, again);
        Assert.Equal(["0: 1"], flaky.Committed);
    }

    [Fact]
    public async Task A_spare_sink_takes_the_batches_of_one_that_stays_down()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.Exponential(3) };
        FlakySink flaky = new();
        FlakySink spare = new("spare");
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky.OrWhenDown(spare));
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
        {
            await RunAsync(bench, query, 1);
            for (int i = 0; i < 3; i++)
                flaky.Failures.Enqueue("Commit");
            await RunAsync(bench, query, 2, 3);
            await RunAsync(bench, query, 4);
            Assert.Equal(["flaky", "spare, instead of flaky", "spare, instead of flaky"], query.RecentProgress.Select(progress => progress.Sinks[1].Description));
            Assert.Contains("Its rows go to the spare sink 'spare', from this batch on until the query is started anew.", query.Warnings[^1], StringComparison.Ordinal);

            // There is no spare one for the spare one.
            spare.Failures.Enqueue("Commit");
            await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 5));
        }

        // A start begins with the sink itself.
        await using StreamingQuery again = await StartAsync(bench, pipeline);
        await RunAsync(bench, again);
        Assert.Equal(["0: 1", "3: 5"], flaky.Committed);
        Assert.Equal(["1: 2 3", "2: 4"], spare.Committed);
        Assert.Equal([1, 2, 3, 4, 5], bench.Sink.Rows.Select(row => row.Value));
    }

    /// <summary>Wherever the sink fails, the spare one is asked once, and gets the whole batch.</summary>
    [Theory]
    [InlineData("Begin")]
    [InlineData("Write")]
    [InlineData("Commit")]
    public async Task The_spare_sink_gets_a_batch_whole_and_once(string step)
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.Exponential(4), BatchSize = 2 };
        FlakySink flaky = new();
        FlakySink spare = new("spare");
        FlakySink copy = new("copy");
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(flaky.OrWhenDown(spare)).To(copy));
        for (int i = 0; i < 4; i++)
            flaky.Failures.Enqueue(step);
        await RunAsync(bench, query, 1, 2, 3, 4, 5);
        Assert.Equal((4, 1, 1), (flaky.Attempts, spare.Attempts, copy.Attempts));
        Assert.Equal(["0: 1 2 3 4 5"], spare.Committed);
        Assert.Equal(["0: 1 2 3 4 5"], copy.Committed);
        Assert.Empty(flaky.Committed);
    }

    [Fact]
    public async Task Without_attempts_the_spare_sink_takes_over_at_once()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.None };
        FlakySink flaky = new();
        FlakySink spare = new("spare");
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(flaky.OrWhenDown(spare)));
        flaky.Failures.Enqueue("Write");
        await RunAsync(bench, query, 1, 2);
        Assert.Equal((1, "0: 1 2"), (flaky.Attempts, Assert.Single(spare.Committed)));
    }

    /// <summary>A spare one that is down as well: both are named, and the next start has the batch.</summary>
    [Fact]
    public async Task Where_the_spare_sink_is_down_too_the_query_fails_with_both_causes()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.Exponential(2) };
        FlakySink flaky = new();
        FlakySink spare = new("spare") { Failure = () => new IOException("there is no disk") };
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky.OrWhenDown(spare));
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
        {
            for (int i = 0; i < 2; i++)
                flaky.Failures.Enqueue("Commit");
            spare.Failures.Enqueue("Commit");
            StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 1));
            Assert.Equal(("sink-down", 0, 2), (failure.Rule, failure.BatchId, failure.Attempts));
            Assert.Contains("'flaky' failed 2 times", failure.Message);
            Assert.Contains("the disk is full", failure.Message);
            Assert.Contains("spare sink 'spare' as well: there is no disk", failure.Message);
            Assert.StartsWith("Failed: ", query.Status.Message, StringComparison.Ordinal);
            Assert.False(query.Status.IsActive);
            Assert.False(File.Exists(Path.Combine(bench.Folder, "commits", "0")));
        }

        await using StreamingQuery again = await StartAsync(bench, pipeline);
        await RunAsync(bench, again);
        Assert.Equal(["0: 1"], flaky.Committed);
        Assert.Empty(spare.Committed);
    }

    /// <summary>What the spare folder has is read as any folder, in the order of the batches, before the query starts anew.</summary>
    [Fact]
    public async Task Batches_in_the_spare_folder_are_fed_to_the_sink_in_order()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.None };
        FlakySink flaky = new();
        string folder = Path.Combine(Path.GetDirectoryName(bench.Folder)!, "spare");
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky.OrWhenDown(JsonFiles.Out(folder)));
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
        {
            await RunAsync(bench, query, 1);
            flaky.Failures.Enqueue("Commit");
            for (int batch = 2; batch < 14; batch++)
                await RunAsync(bench, query, batch);
        }

        IReadOnlyList<CommittedFile> files = new CommittedFiles(folder).List();
        Assert.Equal(Enumerable.Range(1, 12).Select(batch => (long)batch), files.Select(file => file.BatchId));
        Assert.Equal(Enumerable.Range(2, 12), files.SelectMany(file => File.ReadLines(Path.Combine(folder, file.Path))).Select(line => int.Parse(line.Split(':', ',')[1], System.Globalization.CultureInfo.InvariantCulture)));
        await using StreamingQuery again = await StartAsync(bench, pipeline);
        await RunAsync(bench, again, 14);
        Assert.Equal(["0: 1", "13: 14"], flaky.Committed);
    }

    /// <summary>The process dies after the spare folder has a batch and before the query has committed it: it comes again, to the folder once.</summary>
    [Fact]
    public async Task A_batch_that_the_spare_folder_has_is_not_there_twice_after_a_crash()
    {
        using QueryBench<Reading> bench = Bench();
        bench.Options = bench.Options with { Retry = Retry.None };
        FlakySink flaky = new();
        string folder = Path.Combine(Path.GetDirectoryName(bench.Folder)!, "spare");
        PipelineStart<Reading> pipeline = bench.Pipeline().To(flaky.OrWhenDown(JsonFiles.Out(folder)));
        flaky.Failures.Enqueue("Commit");
        await using (StreamingQuery query = await pipeline.StartAsync(bench.Options with { Faults = new FailAt(FaultPoint.AfterSinkCommit, 0) }, TestContext.Current.CancellationToken))
            await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(bench, query, 1, 2));
        flaky.Failures.Enqueue("Commit");
        await using (StreamingQuery query = await StartAsync(bench, pipeline))
            await RunAsync(bench, query);
        Assert.Equal(2, new CommittedFiles(folder).List().Sum(file => file.Rows));
    }

    [Fact]
    public async Task A_wait_ends_when_the_token_of_the_start_is_cancelled()
    {
        using QueryBench<Reading> bench = Bench();
        FlakySink flaky = new();
        using CancellationTokenSource cancel = new();
        await using StreamingQuery query = await bench.Pipeline().To(flaky).StartAsync(bench.Options, cancel.Token);
        flaky.Failures.Enqueue("Begin");
        bench.Sources[0].Add(Reading.At(1));
        Task running = query.ProcessAllAvailableAsync();
        await TimerAsync(bench, running);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        await query.Completion.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.Empty(flaky.Committed);
    }

    [Fact]
    public async Task A_program_that_takes_batches_is_told_which_attempt_it_is()
    {
        using QueryBench<Reading> bench = Bench();
        List<string> calls = [];
        ISink<Reading> sink = ForeachBatch.Run<Reading>((batch, context) =>
        {
            calls.Add($"{context.BatchId} {context.Attempt}: {string.Join(' ', batch.Rows.Select(row => row.Value))}");
            return calls.Count < 3 ? throw new TimeoutException("no answer") : Task.CompletedTask;
        });
        await using StreamingQuery query = await StartAsync(bench, bench.Pipeline().To(sink));
        await RunAsync(bench, query, 1, 2);
        Assert.Equal(["0 1: 1 2", "0 2: 1 2", "0 3: 1 2"], calls);
    }

    [Fact]
    public void Waits_grow_up_to_a_bound()
    {
        Retry retry = Retry.Exponential(100, first: "2 seconds", max: "10 seconds");
        Assert.Equal([2, 4, 8, 10, 10], new[] { 1, 2, 3, 4, 99 }.Select(failures => retry.After(failures).TotalSeconds));
        Assert.Equal("invalid-retry", Assert.Throws<QueryStartException>(() => Retry.Exponential(0)).Rule);
        Assert.Equal("invalid-duration", Assert.Throws<QueryStartException>(() => Retry.Exponential(3, first: "soon")).Rule);
    }

    private static QueryBench<Reading> Bench()
    {
        QueryBench<Reading> bench = new(TestPlan.Pass());
        bench.Options = bench.Options with { Retry = Retry.Exponential(5, first: "1 second", max: "4 seconds") };
        return bench;
    }

    private static Task<StreamingQuery> StartAsync(QueryBench<Reading> bench, PipelineStart<Reading> pipeline) =>
        pipeline.StartAsync(bench.Options, TestContext.Current.CancellationToken);

    /// <summary>Adds readings and runs until nothing is left to do; time passes when somebody waits for it.</summary>
    private static async Task RunAsync(QueryBench<Reading> bench, StreamingQuery query, params long[] seconds)
    {
        bench.Sources[0].Add(seconds.Select(Reading.At));
        Task running = query.ProcessAllAvailableAsync();
        while (await TimerAsync(bench, running))
            bench.Clock.AdvanceToTimer();
        await running;
    }

    // Whether a timer is waited for; false when the run is over.
    private static async Task<bool> TimerAsync(QueryBench<Reading> bench, Task running)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (bench.Clock.Waiting == 0 && !running.IsCompleted)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), "nobody waits and nothing ends");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return !running.IsCompleted;
    }
}
