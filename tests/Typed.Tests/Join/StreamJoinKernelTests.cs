using Typed.Columns;
using Typed.Operators;

namespace Typed.Tests.Join;

[Collection("Buffers")]
public class StreamJoinKernelTests
{
    private const long Second = 1_000_000;

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
    public void Gives_the_same_if_all_is_spilled_after_every_batch(StreamJoinKind kind) => CheckAll(kind, random => random.Next(1, 50), restarts: false, JoinSpills.All);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_if_it_spills_at_any_time(StreamJoinKind kind) => CheckAll(kind, random => random.Next(1, 10), restarts: false, JoinSpills.AtRandom);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_if_it_spills_and_is_saved_and_loaded_after_every_batch(StreamJoinKind kind)
    {
        CheckAll(kind, random => random.Next(1, 10), restarts: true, JoinSpills.AtRandom);
        CheckAll(kind, random => random.Next(1, 50), restarts: true, JoinSpills.All);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gives_the_same_if_all_keys_have_one_hash(StreamJoinKind kind)
    {
        GroupHash.Constant = true;
        try
        {
            CheckAll(kind, random => random.Next(1, 100), restarts: false);
            CheckAll(kind, random => random.Next(1, 10), restarts: true, JoinSpills.AtRandom);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void Its_bytes_are_those_of_all_buffers_it_holds()
    {
        JoinCase join = new(StreamJoinKind.Inner) { Least = 0, Greatest = Second, LeftDelayMillis = 1_001, RightDelayMillis = 1 };
        using StreamJoinRun run = new(join);
        long before = BufferPool.OutstandingBytes;
        JoinRow[] rows = [.. Enumerable.Range(0, 20_000).Select(i => new JoinRow("a key of more than twelve bytes " + i, i * 10_000L, i))];
        run.Batch(rows, [], -1, -1, new Random(1), _ => 5_000);
        Assert.Equal(20_000, run.Kernel.State.Total);
        Assert.Equal(BufferPool.OutstandingBytes - before, run.Kernel.State.MemoryBytes);
        Assert.InRange(run.Kernel.State.MemoryBytes, 20_000 * 100, 20_000 * 400);

        // All but the last second goes, and its memory with it, but for what the next rows will use.
        run.Batch([], [], -1, 20_000 * 10_000L, new Random(1), _ => 5_000);
        Assert.InRange(run.Kernel.State.Total, 50, 250);
        Assert.InRange(run.Kernel.State.MemoryBytes, 0, 20_000 * 40);

        // What is kept for the next rows is counted, but for the list of those that left.
        Assert.InRange(BufferPool.OutstandingBytes - before - run.Kernel.State.MemoryBytes, 0, 4096);
    }

    [Fact]
    public void A_bucket_does_not_grow_beyond_what_a_column_of_text_holds()
    {
        JoinCase join = new(StreamJoinKind.Inner) { MostTextBytes = 4096 };
        using StreamJoinRun run = new(join);
        JoinRow[] rows = [.. Enumerable.Range(0, 1_000).Select(i => new JoinRow("a key of more than twelve bytes " + i, i, 1))];
        run.Batch(rows, [], -1, -1, new Random(1), _ => 20);
        JoinStore<PlainKey, PlainStreamJoin> store = run.Kernel.LeftStore;
        Assert.Equal(1_000, store.WithoutTime.Sum(bucket => bucket.Rows));
        Assert.All(store.WithoutTime, bucket => Assert.InRange(((Utf8Column)bucket.Columns[0]).DataLength, 2048, 4096));
        Assert.Equal(1_000, run.Batch([], rows, -1, -1, new Random(1), _ => 20).Count);
    }

    [Theory]
    [InlineData(StreamJoinKind.LeftSemi)]
    [InlineData(StreamJoinKind.LeftAnti)]
    public void Rows_that_left_with_their_match_give_their_memory_back(StreamJoinKind kind)
    {
        using StreamJoinRun run = new(new JoinCase(kind));
        JoinRow[] rows = [.. Enumerable.Range(0, 20_000).Select(i => new JoinRow("a key of more than twelve bytes " + i, i, 1))];
        run.Batch(rows, [], -1, -1, new Random(1), _ => 5_000);
        JoinStore<PlainKey, PlainStreamJoin> store = run.Kernel.LeftStore;
        long full = store.MemoryBytes;

        // All but each tenth one, then the others.
        run.Batch([], [.. rows.Where(row => row.Time % 10 != 0)], -1, -1, new Random(1), _ => 5_000);
        Assert.Equal((2_000, 2_000), (store.WithoutTime.Sum(bucket => bucket.Rows), store.WithoutTime.Sum(bucket => bucket.Live)));
        Assert.InRange(store.MemoryBytes, 0, full / 4);
        Assert.Equal(2_000, store.Rows);
        Assert.Equal(kind == StreamJoinKind.LeftSemi ? 2_000 : 0, run.Batch([], [.. rows.Where(row => row.Time % 10 == 0)], -1, -1, new Random(1), _ => 5_000).Count);
        Assert.Empty(store.WithoutTime);
        Assert.Equal(0, store.Rows);
    }

    [Theory]
    [InlineData(5_000L, null, 8_000_001L)]
    [InlineData(5_000L, 3_001L, 8_000_001L)]
    [InlineData(5_000L, 3_000L, null)]
    [InlineData(null, 4_000L, null)]
    public void It_tells_when_a_row_without_a_match_is_given(long? delayMillis, long? capMillis, long? expected)
    {
        using StreamJoinRun run = new(new JoinCase(StreamJoinKind.LeftOuter) { LeftDelayMillis = delayMillis, LeftCapMillis = capMillis });
        run.Batch([new JoinRow("a", (3 * Second) + 1, 1), new JoinRow("b", 9 * Second, 1)], [], -1, -1, new Random(1), _ => 5);
        Assert.Equal(expected, run.Kernel.NextRelease());
    }

    private static void CheckAll(StreamJoinKind kind, Func<Random, int> batchSize, bool restarts, JoinSpills spills = JoinSpills.Never)
    {
        long before = BufferPool.Outstanding;
        int given = 0;
        long taken = 0;
        for (int seed = 0; seed < 25; seed++)
        {
            Random random = new(seed);
            given += Check(RandomCase(kind, random), random, batchSize, restarts, spills, ref taken);
        }

        Assert.True(given > 300, $"only {given} rows came out");

        // A restart forgets what was spilled right before it.
        Assert.True(taken > 300 || spills == JoinSpills.Never || (spills == JoinSpills.All && restarts), $"only {taken} keys came back");
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static JoinCase RandomCase(StreamJoinKind kind, Random random)
    {
        JoinCase join = new(kind)
        {
            NullSafe = kind == StreamJoinKind.FullOuter || random.Next(3) == 0,
            HasCanMatch = random.Next(4) == 0,
            MostTextBytes = random.Next(2) == 0 ? random.Next(200) : null,
            ThinRows = random.Next(2) == 0 ? random.Next(4) : null,
        };
        if (random.Next(5) == 0)
            return join with { ByKey = true };
        long least = random.Next(-20, 10) * Second;
        return join with
        {
            Least = random.Next(3) == 0 ? null : least,
            Greatest = random.Next(3) == 0 ? null : least + (random.Next(20) * Second),
            LeftDelayMillis = random.Next(4) == 0 ? null : random.Next(-5, 20) * 1000L,
            RightDelayMillis = random.Next(4) == 0 ? null : random.Next(-5, 20) * 1000L,
            LeftCapMillis = random.Next(6) == 0 ? random.Next(-100, 100) * 1000L : null,
        };
    }

    private static int Check(JoinCase join, Random random, Func<Random, int> batchSize, bool restarts, JoinSpills spills, ref long taken)
    {
        JoinModel model = new(join);
        StreamJoinRun run = new(join, spills) { InSlices = random.Next(2) == 0 };
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
            List<(JoinRow? Left, JoinRow? Right)> rows = run.Batch(left, right, late, eviction, random, batchSize);
            Assert.Equal(Sorted(model.Output), Sorted(rows));
            StateCounts state = run.Kernel.State;
            Assert.Equal((model.Updated, model.Removed, model.Late, (long)model.Total), (state.Updated, state.Removed, state.DroppedByWatermark, state.Total));
            RowCounts counts = run.Kernel.Counts;
            Assert.Equal(counts.In, counts.Out - counts.FannedOut + counts.Filtered + counts.Late + counts.Grouped);

            // Of right rows of a semi join that match one left row, which leaves, either the first one has matched or all that come at once.
            if (!join.GivesLeftOnly)
                Assert.Equal(model.Expired, counts.Expired);
            Assert.Equal(held + counts.Grouped, counts.Closed + counts.Expired + counts.Held);
            held = counts.Held;
            late = eviction;
            now += random.Next(12) * Second;
            given += rows.Count;
            if (restarts || batch == 11)
                taken += run.Kernel.SpillArea?.Counts.EntriesTaken ?? 0;
            if (restarts)
                run = run.Restarted();
        }

        run.Dispose();
        return given;
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
