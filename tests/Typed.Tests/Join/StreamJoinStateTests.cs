using Typed.Columns;
using Typed.Operators;
using Typed.State;
using Typed.Tests.State;

namespace Typed.Tests.Join;

[Collection("Buffers")]
public class StreamJoinStateTests
{
    private const long Second = 1_000_000;

    private static readonly JoinCase Band = new(StreamJoinKind.FullOuter) { Least = 0, Greatest = 60 * Second, LeftDelayMillis = 60_001, RightDelayMillis = 1 };

    [Fact]
    public void A_row_is_written_once_and_its_match_without_it()
    {
        using StreamJoinRun run = new(Band);
        JoinRow[] left = [.. Enumerable.Range(0, 500).Select(i => new JoinRow("key " + i, i * 10_000L, 1))];
        Batch(run, left, []);
        Assert.Equal(500, Changes(run));
        Assert.Equal(0, Changes(run));

        // Ten right rows that match a left row each, two of them the same one.
        Batch(run, [], [.. left.Take(9).Append(left[0]).Select(row => row with { Time = row.Time + 1 })]);
        Assert.Equal(10 + 9, Changes(run));
        Batch(run, [], [left[0] with { Time = 5 }]);
        Assert.Equal(1, Changes(run));
        Assert.Equal(0, Changes(run));
    }

    [Fact]
    public void Rows_and_matches_are_written_in_slices()
    {
        using StreamJoinRun run = new(Band);
        JoinRow[] left = [.. Enumerable.Range(0, 20_000).Select(i => new JoinRow("key " + i, i, 1))];
        Batch(run, left, []);
        Assert.Equal(20_000, Changes(run));
        Batch(run, [], left);
        StateChanges changes = new();
        CaptureSlice slice = new() { EntriesAtLeast = 1 };
        for (bool isWhole = false; !isWhole;)
        {
            long before = changes.Count;
            slice.Begin(TimeSpan.Zero);
            isWhole = run.Kernel.SaveSome(changes, slice);
            Assert.InRange(changes.Count - before, 0, JoinMemory<PlainKey>.BlockRows);
        }

        Assert.Equal(40_000, changes.Count);
        Assert.Equal(0, Changes(run));
    }

    [Fact]
    public void What_the_watermark_ends_needs_no_record()
    {
        using StreamJoinRun run = new(Band);
        JoinRow[] left = [.. Enumerable.Range(0, 500).Select(i => new JoinRow("key " + i, i * Second, 1))];
        StoredState stored = new();
        Batch(run, left, [left[400]]);
        stored.Take(run.Kernel);
        Assert.Equal(501, stored.Count);
        Batch(run, [], [], eviction: 360 * Second);

        // Rows up to 299 s are more than a minute behind.
        Assert.Equal(0, Changes(run));
        Assert.Equal(200 + 1, run.Kernel.State.Total);
        stored.Take(run.Kernel);
        Assert.Equal(run.Kernel.State.Total, stored.Count);
    }

    [Fact]
    public void What_leaves_with_its_match_is_removed()
    {
        using StreamJoinRun run = new(new JoinCase(StreamJoinKind.LeftSemi));
        StateImage stored = new();
        JoinRow[] left = [.. Enumerable.Range(0, 100).Select(i => new JoinRow("key " + i, i, 1))];
        Batch(run, left, []);
        stored.Take(run.Kernel);
        Assert.Equal(100, stored.Count);
        Batch(run, [new JoinRow("late", 1, 1)], [.. left.Take(30), new JoinRow("late", 1, 1)]);
        Assert.Equal(30, Removals(run, stored));
        Assert.Equal(70 + 31, stored.Count);
        Assert.Equal(run.Kernel.State.Total, stored.Count);
    }

