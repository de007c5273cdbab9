using Typed.Columns;
using Typed.Connect;
using Typed.Execution;
using Typed.Operators;

namespace Typed.Tests.Execution.Workers;

/// <summary>Several workers give what one gives, and end as cleanly.</summary>
[Collection("Buffers")]
public sealed class WorkersTests
{
    public static TheoryData<int, int?> Many => new() { { 2, null }, { 2, 1 }, { 3, 2 }, { 7, 1 }, { 7, 2 }, { 7, 64 }, { 256, 3 } };

    [Theory]
    [MemberData(nameof(Many))]
    public async Task Rows_that_meet_no_state_go_to_the_sink_in_the_order_of_the_source(int workers, int? batchSize)
    {
        long[] values = [.. Enumerable.Range(0, 3000).Select(i => (long)i)];
        Assert.Equal(values, await RunAsync(TestPlan.Pass(), workers, batchSize, values));
    }

    [Theory]
    [MemberData(nameof(Many))]
    public async Task Rows_of_a_key_come_in_the_order_of_the_source(int workers, int? batchSize)
    {
        // The operator numbers the rows of a key, so another order of them would be other rows.
        Random random = new(workers);
        long[] values = [.. Enumerable.Range(0, 4000).Select(_ => random.NextInt64(100_000))];
        TestPlan plan = Chain(new Link(17), new Link(400));
        Assert.Equal((await RunAsync(plan, 1, null, values)).Order(), (await RunAsync(plan, workers, batchSize, values)).Order());
    }

    [Theory]
    [MemberData(nameof(Many))]
    public async Task What_comes_at_the_end_goes_through_all_that_follows(int workers, int? batchSize)
    {
        long[] values = [.. Enumerable.Range(0, 500).Select(i => (long)i)];
        TestPlan plan = Chain(new Link(31, RepeatsAtEnd: true), new Link(3, RepeatsAtEnd: true));
        Assert.Equal((await RunAsync(plan, 1, null, values)).Select(value => value / 1000).Order(), (await RunAsync(plan, workers, batchSize, values)).Select(value => value / 1000).Order());
    }

    [Fact]
    public async Task The_rows_that_come_out_have_the_same_order_in_each_run()
    {
        long[] values = [.. Enumerable.Range(0, 5000).Select(i => (long)i * 7919 % 10007)];
        TestPlan plan = Chain(new Link(101, RepeatsAtEnd: true), new Link(13));
        long[] first = await RunAsync(plan, 5, 10, values);
        for (int i = 0; i < 5; i++)
            Assert.Equal(first, await RunAsync(plan, 5, 10, values));
    }

    [Fact]
    public async Task Another_number_of_workers_goes_on_from_the_same_checkpoint()
    {
        TestPlan plan = Chain(new Link(37));
        using QueryBench<Reading> one = new(plan);
        using QueryBench<Reading> other = new(plan);
        Random random = new(3);
        foreach (int workers in (int[])[2, 7, 1, 3, 256, 1, 2])
        {
            long[] values = [.. Enumerable.Range(0, 200).Select(_ => random.NextInt64(5000))];
            await using (StreamingQuery query = await one.StartAsync())
                await one.AddAsync(query, values);
            await using (StreamingQuery query = await other.StartAsync(other.Options with { Workers = workers, UncappedWorkers = true, BatchSize = 20 }))
                await other.AddAsync(query, values);
            Assert.Equal(one.Sink.Rows.Order(ByTime), other.Sink.Rows.Order(ByTime));
        }
    }

