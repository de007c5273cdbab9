using Typed.Execution;

namespace Typed.Tests.Execution;

public sealed class RecoveryTests
{
    private static readonly long[][] Input = [[1, 2, 3], [7, 12], [30, 14], [31, 40], [60]];

    public static TheoryData<string, long> Faults()
    {
        TheoryData<string, long> faults = [];
        foreach (FaultPoint point in Enum.GetValues<FaultPoint>().Where(point => point < FaultPoint.DeltaWritten))
        {
            foreach (long batch in (long[])[0, 1, 3, 4])
                faults.Add(point.ToString(), batch);
        }

        return faults;
    }

    // The input does not depend on whether a batch without data ran before a kill (2.4.2).
    // Semantics 12.3–12.5: kill at each step of a batch, start again, and the sink holds the same rows.
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Killed_anywhere_the_output_is_the_same(string point, long batch)
    {
        IReadOnlyList<WindowCount> expected = await RunAsync(null, "1 second");
        FailAt fault = new(Enum.Parse<FaultPoint>(point), batch);
        Assert.Equal(expected, await RunAsync(fault, "1 hour"));
        Assert.True(fault.Reached);
        Assert.Equal(expected, await RunAsync(new FailAt(Enum.Parse<FaultPoint>(point), batch), "0 seconds"));
    }

    // The same for the steps by which a snapshot becomes durable, and those of putting snapshots together, beside the loop.
    [Theory]
    [InlineData("DeltaWritten", 0)]
    [InlineData("DeltaWritten", 2)]
    [InlineData("DeltaWritten", 4)]
    [InlineData("DeltaNamed", 0)]
    [InlineData("DeltaNamed", 2)]
    [InlineData("DeltaNamed", 4)]
    [InlineData("BeforeStateDeleted", null)]
    [InlineData("BaseWritten", null)]
    [InlineData("BaseNamed", null)]
    public async Task Killed_while_a_snapshot_is_written_the_output_is_the_same(string point, int? batch)
    {
        IReadOnlyList<WindowCount> expected = await RunAsync(null, "1 second");
        FailAt fault = new(Enum.Parse<FaultPoint>(point), batch);
        Assert.Equal(expected, await RunAsync(fault, "0 seconds", compactionFiles: 1));
        Assert.True(fault.Reached);
    }