    [Fact]
    public void What_was_loaded_is_not_written_again()
    {
        StreamJoinRun run = new(Band);
        JoinRow[] rows = [.. Enumerable.Range(0, 300).Select(i => new JoinRow(i % 5 == 0 ? null : "key " + (i % 7), i % 11 == 0 ? null : i * Second, 1))];
        Batch(run, rows, rows[..50]);
        run = run.Restarted();
        Assert.Equal(350, run.Kernel.State.Total);
        Assert.Equal(0, Changes(run));
        Batch(run, [rows[0]], []);
        Assert.Equal(1, Changes(run));
        run.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_a_key_come_back_in_the_order_in_which_they_came(bool isTimed)
    {
        List<List<long>> orders = [];
        foreach (bool restarts in (bool[])[false, true])
        {
            StreamJoinRun run = new(isTimed ? Band with { Greatest = 3_600 * Second } : new JoinCase(StreamJoinKind.Inner));
            Random random = new(7);
            for (int batch = 0; batch < 5; batch++)
            {
                Batch(run, [.. Enumerable.Range(0, 50).Select(i => new JoinRow("k", random.Next(600) * Second, 7L * ((batch * 50) + i)))], []);
                if (restarts)
                    run = run.Restarted();
            }

            orders.Add([.. run.Batch([], [new JoinRow("k", 600 * Second, 1)], -1, -1, new Random(1), _ => 100).Select(row => row.Left!.Number)]);
            run.Dispose();
        }

        Assert.Equal(250, orders[0].Count);
        Assert.Equal(orders[0], orders[1]);
    }

    [Fact]
    public void What_is_stored_need_not_fit_into_memory()
    {
        foreach (JoinCase join in (JoinCase[])[Band, new JoinCase(StreamJoinKind.Inner)])
        {
            using StreamJoinRun run = new(join);
            using StreamJoinRun other = new(join);
            Batch(run, [.. Enumerable.Range(0, 20_000).Select(i => new JoinRow("k" + (i % 9000), i, 7 * i))], []);
            Batch(run, [], [.. Enumerable.Range(0, 5_000).Select(i => new JoinRow("k" + (i % 9000), i, i))]);
            StoredState.LoadsWithin(run.Kernel, other.Kernel);
        }
    }

    [Fact]
    public void Entries_may_come_in_any_order()
    {
        using StreamJoinRun run = new(Band);
        Batch(run, [.. Enumerable.Range(0, 300).Select(i => new JoinRow("k" + (i % 3), i, 7 * i))], []);
        StateChanges changes = new();
        StateHead head = new();
        run.Kernel.SaveChanges(changes);
        run.Kernel.SaveHead(head);
        using StreamJoinRun other = new(Band);
        other.Kernel.LoadHead(head);
        StateRecord[] records = [.. StateRecord.In(changes)];
        new Random(3).Shuffle(records);
        foreach (StateRecord record in records)
            other.Kernel.LoadEntry(new StateEntry(record.Table, record.Time, record.Shard, new StateReader(record.Key), new StateReader(record.Value)));
        other.Kernel.LoadEnd();
        JoinRow[] right = [new JoinRow("k1", Second, 1), new JoinRow("k2", Second, 1)];
        Assert.Equal(Batch(run, [], right), Batch(other, [], right));
    }

    [Fact]
    public void Numbers_of_rows_may_be_far_apart()
    {
        StreamJoinRun run = new(new JoinCase(StreamJoinKind.Inner));
        foreach (long next in (long[])[0, 3_000_000_000, 3_000_000_100, 9_000_000_000])
        {
            run.Kernel.LeftStore.Next = next;
            Batch(run, [.. Enumerable.Range(0, 10).Select(i => new JoinRow("k", 1, 7 * (next + i)))], []);
        }

        Assert.Equal(3, run.Kernel.LeftStore.WithoutTime.Count);
        run = run.Restarted();
        Assert.Equal(3, run.Kernel.LeftStore.WithoutTime.Count);
        Assert.Equal(9_000_000_010, run.Kernel.LeftStore.Next);
        run.Kernel.SpillArea = new MemorySpillArea();
        run.Kernel.Spill(0);
        List<long> numbers = [.. Batch(run, [], [new JoinRow("k", 1, 1)]).Select(row => row.Left!.Number / 7)];
        Assert.Equal(40, numbers.Distinct().Count());
        Assert.Equal(3, run.Kernel.LeftStore.WithoutTime.Count);
        run.Dispose();
    }

    [Fact]
    public void What_has_ended_stays_so_after_a_restart()
    {
        StreamJoinRun run = new(Band);
        Batch(run, [new JoinRow("a", 1, 1)], [], eviction: 600 * Second);
        StateHead before = new();
        run.Kernel.SaveHead(before);
        Assert.Equal((600 * Second) - 60_001_000 + 1, before.FloorOf(0));
        Assert.Equal((600 * Second) - 1_000 + 1, before.FloorOf(1));
        run = run.Restarted();
        StateHead after = new();
        run.Kernel.SaveHead(after);
        Assert.Equal(before.Floors, after.Floors);
        run.Dispose();
    }

    [Fact]
    public void Workers_have_numbers_of_their_own_keys()
    {
        // Two workers with a key each, whose rows have the same numbers; then one with both; then two again.
        JoinCase join = new(StreamJoinKind.LeftOuter) { Least = 0, Greatest = 60 * Second, LeftDelayMillis = 60_001, RightDelayMillis = 1 };
        using StreamJoinRun first = new(join);
        using StreamJoinRun second = new(join);
        Batch(first, [new JoinRow("a", 1, 1), new JoinRow("a", 2, 1)], []);
        Batch(second, [new JoinRow("b", 1, 1), new JoinRow("b", 2, 1), new JoinRow("b", 3, 1)], [new JoinRow("b", 3, 1)]);
        StateChanges changes = new();
        StateHead head = new();
        StateHead other = new();
        first.Kernel.SaveChanges(changes);
        second.Kernel.SaveChanges(changes);
        first.Kernel.SaveHead(head);
        second.Kernel.SaveHead(other);
        head.Merge(other);
        StateImage image = new();
        image.Apply(changes, head);
        using StreamJoinRun both = new(join);
        image.Give(both.Kernel);
        Assert.Equal(6, both.Kernel.State.Total);
        Assert.Equal(3, both.Kernel.LeftStore.Next);
        Assert.Equal(3 + 2, Batch(both, [], [new JoinRow("b", 4, 1), new JoinRow("a", 2, 1)]).Count);

        // The right rows, and the left ones that have found their match now: those of the other key had found it before.
        Assert.Equal(2 + 2, Changes(both));
    }

    [Fact]
    public void What_is_damaged_is_refused()
    {
        using StreamJoinRun run = new(Band);
        Batch(run, [new JoinRow(null, 1, 1), new JoinRow("a key of more than twelve bytes", null, 1), new JoinRow("a", 2, 1)], []);
        StoredState stored = new();
        stored.Take(run.Kernel);
        Batch(run, [], [new JoinRow("a", 3, 1)]);
        stored.Take(run.Kernel);
        Assert.Equal(5, stored.Count);
        long before = BufferPool.Outstanding;
        stored.RefusesWhatIsCutShort(() => new StreamJoinRun(Band).Kernel);
        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Theory]
    [InlineData(0, 0, 3, 1)]
    [InlineData(4, 0, 1, 1)]
    [InlineData(0, 4, 1, 1)]
    [InlineData(2, 0, 1, 1)]
    [InlineData(0, 0, -1, 1)]
    [InlineData(0, 0, 1, 2)]
    public void An_entry_that_cannot_be_is_refused(int table, byte matched, long number, int key)
    {
        // Each is good but for one thing: its number, the table, the flags, the row it belongs to, the number again, the key.
        using StreamJoinRun run = new(Band);
        StateHead head = new();
        head.SetMax("left rows", 2);
        head.SetMax("right rows", 2);
        StateChanges changes = new();
        PlainKey stored = new() { Text = TextKey.Of(default), Time = key == 1 ? 0 : 5 };
        changes.BeginPut(table, 7, PlainStreamJoin.Hash(stored));
        PlainStreamJoin.SaveKey(stored, changes.Writer);
        changes.Writer.Write(number);
        changes.BeginValue();
        if (table < 2)
        {
            changes.Writer.Write(matched);
            ColumnBatch batch = PlainStreamJoin.Batch([new JoinRow(null, 7, 1)]);
            for (int column = 0; column < 4; column++)
                RowState.Write(changes.Writer, batch[column], 0);
            batch.Release();
        }

        changes.End();
        StateImage image = new();
        image.Apply(changes, head);
        Assert.Throws<InvalidDataException>(() => image.Give(run.Kernel));
    }

    private static List<(JoinRow? Left, JoinRow? Right)> Batch(StreamJoinRun run, JoinRow[] left, JoinRow[] right, long eviction = -1) =>
        run.Batch(left, right, -1, eviction, new Random(1), _ => 64);

    private static long Changes(StreamJoinRun run)
    {
        StateChanges changes = new();
        run.Kernel.SaveChanges(changes);
        return changes.Count;
    }

    private static int Removals(StreamJoinRun run, StateImage stored)
    {
        StateChanges changes = new();
        StateHead head = new();
        run.Kernel.SaveChanges(changes);
        run.Kernel.SaveHead(head);
        stored.Apply(changes, head);
        return StateRecord.In(changes).Count(record => record.IsRemoval);
    }
}