    [Fact]
    public async Task Progress_adds_up_over_the_workers()
    {
        using QueryBench<Reading> bench = new(Chain(new Link(50), new Link(7, RepeatsAtEnd: true)));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Workers = 4, UncappedWorkers = true, BatchSize = 9 });
        await bench.AddAsync(query, [.. Enumerable.Range(0, 300).Select(i => (long)i)]);
        StreamingQueryProgress progress = query.LastProgress!;
        Assert.Equal((300, 300, 300, 307), (progress.Operators[0].In, progress.Operators[1].In, progress.Operators[2].In, progress.Sink.OutputRows));
        Assert.Equal((7, 50), (progress.StateOperators[0].RowsTotal, progress.StateOperators[1].RowsTotal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task The_first_row_that_fails_is_told_and_everything_is_given_back(int workers)
    {
        long buffers = BufferPool.Outstanding;
        int threads = WorkerThreads();
        using (QueryBench<Reading> bench = new(Chain(new Link(50, OnRow: value => Fail(value, value is 305 or 711 or 899 ? 0 : long.MaxValue)), new Link(7))))
        {
            await using StreamingQuery query = await bench.StartAsync(bench.Options with { Workers = workers, UncappedWorkers = true, BatchSize = 10 });
            StreamingQueryException failed = await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, [.. Enumerable.Range(0, 900).Select(i => (long)i)]));
            Assert.Equal("user-function-failure", failed.Rule);
            Assert.Contains("InvalidTimeZoneException: 305", failed.Message, StringComparison.Ordinal);
        }

        await ThreadsEndAsync(threads);
        Assert.Equal(buffers, BufferPool.Outstanding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    [InlineData(899)]
    public async Task A_batch_that_failed_is_run_again_at_the_next_start(long at)
    {
        bool fails = true;
        TestPlan plan = new("Fails", Reading.Schema, 1, graph => graph.Add(
            new KeyedReadings("keyed", 50, onRow: value => Fail(fails ? value : -1, at)), graph.AddEntry(0, new SourceOperator("source", Reading.Schema))));
        using QueryBench<Reading> bench = new(plan);
        QueryOptions options = bench.Options with { Workers = 3, UncappedWorkers = true, BatchSize = 10 };
        await using (StreamingQuery query = await bench.StartAsync(options))
            await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, [.. Enumerable.Range(0, 900).Select(i => (long)i)]));
        Assert.Empty(bench.Sink.Rows);
        fails = false;
        await using (StreamingQuery query = await bench.StartAsync(options with { Workers = 2 }))
            await bench.AddAsync(query, 900);
        Assert.Equal(901, bench.Sink.Rows.Count);
    }

    [Fact]
    public async Task Disposal_in_the_middle_of_a_batch_ends_the_threads_and_gives_everything_back()
    {
        long buffers = BufferPool.Outstanding;
        int threads = WorkerThreads();
        for (int pushes = 0; pushes < 200; pushes += 13)
        {
            // Nobody takes what comes out, so workers wait for room in their queues.
            using GraphRunner runner = new(Chain(new Link(50), new Link(7)), null, workers: 3);
            runner.Sinks[0].Writers = [new Writer(() => throw new InvalidTimeZoneException())];
            runner.Begin(new OffsetEntry(0, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
            try
            {
                for (int i = 0; i < pushes; i++)
                    Push(runner, i);
            }
            catch (InvalidTimeZoneException)
            {
                // The sink refuses the first rows that it is given.
            }
        }

        await ThreadsEndAsync(threads);
        Assert.Equal(buffers, BufferPool.Outstanding);
    }

    [Fact]
    public void A_sink_is_called_by_the_thread_of_the_query()
    {
        HashSet<Thread> threads = [];
        using GraphRunner runner = new(Chain(new Link(50), new Link(7, RepeatsAtEnd: true)), null, workers: 4);
        runner.Sinks[0].Writers = [new Writer(() => threads.Add(Thread.CurrentThread))];
        runner.Begin(new OffsetEntry(0, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
        for (int i = 0; i < 100; i++)
            Push(runner, i);
        runner.End();
        Assert.Equal([Thread.CurrentThread], threads);
    }

    [Fact]
    public async Task Fewer_than_one_are_refused()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(bench.Options with { Workers = 0 }));
        Assert.Equal("invalid-workers", refused.Rule);
    }

    [Fact]
    public async Task More_than_there_are_processors_are_not_started()
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Workers = 100_000 });
        Assert.Contains(query.Warnings, warning => warning.StartsWith($"Workers is 100000, but there are {Environment.ProcessorCount} processors", StringComparison.Ordinal));
    }

    private static readonly Comparer<Reading> ByTime = Comparer<Reading>.Create((a, b) => (a.Time, a.Value).CompareTo((b.Time, b.Value)));

    private static void Fail(long value, long at)
    {
        if (value >= at)
            throw new InvalidTimeZoneException(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<long[]> RunAsync(TestPlan plan, int workers, int? batchSize, long[] values)
    {
        using QueryBench<Reading> bench = new(plan);
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Workers = workers, UncappedWorkers = true, BatchSize = batchSize });
        await bench.AddAsync(query, values[..(values.Length / 3)]);
        await bench.AddAsync(query, values[(values.Length / 3)..]);
        return [.. bench.Sink.Rows.Select(row => row.Value)];
    }

    private static TestPlan Chain(params Link[] links) => new("Chain", Reading.Schema, 1, graph =>
    {
        Operator last = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
        for (int i = 0; i < links.Length; i++)
            last = graph.Add(new KeyedReadings($"keyed {i}", links[i].Keys, links[i].RepeatsAtEnd, links[i].OnRow), last);
    });

    private static void Push(GraphRunner runner, int value)
    {
        ColumnBatch batch = new(Reading.Schema);
        for (int i = 0; i < 20; i++)
            Reading.Append(Reading.At((value * 20) + i), batch);
        batch.Length = 20;
        try
        {
            runner.Push(0, batch);
        }
        finally
        {
            batch.Release();
        }
    }

    // The system knows the threads of a process by their names.
    private static int WorkerThreads() => !Directory.Exists("/proc/self/task") ? 0
        : Directory.EnumerateDirectories("/proc/self/task").Count(task => Name(task).StartsWith("typed worker", StringComparison.Ordinal));

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    // The system has a thread for a moment longer than the program has, also one of a test before this one.
    private static async Task ThreadsEndAsync(int before)
    {
        for (int i = 0; i < 6000 && WorkerThreads() > before; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.InRange(WorkerThreads(), 0, before);
    }

    private sealed record Link(long Keys, bool RepeatsAtEnd = false, Action<long>? OnRow = null);

    private sealed class Writer(Action onWrite) : ISinkWriter
    {
        public string Description => "writer";

        public void Begin(long batchId, long? watermarkMicros)
        {
        }

        public void Write(ColumnBatch batch) => onWrite();

        public ValueTask CommitAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