    [Fact]
    public async Task A_batch_runs_again_with_its_watermark_and_clock()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        bench.Clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(5000));
        QueryOptions failing = bench.Options with { Faults = new FailAt(FaultPoint.AfterSinkCommit, 2) };
        Guid id;
        Guid run;
        await using (StreamingQuery query = await bench.StartAsync(failing))
        {
            (id, run) = (query.Id, query.RunId);
            await bench.AddAsync(query, 3);
            StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, 9));
            Assert.Equal(2, failure.BatchId);
            Assert.Equal(id, failure.QueryId);
        }

        bench.Clock.Set(DateTimeOffset.FromUnixTimeMilliseconds(900_000));
        await using StreamingQuery again = await bench.StartAsync();
        Assert.Equal(id, again.Id);
        Assert.NotEqual(run, again.RunId);
        StreamingQueryProgress progress = (await again.Loop.StepAsync())!;
        Assert.Equal(2, progress.BatchId);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(3), progress.EventTime!.Watermark);
        Assert.Contains("timestamp-ms 5000", await File.ReadAllTextAsync(Path.Combine(bench.Folder, "offsets", "2"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // The runner of the conformance cases drops the last commit: the last batch runs again with the state before it.
    [Fact]
    public async Task A_lost_commit_runs_the_last_batch_again()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1, 2);
            await bench.AddAsync(query, 3, 12);
            Assert.Equal([new WindowCount(5, 3)], bench.Sink.Rows);
        }

        string last = Directory.GetFiles(Path.Combine(bench.Folder, "commits")).OrderBy(file => long.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture)).Last();
        File.Delete(last);
        MemorySink<WindowCount> sink = new() { SurvivesRestart = true };
        await using StreamingQuery again = await new PipelineStart<WindowCount>(TestPlan.Windows(delaySeconds: 0), [SourceBinding.Of(bench.Sources[0])], []).To(sink)
            .StartAsync(bench.Options, TestContext.Current.CancellationToken);
        await again.ProcessAllAvailableAsync();
        Assert.Equal([new WindowCount(5, 3)], sink.Rows);
    }

    [Fact]
    public async Task All_commits_lost_runs_the_last_batch_again_and_says_so()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1, 2);
            await bench.AddAsync(query, 3, 12);
        }

        foreach (string file in Directory.GetFiles(Path.Combine(bench.Folder, "commits")))
            File.Delete(file);
        await using StreamingQuery again = await bench.StartAsync();
        Assert.Contains(again.Warnings, warning => warning.Contains("commit log", StringComparison.Ordinal));
        await bench.AddAsync(again, 20);
        Assert.Equal([new WindowCount(5, 3), new WindowCount(15, 1)], bench.Sink.Rows);
    }

    // 12.9, and what recovery needs: the log goes back to the oldest snapshot.
    [Fact]
    public async Task The_logs_are_purged_but_not_beyond_the_snapshots()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        bench.Options = bench.Options with { Retain = 3 };
        await using (StreamingQuery query = await bench.StartAsync())
        {
            for (int i = 0; i < 10; i++)
                await bench.AddAsync(query, 1);
            Assert.True(File.Exists(Path.Combine(bench.Folder, "offsets", "0")));
        }

        await using (StreamingQuery query = await bench.StartAsync(bench.Options with { SnapshotEvery = "0 seconds" }))
        {
            for (int i = 0; i < 10; i++)
                await bench.AddAsync(query, 1);
            long[] kept = Numbers(bench, "offsets");
            Assert.Equal(3, kept.Length);
            Assert.Equal(kept, Numbers(bench, "commits"));
        }

        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 20);
            Assert.Equal([new WindowCount(5, 20)], bench.Sink.Rows);
        }
    }

    [Fact]
    public async Task A_stop_leaves_nothing_to_replay()
    {
        int rows = 0;
        TestPlan plan = TestPlan.Windows(delaySeconds: 0, onRow: _ => rows++);
        using QueryBench<WindowCount> bench = new(plan);
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1, 2, 3);
            await bench.AddAsync(query, 4);
        }

        Assert.Equal(4, rows);
        await using StreamingQuery again = await bench.StartAsync();
        await bench.AddAsync(again, 30);
        Assert.Equal(5, rows);
        Assert.Equal([new WindowCount(5, 4)], bench.Sink.Rows);
    }

    [Fact]
    public async Task A_crash_replays_what_came_after_the_snapshot_without_output()
    {
        int rows = 0;
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0, onRow: _ => rows++));
        await using (StreamingQuery query = await bench.StartAsync(bench.Options with { Faults = new FailAt(FaultPoint.BeforeOffsets, 2) }))
        {
            await bench.AddAsync(query, 1, 2, 3);
            await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, 14));
        }

        await using StreamingQuery again = await bench.StartAsync();
        await again.ProcessAllAvailableAsync();
        Assert.Equal(3 + 3 + 1, rows);
        Assert.Equal(0, again.Totals.InputRows - 1);
        await bench.AddAsync(again, 30);
        Assert.Equal([new WindowCount(5, 3), new WindowCount(15, 1)], bench.Sink.Rows);
    }

    [Fact]
    public async Task User_code_that_fails_leaves_the_batch_for_the_next_start()
    {
        bool fail = true;
        TestPlan plan = TestPlan.Windows(delaySeconds: 0, onRow: time =>
        {
            if (fail && time == 9_000_000)
                throw new DivideByZeroException("no");
        });
        using QueryBench<WindowCount> bench = new(plan);
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 3);
            await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, 9));
            StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => query.Completion);
            Assert.Equal("user-function-failure", failure.Rule);
            Assert.IsType<DivideByZeroException>(failure.InnerException);
            Assert.Same(failure, query.Exception);
            Assert.True(query.RecentProgress[^1].Failed);
            Assert.False(query.Status.IsActive);
        }

        fail = false;
        await using StreamingQuery again = await bench.StartAsync();
        await again.ProcessAllAvailableAsync();
        Assert.Equal([new WindowCount(5, 1)], bench.Sink.Rows);
    }

    // A source that hands each row out once: state is saved with each batch, before the commit.
    [Theory]
    [InlineData("AfterSnapshot")]
    [InlineData("AfterCommit")]
    public async Task Without_replay_the_state_of_each_batch_is_there(string point)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        System.Threading.Channels.Channel<Reading> channel = System.Threading.Channels.Channel.CreateUnbounded<Reading>();
        PipelineStart<WindowCount> start = new PipelineStart<WindowCount>(TestPlan.Windows(0), [SourceBinding.Of(channel.Reader.AsSource())], []).To(bench.Sink);
        await using (StreamingQuery query = await start.StartAsync(bench.Options with { Faults = new FailAt(Enum.Parse<FaultPoint>(point), 2) }, TestContext.Current.CancellationToken))
        {
            channel.Writer.TryWrite(Reading.At(1));
            await query.ProcessAllAvailableAsync();
            channel.Writer.TryWrite(Reading.At(2));
            await Assert.ThrowsAsync<StreamingQueryException>(query.ProcessAllAvailableAsync);
        }

        Assert.True(File.Exists(Path.Combine(bench.Folder, "state", "2.delta")));
        if (point == "AfterCommit")
        {
            // As if the crash had come between the snapshot and the commit.
            File.Delete(Path.Combine(bench.Folder, "commits", "2"));
        }

        await using StreamingQuery again = await start.StartAsync(bench.Options, TestContext.Current.CancellationToken);
        channel.Writer.TryWrite(Reading.At(30));
        await again.ProcessAllAvailableAsync();
        Assert.Equal([new WindowCount(5, 2)], bench.Sink.Rows);
    }

    private static long[] Numbers(QueryBench<WindowCount> bench, string log) =>
        [.. Directory.GetFiles(Path.Combine(bench.Folder, log)).Select(file => long.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture)).Order()];

    private static async Task<IReadOnlyList<WindowCount>> RunAsync(FailAt? fault, string snapshotEvery, int? compactionFiles = null)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 2));
        QueryOptions options = bench.Options with { SnapshotEvery = snapshotEvery, CompactionFiles = compactionFiles, CompactsInTurn = true };
        QueryOptions first = options with { Faults = fault };
        MemorySink<WindowCount> second = new() { SurvivesRestart = true };
        PipelineStart<WindowCount> pipeline = bench.Pipeline().To(second);
        StreamingQuery query = await pipeline.StartAsync(first, TestContext.Current.CancellationToken);
        foreach (long[] rows in Input)
        {
            bench.Sources[0].Add(rows.Select(Reading.At));
            try
            {
                await query.ProcessAllAvailableAsync();
            }
            catch (StreamingQueryException e) when (e.InnerException is IOException)
            {
                await query.DisposeAsync();
                query = await pipeline.StartAsync(options, TestContext.Current.CancellationToken);
                await query.ProcessAllAvailableAsync();
            }
        }

        await query.DisposeAsync();
        query = await pipeline.StartAsync(options, TestContext.Current.CancellationToken);
        await query.ProcessAllAvailableAsync();
        Assert.DoesNotContain(query.Warnings, warning => warning.Contains("state", StringComparison.Ordinal));
        await query.DisposeAsync();
        Assert.Equal(bench.Sink.Rows, second.Rows);
        return bench.Sink.Rows;
    }
}
