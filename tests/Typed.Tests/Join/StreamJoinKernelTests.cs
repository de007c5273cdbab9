using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Tests.Join;

[Collection("Buffers")]
public class StreamJoinKernelTests
{
    private const long Second = 1_000_000;

    private static readonly RowSchema Pair = new("pair",
    [
        .. PlainStreamJoin.Side.Fields.Select(field => field with { Type = field.Type with { Nullable = true } }),
        .. PlainStreamJoin.Side.Fields.Select(field => new Field("Right" + field.Name, field.Type with { Nullable = true })),
    ]);

    public static TheoryData<StreamJoinKind> Kinds => [.. Enum.GetValues<StreamJoinKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_what_nested_loops_give(StreamJoinKind kind) => CheckAll(kind, random => random.Next(1, 200), restarts: false);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_in_batches_of_one_and_two_rows(StreamJoinKind kind) => CheckAll(kind, random => random.Next(1, 3), restarts: false);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_if_it_is_saved_and_loaded_after_every_batch(StreamJoinKind kind) => CheckAll(kind, random => random.Next(1, 50), restarts: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_if_all_keys_have_one_hash(StreamJoinKind kind)
    {
        GroupHash.Constant = true;
        try
        {
            CheckAll(kind, random => random.Next(1, 100), restarts: false);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    private static void CheckAll(StreamJoinKind kind, Func<Random, int> batchSize, bool restarts)
    {
        long before = BufferPool.Outstanding;
        int given = 0;
        for (int seed = 0; seed < 25; seed++)
        {
            Random random = new(seed);
            given += Check(RandomCase(kind, random), random, batchSize, restarts);
        }

        Assert.True(given > 300, $"only {given} rows came out");
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static JoinCase RandomCase(StreamJoinKind kind, Random random)
    {
        JoinCase join = new(kind) { NullSafe = kind == StreamJoinKind.FullOuter || random.Next(3) == 0, HasCanMatch = random.Next(4) == 0 };
        if (random.Next(5) == 0)
            return join with { ByKey = true };
        long least = random.Next(-20, 10) * Second;
        return join with
        {
            Least = random.Next(3) == 0 ? null : least,
            Greatest = random.Next(3) == 0 ? null : least + (random.Next(20) * Second),
            LeftDelayMillis = random.Next(4) == 0 ? null : random.Next(-5, 20) * 1000L,
            RightDelayMillis = random.Next(4) == 0 ? null : random.Next(-5, 20) * 1000L,
        };
    }

    private static int Check(JoinCase join, Random random, Func<Random, int> batchSize, bool restarts)
    {
        JoinModel model = new(join);
        StreamJoinOperator<PlainKey, PlainStreamJoin> kernel = Kernel(join);
        int given = 0;
        long held = 0;
        long late = 0;
        long now = random.Next(-100, 100) * Second;
        int keys = random.Next(1, 12);
        for (int batch = 0; batch < 12; batch++)
        {
            JoinRow[] left = Rows(random, now, keys, join.ByKey);
            JoinRow[] right = Rows(random, now, keys, join.ByKey);
            long eviction = Math.Max(late, now - (random.Next(15) * Second));
            model.Batch(left, right, late, eviction);
            using PairCollector collector = new(kernel.Output);
            kernel.PushTo(collector);
            (kernel.LateWatermark, kernel.EvictionWatermark) = (late, eviction);
            Push(kernel, collector, left, right, random, batchSize);
            Assert.Equal(Sorted(model.Output), Sorted(collector.Rows));
            Assert.Equal((model.Updated, model.Removed, model.Late, (long)model.Total), (kernel.State.Updated, kernel.State.Removed, kernel.State.DroppedByWatermark, kernel.State.Total));
            RowCounts counts = kernel.Counts;
            Assert.Equal(counts.In, counts.Out - counts.FannedOut + counts.Filtered + counts.Late + counts.Grouped);
            Assert.Equal(held + counts.Grouped, counts.Closed + counts.Expired + counts.Held);
            held = counts.Held;
            late = eviction;
            now += random.Next(12) * Second;
            given += collector.Rows.Count;

            // A kernel pushes to all that ever read it: each batch has one of its own.
            kernel = Reload(join, kernel, restarts || batch % 3 == 0);
        }

        kernel.Dispose();
        return given;
    }

    private static StreamJoinOperator<PlainKey, PlainStreamJoin> Reload(JoinCase join, StreamJoinOperator<PlainKey, PlainStreamJoin> kernel, bool restarts)
    {
        StateWriter writer = new();
        kernel.Save(writer);
        StreamJoinOperator<PlainKey, PlainStreamJoin> loaded = Kernel(join);
        StateReader reader = new(writer.Written);
        loaded.Load(reader);
        Assert.Equal(0, reader.Left);
        Assert.Equal(kernel.State.Total, loaded.State.Total);
        StateWriter again = new();
        loaded.Save(again);
        Assert.True(writer.Written.Span.SequenceEqual(again.Written.Span));
        kernel.Dispose();
        return loaded;
    }

    private static StreamJoinOperator<PlainKey, PlainStreamJoin> Kernel(JoinCase join)
    {
        int[] all = [0, 1, 2, 3];
        JoinSide side = new(PlainStreamJoin.Side, all, all) { TimeColumn = 1, EvictionColumn = join.ByKey ? 1 : -1, CanMatchColumn = join.HasCanMatch ? 3 : -1 };
        return new StreamJoinOperator<PlainKey, PlainStreamJoin>(
            "join-1",
            join.GivesLeftOnly ? new RowSchema("left", [.. Pair.Fields.Take(4)]) : Pair,
            join.Kind,
            new PlainStreamJoin(join),
            side with { StateDelayMillis = join.LeftDelayMillis },
            side with { StateDelayMillis = join.RightDelayMillis, Columns = join.GivesLeftOnly ? [] : all },
            "a test",
            join.Least,
            join.Greatest);
    }

    // Batches of both sides in any order, as a union or a self join sends them.
    private static void Push(
        StreamJoinOperator<PlainKey, PlainStreamJoin> kernel, PairCollector collector, JoinRow[] left, JoinRow[] right, Random random, Func<Random, int> batchSize)
    {
        BatchContext context = new(0, 0, OutputMode.Append, false, new Arena());
        using SourceOperator leftSource = new("left", PlainStreamJoin.Side);
        using SourceOperator rightSource = new("right", PlainStreamJoin.Side);
        leftSource.PushTo(kernel);
        rightSource.PushTo(kernel);
        foreach (Operator one in (Operator[])[leftSource, rightSource, kernel, collector])
            one.Begin(context);
        List<(SourceOperator Source, ColumnBatch Batch)> batches = [];
        foreach ((SourceOperator source, JoinRow[] rows) in (ReadOnlySpan<(SourceOperator, JoinRow[])>)[(leftSource, left), (rightSource, right)])
        {
            for (int start = 0; start < rows.Length;)
            {
                int size = Math.Min(batchSize(random), rows.Length - start);
                batches.Add((source, PlainStreamJoin.Batch(rows[start..(start + size)])));
                start += size;
            }
        }

        if (random.Next(2) == 0)
        {
            // The order of each side is kept.
            (SourceOperator Source, ColumnBatch Batch)[] mixed = [.. batches];
            Dictionary<SourceOperator, Queue<ColumnBatch>> queues = mixed.GroupBy(one => one.Source).ToDictionary(group => group.Key, group => new Queue<ColumnBatch>(group.Select(one => one.Batch)));
            random.Shuffle(mixed);
            batches = [.. mixed.Select(one => (one.Source, queues[one.Source].Dequeue()))];
        }
        else if (random.Next(2) == 0)
        {
            batches.Reverse();
        }

        foreach ((SourceOperator source, ColumnBatch batch) in batches)
        {
            source.Process(batch);
            batch.Release();
        }

        (SourceOperator first, SourceOperator second) = random.Next(2) == 0 ? (leftSource, rightSource) : (rightSource, leftSource);
        first.InputEnded();
        second.InputEnded();
    }

    private static JoinRow[] Rows(Random random, long now, int keys, bool isCoarse)
    {
        JoinRow[] rows = new JoinRow[random.Next(4) == 0 ? 0 : random.Next(25)];
        for (int i = 0; i < rows.Length; i++)
        {
            int key = random.Next(keys + 1);
            long step = isCoarse ? Second : 1 + (Second / 7);
            long? time = random.Next(12) == 0 ? null : now + (random.Next(-30, 25) * step);
            rows[i] = new JoinRow(key == 0 ? null : key % 2 == 0 ? "k" + key : "a key of more than twelve bytes " + key, time, random.Next(1000), random.Next(5) != 0);
        }

        return rows;
    }

    private static List<string> Sorted(IEnumerable<(JoinRow?, JoinRow?)> rows) => [.. rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)];
}
