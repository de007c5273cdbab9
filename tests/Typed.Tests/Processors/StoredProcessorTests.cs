using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.Generator;
using Typed.Tests.Processors.Versions;
using Typed.Tests.State;

namespace Typed.Tests.Processors;

/// <summary>What of custom state is written when, and that nothing of it depends on restarts, on the order of what comes back, or on what was spilled.</summary>
[Collection("Buffers")]
public sealed class StoredProcessorTests
{
    private const long Second = 1_000_000;

    private static readonly string[] ByClockOrders =
    [
        "add", "name", "place", "append", "append", "append", "replace", "unlist", "put", "put", "put", "remove", "unmap", "fresh value", "unfresh", "fresh append",
        "fresh append", "fresh put", "fresh put", "fresh remove", "timer", "timer", "untimer", "clear",
    ];

    private static readonly string[] GroupOrders = ["add", "name", "append", "put", "time out", "time out", "clear"];

    [Fact]
    public void A_snapshot_writes_the_keys_that_have_changed()
    {
        using PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(0);
        run.Batch(Numbered(0, 1000, "add", 1));
        Assert.Equal(1000, stored.Take(Only(run)));
        Assert.Equal(0, stored.Take(Only(run)));
        run.Batch(Numbered(10, 7, "add", 2));
        Assert.Equal(7, stored.Take(Only(run)));
        run.Batch([.. Numbered(10, 5, "timer", 50), .. Numbered(20, 3, "name", 1)]);
        Assert.Equal(8, stored.Take(Only(run)));

        // An order that changes nothing, keys that come and go, keys that go.
        run.Batch([.. Numbered(10, 5, "untimer", 51), .. Numbered(2000, 5, "add", 1)]);
        run.Batch([.. Numbered(2000, 5, "clear", 0)]);
        Assert.Equal(0, stored.Take(Only(run)));
        run.Batch(Numbered(0, 5, "clear", 0));
        Assert.Equal(5, stored.Take(Only(run)));
        Assert.Equal(1000 - 5 + 5 + 3, stored.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(150_000)]
    public void Spilling_writes_what_has_changed_and_no_more(long keepBytes)
    {
        using PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(0);
        run.SpillsTo = () => keepBytes;
        run.Batch([.. Numbered(0, 1000, "add", 1), .. Numbered(0, 1000, "append", 1), .. Numbered(0, 1000, "put", 1)]);
        Assert.InRange(Only(run).SpillArea!.Count, 1, 1000);
        Assert.Equal(3000, stored.Take(Only(run)));
        run.Batch([.. Numbered(500, 10, "add", 1), .. Numbered(5, 2, "append", 1)]);
        Assert.Equal(12, stored.Take(Only(run)));
        run.Batch<Order>();
        Assert.Equal(0, stored.Take(Only(run)));
        Assert.Equal(1000, Only(run).State.Total);
    }

    [Fact]
    public void What_was_loaded_is_not_written_again()
    {
        PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(0);
        run.Batch([.. Numbered(0, 100, "append", 1), .. Numbered(0, 100, "put", 1), .. Numbered(0, 100, "timer", 50)]);
        Assert.Equal(300, stored.Take(Only(run)));
        run = Restart(run, stored, spills: false);
        Assert.Equal(0, stored.Take(Only(run)));
        run.Batch(Numbered(0, 3, "put", 2));
        Assert.Equal(3, stored.Take(Only(run)));
        run.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_append_to_a_long_list_writes_its_last_piece(bool restarts)
    {
        PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(1);
        run.Batch(Repeated("append", 1000));
        Assert.Equal(32, stored.Take(Only(run)));
        for (int i = 0; i < 40; i++)
        {
            if (restarts)
                run = Restart(run, stored, spills: i % 2 == 0);
            Report report = Assert.Single(run.Batch(Repeated("append", 1)));
            Assert.Contains($" n{999} n0", report.What, StringComparison.Ordinal);
            Assert.Equal(1, stored.Take(Only(run)));
        }

        Assert.Equal(33, stored.Count);
        run.Batch(Repeated("replace", 1));
        Assert.Equal(33 + 1, stored.Take(Only(run)));
        Assert.Equal(1, stored.Count);
        run.Dispose();
    }

    [Fact]
    public void A_change_of_a_map_writes_the_entry()
    {
        using PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(0);
        run.Batch(Repeated("put", 500));
        Assert.Equal(500, stored.Take(Only(run)));
        run.Batch(Repeated("put", 2));
        Assert.Equal(2, stored.Take(Only(run)));
        run.Batch(Repeated("remove", 3));
        Assert.Equal(3, stored.Take(Only(run)));
        run.Batch(Repeated("unmap", 1));
        Assert.Equal(497, stored.Take(Only(run)));
        Assert.Equal(0, stored.Count);
    }

    [Fact]
    public void What_has_expired_is_removed_from_what_is_stored()
    {
        using PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(0);
        run.Clock = 0;
        run.Batch([.. Repeated("fresh append", 70), .. Repeated("fresh put", 5), .. Repeated("fresh value", 1)]);
        Assert.Equal(3 + 5 + 1, stored.Take(Only(run)));
        run.Clock = 5 * Second;
        run.Batch([.. Repeated("fresh append", 1), .. Repeated("fresh put", 1)]);
        Assert.Equal(2, stored.Take(Only(run)));
        run.Clock = 10 * Second;
        run.Batch<Order>();
        Assert.Equal(2 + 4 + 1, stored.Take(Only(run)));
        Assert.Equal((2, 1L), (stored.Count, Only(run).State.Total));
        run.Clock = 15 * Second;
        run.Batch<Order>();
        Assert.Equal(2, stored.Take(Only(run)));
        Assert.Equal((0, 0L), (stored.Count, Only(run).State.Total));
    }

    /// <summary>Keys have other numbers after a restart, and when they come back from where they were spilled to.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Timers_of_one_time_fire_in_the_order_in_which_their_keys_began_to_wait(int seed)
    {
        PipelineRun<Report> run = Clocked();
        ShuffledState stored = new(seed);
        (run.Clock, run.SpillsTo) = (0, seed == 2 ? () => 0 : null);
        run.Batch([.. Numbered(50, 20, "add", 1)]);
        run.Batch([.. Numbered(50, 20, "clear", 1)]);
        run.Batch([.. Numbered(0, 30, "timer", 9).Reverse()]);
        run.Batch([.. Numbered(5, 5, "untimer", 9), .. Numbered(5, 5, "timer", 9)]);
        stored.Take(Only(run));
        if (seed > 0)
            run = Restart(run, stored, spills: seed == 2);
        run.Batch([.. Numbered(30, 5, "timer", 9)]);
        run.Clock = 9 * Second;
        int[] expected = [.. Enumerable.Range(0, 30).Reverse().Where(i => i is < 5 or >= 10), .. Enumerable.Range(5, 5), .. Enumerable.Range(30, 5)];
        Assert.Equal(expected.Select(i => "k" + i), run.Batch<Order>().Select(report => report.Key));
        run.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Nothing_depends_on_restarts_and_spilling(bool groups, bool sameHash)
    {
        long before = BufferPool.Outstanding;
        GroupHash.Constant = sameHash;
        try
        {
            for (int seed = 0; seed < 24; seed++)
                Compare(groups, seed, keys: (seed % 3) switch { 0 => 3, 1 => 30, _ => 400 });
        }
        finally
        {
            GroupHash.Constant = false;
        }

        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void What_is_stored_need_not_fit_into_memory()
    {
        using PipelineRun<Report> run = Clocked();
        using PipelineRun<Report> other = Clocked();
        run.Batch([.. Numbered(0, 5000, "add", 1), .. Numbered(0, 5000, "append", 1), .. Numbered(0, 5000, "put", 1), .. Numbered(0, 5000, "timer", 900)]);
        StoredState.LoadsWithin(Only(run), Only(other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_lists_need_not_fit_into_memory_either(bool expires)
    {
        const int Keys = 1000;
        using PipelineRun<Report> plain = Clocked();
        using PipelineRun<Report> other = Clocked();
        ShuffledState stored = new(0);
        (plain.Clock, other.Clock) = (Second, Second);
        string append = expires ? "fresh append" : "append";
        plain.Batch([.. Enumerable.Range(0, 95).SelectMany(_ => Numbered(0, Keys, append, 1)), .. Numbered(0, Keys / 2, "timer", 5)]);
        Assert.Equal((3 * Keys) + (Keys / 2), stored.Take(Only(plain)));
        using MemorySpillArea area = new();
        Only(other).SpillArea = area;
        Assert.InRange(stored.GiveNewestFirst(Only(other)), 1, Only(plain).MemoryBytes / 8);
        Assert.Equal(0, stored.Take(Only(other)));
        Assert.Equal((Only(plain).State.Total, Only(plain).NextTimer), (Only(other).State.Total, Only(other).NextTimer));
        for (int batch = 2; batch < 20; batch++)
        {
            (plain.Clock, other.Clock, other.SpillsTo) = (batch * Second, batch * Second, () => 100_000);
            Order[] rows = [.. Numbered(batch * 20, 40, append, batch), .. Numbered(batch * 20, 10, "add", batch)];
            Assert.Equal(string.Join('\n', plain.Batch(rows)), string.Join('\n', other.Batch(rows)));
            Assert.Equal((Only(plain).State.Total, Only(plain).NextTimer), (Only(other).State.Total, Only(other).NextTimer));
        }
    }

    [Fact]
    public void Lists_and_maps_keep_their_order()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Random random = new(seed);
            ShuffledState stored = new(seed);
            using PipelineRun<Report> plain = new(new ShelfReports());
            PipelineRun<Report> other = new(new ShelfReports());
            for (int batch = 0; batch < 20; batch++)
            {
                (plain.Clock, other.Clock, other.SpillsTo) = (batch * Second, batch * Second, () => 30_000);
                Order[] rows = [.. Enumerable.Range(0, batch < 12 ? 150 : 2).Select(_ => new Order("k" + random.Next(8), "put", "n" + random.Next(40), batch, null))];
                Assert.Equal(string.Join('\n', plain.Batch(rows)), string.Join('\n', other.Batch(rows)));
                stored.Take(Only(other));
                PipelineRun<Report> next = new(new ShelfReports());
                Only(next).SpillArea = seed % 3 == 0 ? null : new MemorySpillArea();
                stored.Give(Only(next));
                other.Dispose();
                other = next;
                Assert.Equal(Only(plain).State.Total, Only(other).State.Total);
            }

            other.Dispose();
        }
    }

    [Fact]
    public void A_field_keeps_its_table_and_one_that_is_gone_leaves_nothing()
    {
        ShuffledState stored = new(3);
        PipelineRun<Score> run = new(new Versions.First.Game());
        run.Batch(new Hit("a", 2), new Hit("b", 3));
        Assert.Equal(6, stored.Take(Only(run)));
        run = Next(run, stored, new Versions.Grown.Game());
        Assert.Equal(0, stored.Take(Only(run)));

        // The note of both keys is gone with its table.
        Assert.Equal(4, stored.Count);
        Assert.Equal("7 - - 0 2,5", Assert.Single(run.Batch(new Hit("a", 5))).What);
        Assert.Equal(5, stored.Take(Only(run)));
        run = Next(run, stored, new Versions.Grown.Game());
        Assert.Equal("8 5 grown 1 2,5,1", Assert.Single(run.Batch(new Hit("a", 1))).What);
        stored.Take(Only(run));
        run = Next(run, stored, new Versions.First.Game());
        Assert.Equal("9 first 2,5,1,1", Assert.Single(run.Batch(new Hit("a", 1))).What);
        stored.Take(Only(run));
        Assert.Equal(5, stored.Count);
        run = Next(run, stored, new Versions.First.Game());
        Assert.Equal("4 first 3,1", Assert.Single(run.Batch(new Hit("b", 1))).What);
        stored.Take(Only(run));
        using PipelineRun<Score> changed = new(new Versions.Changed.Game());
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => stored.Give(Only(changed)));
        Assert.Contains("'_points long', and the class now has '_points int'", refused.Message, StringComparison.Ordinal);
        run.Dispose();
    }

    private static void Compare(bool groups, int seed, int keys)
    {
        Random random = new(seed);
        Random chance = new(seed);
        ShuffledState stored = new(seed);
        PipelineRun<Report> plain = Run(groups);
        PipelineRun<Report> other = Run(groups);
        bool always = seed % 4 == 0;
        Func<long> spills = always ? () => 0 : () => chance.Next(3) > 0 ? long.MaxValue : chance.Next(200_000);
        long now = 0;
        for (int batch = 0; batch < 16; batch++)
        {
            now += random.Next(4);
            (plain.Clock, other.Clock, other.SpillsTo) = (now * Second, now * Second, spills);
            other.MostRows = seed % 5 == 0 ? 1 : 7;
            Order[] rows = [.. Enumerable.Range(0, random.Next(4) == 0 ? 0 : random.Next(2 * keys)).Select(_ => Any(random, groups, keys, now))];
            List<Report> expected = plain.Batch(rows);
            List<Report> got = other.Batch(rows);
            string where = $"groups {groups}, seed {seed}, batch {batch}:\n";
            Assert.Equal(where + string.Join('\n', expected), where + string.Join('\n', got));
            Assert.Equal(
                (Only(plain).State.Total, Only(plain).State.Updated, Only(plain).State.Removed, Only(plain).NextTimer),
                (Only(other).State.Total, Only(other).State.Updated, Only(other).State.Removed, Only(other).NextTimer));
            if (chance.Next(3) == 0)
                stored.Take(Only(other));
            if (chance.Next(4) == 0)
            {
                stored.Take(Only(other));
                other = Restart(other, stored, spills: chance.Next(2) == 0, groups);
                Assert.Equal(Only(plain).NextTimer, Only(other).NextTimer);
            }
        }

        plain.Dispose();
        other.Dispose();
    }

    private static PipelineRun<Report> Clocked() => Run(groups: false);

    private static PipelineRun<Report> Run(bool groups)
    {
        PipelineRun<Report> run = new(groups ? new GroupReportsByClock() : new ReportsByClock());
        run.Table<Given>(0);
        return run;
    }

    private static PipelineRun<Report> Restart(PipelineRun<Report> run, ShuffledState stored, bool spills, bool groups = false)
    {
        PipelineRun<Report> next = Run(groups);
        (next.Clock, next.SpillsTo) = (run.Clock, run.SpillsTo);
        if (spills)
            Only(next).SpillArea = new MemorySpillArea();
        stored.Give(Only(next));
        run.Dispose();
        return next;
    }

    private static PipelineRun<Score> Next(PipelineRun<Score> run, ShuffledState stored, object pipeline)
    {
        PipelineRun<Score> next = new(pipeline);
        stored.Give(Only(next));
        run.Dispose();
        return next;
    }

    private static StatefulOperator Only<T>(PipelineRun<T> run)
        where T : IStreamRecord<T> => run.Graph.Stateful.Single();

    private static Order[] Numbered(int first, int count, string what, long number) =>
        [.. Enumerable.Range(first, count).Select(i => new Order("k" + i, what, "a name", number, null))];

    private static Order[] Repeated(string what, int count) => [.. Enumerable.Range(0, count).Select(i => new Order("k", what, "n" + i, i + 1, null))];

    private static Order Any(Random random, bool groups, int keys, long now)
    {
        string[] orders = groups ? GroupOrders : ByClockOrders;
        string what = orders[random.Next(orders.Length)];
        int key = random.Next(keys);
        return new Order(
            key == 0 ? null : key % 3 == 0 ? $"a key that does not lie in the table {key}" : "k" + key, what, "n" + random.Next(60),
            what is "timer" or "untimer" ? Math.Max(0, now + random.Next(-3, 12)) : random.Next(5), null);
    }
}
