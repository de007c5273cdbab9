using Typed.Columns;
using Typed.Connect;
using Typed.Execution;
using Typed.Operators;

namespace Typed.Tests.Execution.Workers;

/// <summary>What operators emit at the end of a micro-batch for others, and how a batch ends that fails or is broken off.</summary>
[Collection("Buffers")]
public sealed class WorkersEndTests
{
    private const int Keys = 200_000;

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task What_is_emitted_for_another_operator_is_handed_over_and_does_not_pile_up(int workers)
    {
        long emitted = 0;
        long taken = 0;
        long most = 0;
        TestPlan plan = new("Ends", Reading.Schema, 1, graph =>
        {
            Operator last = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
            last = graph.Add(new KeyedReadings("first", Keys, repeatsAtEnd: true, onEmit: _ => Count(ref emitted, Volatile.Read(ref taken))), last);
            graph.Add(new KeyedReadings("second", 97, onRow: value => Interlocked.Add(ref taken, value % 1000 == 1 ? 1 : 0)), last);
        });
        void Count(ref long counter, long behind)
        {
            long ahead = Interlocked.Increment(ref counter) - behind;
            for (long seen = Volatile.Read(ref most); ahead > seen && Interlocked.CompareExchange(ref most, ahead, seen) != seen;)
                seen = Volatile.Read(ref most);
        }

        // All rows pass at once; at the end each comes again as the second of its key, which is counted.
        using GraphRunner runner = new(plan, 8192, workers);
        long written = 0;
        runner.Sinks[0].Writers = [new Rows(rows => written += rows)];
        runner.Begin(new OffsetEntry(0, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
        ColumnBatch batch = new(Reading.Schema);
        for (int i = 0; i < Keys; i++)
            Reading.Append(Reading.At(i), batch);
        batch.Length = Keys;
        runner.Push(0, batch);
        batch.Release();
        runner.Settle();
        await Task.Run(runner.End, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.Equal((2 * Keys, Keys, Keys), (written, emitted, taken));
        Assert.InRange(most, 1, workers * (WorkerSet.MostRowsHeld + 2000));
    }

    /// <summary>Three levels, and an operator that is read by two others.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(7, false)]
    [InlineData(3, true)]
    public async Task Much_that_is_emitted_comes_to_the_same_in_the_same_order_each_time(int workers, bool isSplit)
    {
        const int keys = 90_000;
        TestPlan plan = new("Levels", Reading.Schema, 1, graph =>
        {
            SourceOperator source = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
            Operator first = graph.Add(new KeyedReadings("first", keys, repeatsAtEnd: true), source);
            Operator second = graph.Add(new KeyedReadings("second", 49_999, repeatsAtEnd: true), first);
            Operator both = isSplit ? graph.Add(new UnionOperator("union", Reading.Schema), first, second) : second;
            graph.Add(new KeyedReadings("third", 11), both);
        });
        long[] one = await RunAsync(plan, 1, keys);
        long[] many = await RunAsync(plan, workers, keys);
        Assert.Equal(one.Order(), many.Order());
        Assert.Equal(many, await RunAsync(plan, workers, keys));
    }

    [Fact]
    public async Task A_failure_anywhere_ends_the_batch_on_all_workers()
    {
        long buffers = BufferPool.Outstanding;
        Random random = new(11);
        for (int run = 0; run < 50; run++)
        {
            bool atEnd = run % 3 == 2;
            long at = random.Next(atEnd ? 50_000 : 4000);
            int operatorAt = random.Next(3);

            // At the end there is more than is held, so some failures are met while rows are handed over.
            long rows = atEnd ? 70_000 : 4000;
            long seen = 0;
            int[] keys = [80_000, 59_999, 7];
            TestPlan plan = new("Fails", Reading.Schema, 1, graph =>
            {
                Operator last = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
                for (int i = 0; i < 3; i++)
                    last = graph.Add(Link(i, i == operatorAt), last);
            });
            KeyedReadings Link(int i, bool fails) => new(
                $"keyed {i}",
                keys[i],
                repeatsAtEnd: atEnd && i < 2,
                onRow: fails && !(atEnd && i < 2) ? _ => Fail() : null,
                onEmit: fails && atEnd && i < 2 ? _ => Fail() : null);
            void Fail()
            {
                if (Interlocked.Increment(ref seen) > at)
                    throw new InvalidTimeZoneException("here");
            }

            using GraphRunner runner = new(plan, 500, workers: 7);
            runner.Sinks[0].Writers = [new Rows(_ => { })];
            Task all = Task.Run(
                () =>
                {
                    runner.Begin(new OffsetEntry(0, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
                    Push(runner, rows);
                    runner.Settle();
                    runner.End();
                },
                TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<InvalidTimeZoneException>(() => all.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        }

        Assert.Equal(buffers, BufferPool.Outstanding);
    }

    /// <summary>Nobody waits for the rest of the batch, and the next start runs it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task A_query_that_is_told_not_to_wait_ends_in_the_middle_of_a_batch(int workers)
    {
        long buffers = BufferPool.Outstanding;
        using ManualResetEventSlim isThere = new();
        using ManualResetEventSlim goOn = new();
        bool waits = true;
        long rows = 0;
        TestPlan plan = new("Waits", Reading.Schema, 1, graph =>
        {
            Operator source = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
            graph.Add(
                new KeyedReadings("second", 5),
                graph.Add(new KeyedReadings("first", 50, onRow: _ => Wait()), source));
        });
        void Wait()
        {
            Interlocked.Increment(ref rows);
            if (!waits)
                return;
            isThere.Set();
            goOn.Wait(TimeSpan.FromSeconds(120));
        }

        const int all = 400_000;
        long[] values = [.. Enumerable.Range(0, all).Select(i => (long)i)];
        using (QueryBench<Reading> bench = new(plan))
        {
            QueryOptions options = bench.Options with { Workers = workers, UncappedWorkers = true, BatchSize = 100 };
            await using (StreamingQuery query = await bench.StartAsync(options))
            {
                bench.Sources[0].Add(values.Select(Reading.At));
                Task running = query.ProcessAllAvailableAsync();
                Assert.True(isThere.Wait(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
                using CancellationTokenSource now = new();
                await now.CancelAsync();
                Task stopping = query.StopAsync(now.Token);
                waits = false;
                goOn.Set();
                await stopping.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
                Assert.Null(query.Exception);
                Assert.Empty(bench.Sink.Rows);
            }

            Assert.Equal(buffers, BufferPool.Outstanding);
            await using (StreamingQuery query = await bench.StartAsync(options))
                await query.ProcessAllAvailableAsync();
            Assert.Equal(all, bench.Sink.Rows.Count);
        }

        Assert.Equal(buffers, BufferPool.Outstanding);
    }

    private static void Push(GraphRunner runner, long rows)
    {
        ColumnBatch batch = new(Reading.Schema);
        try
        {
            for (int i = 0; i < rows; i++)
                Reading.Append(Reading.At(i), batch);
            batch.Length = (int)rows;
            runner.Push(0, batch);
        }
        finally
        {
            batch.Release();
        }
    }

    private static async Task<long[]> RunAsync(TestPlan plan, int workers, int rows)
    {
        List<long> values = [];
        using GraphRunner runner = new(plan, 8192, workers);
        runner.Sinks[0].Writers = [new Values(values)];
        runner.Begin(new OffsetEntry(0, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
        Push(runner, rows);
        runner.Settle();
        await Task.Run(runner.End, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        return [.. values];
    }

    private abstract class Writer : ISinkWriter
    {
        public string Description => "writer";

        public void Begin(long batchId, long? watermarkMicros)
        {
        }

        public abstract void Write(ColumnBatch batch);

        public ValueTask CommitAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Rows(Action<int> take) : Writer
    {
        public override void Write(ColumnBatch batch) => take(batch.Length);
    }

    private sealed class Values(List<long> values) : Writer
    {
        public override void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                values.Add(((FixedColumn<long>)batch[0])[row]);
        }
    }
}
