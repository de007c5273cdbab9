using Typed.Operators;
using Typed.State;

namespace Typed.Tests.Join;

[Collection("Buffers")]
public class StreamJoinSpillTests
{
    private const long Second = 1_000_000;

    private static readonly JoinCase Band = new(StreamJoinKind.LeftOuter) { Least = 0, Greatest = 60 * Second, LeftDelayMillis = 60_001, RightDelayMillis = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_key_with_many_rows_comes_back_as_a_whole_and_in_order(bool isTimed)
    {
        JoinCase join = isTimed ? Band : new JoinCase(StreamJoinKind.Inner);
        List<List<long>> orders = [];
        foreach (JoinSpills spills in (JoinSpills[])[JoinSpills.Never, JoinSpills.All])
        {
            using StreamJoinRun run = new(join, spills);
            for (int batch = 0; batch < 3; batch++)
                Batch(run, [.. Enumerable.Range(0, 700).Select(i => new JoinRow(i % 30 == 0 ? "other" : "k", i, 7L * ((batch * 700) + i)))], []);
            orders.Add([.. Batch(run, [], [new JoinRow("k", Second, 1)]).Select(row => row.Left!.Number)]);
            orders.Add([.. Batch(run, [], [new JoinRow("other", Second, 1)]).Select(row => row.Left!.Number)]);
            Assert.Equal(2_102, run.Kernel.State.Total);
        }

        Assert.Equal((676 * 3, 24 * 3), (orders[0].Count, orders[1].Count));
        Assert.Equal(orders[0], orders[2]);
        Assert.Equal(orders[1], orders[3]);
    }

    [Fact]
    public void Chunks_of_a_key_end_together()
    {
        // One row of the key is a minute older than the others, of which there are many.
        using StreamJoinRun run = new(Band, JoinSpills.All);
        Batch(run, [.. Enumerable.Range(0, 600).Select(i => new JoinRow("k", i == 300 ? 1 : 60 * Second, 7L * i))], []);
        Assert.Equal([300 * 7L], Batch(run, [], [], eviction: 61 * Second).Select(row => row.Left!.Number));
        Assert.Equal(599, run.Kernel.State.Total);
        Assert.Equal(599, Batch(run, [], [new JoinRow("k", 62 * Second, 1)], eviction: 61 * Second).Count);
        Assert.Empty(Batch(run, [], [], eviction: 600 * Second));
        Assert.Equal((0, 0), (run.Kernel.State.Total, run.Kernel.SpillArea!.Count));
    }

    [Fact]
    public void What_was_not_needed_for_the_longest_time_goes_first()
    {
        using StreamJoinRun run = new(new JoinCase(StreamJoinKind.Inner)) { Kernel = { SpillArea = new MemorySpillArea() } };
        JoinRow[] rows = [.. Enumerable.Range(0, 10_000).Select(i => new JoinRow("key " + i, i, 1))];
        Batch(run, rows, []);
        Assert.Equal(10_000, Changes(run));

        // A tenth of the keys is asked for in each batch.
        for (int i = 0; i < 3; i++)
            Batch(run, [], [.. rows.Where((_, row) => row % 10 == 0)]);
        long all = run.Kernel.MemoryBytes;
        run.Kernel.Spill(all / 2);
        Assert.InRange(run.Kernel.MemoryBytes, all / 20, all / 2);
        long spilled = run.Kernel.LeftStore.Spilled.Of(long.MinValue).Rows;
        Assert.InRange(spilled, 2_000, 9_000);

        // What stays has moved, but what is not stored of it is known: the other side's rows, and the matches.
        Assert.Equal(3_000 + 1_000, Changes(run));
        Assert.Equal(1_000, Batch(run, [], [.. rows.Where((_, row) => row % 10 == 0)]).Count);
        Assert.Equal(spilled, run.Kernel.LeftStore.Spilled.Of(long.MinValue).Rows);
        run.Kernel.Spill(0);
        Assert.Equal(run.Kernel.State.Total, run.Kernel.LeftStore.Rows + run.Kernel.RightStore.Rows);
        Assert.Equal(10_000, run.Kernel.SpillArea.CountOf(0, long.MinValue));
    }

    [Fact]
    public void What_is_spilled_is_stored_once()
    {
        using StreamJoinRun run = new(Band, JoinSpills.All);
        JoinRow[] left = [.. Enumerable.Range(0, 100).Select(i => new JoinRow(i == 50 ? null : "key " + i, i, 1))];
        Batch(run, left, []);
        Assert.Equal(100, Changes(run));
        Batch(run, [], []);
        Assert.Equal(0, Changes(run));

        // Comes back, finds its match, and goes again.
        Batch(run, [], [left[7]]);
        Assert.Equal(2, Changes(run));
        Assert.Equal(0, Changes(run));
    }

    [Fact]
    public void Nothing_is_kept_for_a_snapshot_that_nobody_takes()
    {
        using StreamJoinRun run = new(Band, JoinSpills.All) { Kernel = { IsStored = false } };
        Batch(run, [new JoinRow("a", 1, 1), new JoinRow(null, 1, 1)], []);
        Assert.Single(Batch(run, [], [new JoinRow("a", 2, 1)]));
        Assert.Equal(0, Changes(run));
    }

    [Fact]
    public void It_tells_when_a_spilled_row_without_a_match_is_given()
    {
        using StreamJoinRun run = new(Band, JoinSpills.All);
        Batch(run, [new JoinRow("a", 1 * Second, 1), new JoinRow("b", 2 * Second, 1), new JoinRow("c", 900 * Second, 1)], []);
        Assert.Equal((1 * Second) + 60_001_000, run.Kernel.NextRelease());
        Batch(run, [], [new JoinRow("a", 1 * Second, 1)]);
        Assert.Equal((2 * Second) + 60_001_000, run.Kernel.NextRelease());
        Batch(run, [], [new JoinRow("b", 2 * Second, 1)]);
        Assert.Equal((900 * Second) + 60_001_000, run.Kernel.NextRelease());
    }

    [Fact]
    public void Only_keys_that_are_asked_for_come_back()
    {
        using StreamJoinRun run = new(Band, JoinSpills.All);
        Batch(run, [.. Enumerable.Range(0, 1_000).Select(i => new JoinRow("key " + i, i, 1))], []);
        SpillCounts counts = run.Kernel.SpillArea!.Counts;
        long before = counts.EntriesTaken;
        Batch(run, [], [new JoinRow("key 3", 5, 1), new JoinRow("key 3", 6, 1), new JoinRow("unknown", 5, 1), new JoinRow("key 9", 900 * Second, 1)]);
        Assert.Equal(before + 1, counts.EntriesTaken);
    }

    private static List<(JoinRow? Left, JoinRow? Right)> Batch(StreamJoinRun run, JoinRow[] left, JoinRow[] right, long eviction = -1) =>
        run.Batch(left, right, -1, eviction, new Random(1), _ => 64);

    private static long Changes(StreamJoinRun run)
    {
        StateChanges changes = new();
        run.Kernel.SaveChanges(changes);
        return changes.Count;
    }
}
