using System.Globalization;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.State;
using Typed.Tests.Generator;

namespace Typed.Tests.Top;

/// <summary>
/// The latest row of each key and the first rows of each group against a model that keeps all rows; alone, since the pool counts for the whole
/// process.
/// </summary>
[Collection("Buffers")]
public sealed class TopTests
{
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public enum Form
    {
        LatestBids,
        DearestBids,
        LatestBidsOfWindows,
        LatestBidsForAWhile,
        TopBidsOfWindows,
        TopBidsSoFar,
        FirstTickets,
    }

    public static TheoryData<Form> Forms => [.. Enum.GetValues<Form>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Random_rows_are_kept_as_in_the_model(Form form)
    {
        for (int seed = 0; seed < 40; seed++)
            Check(form, seed, rowsPerBatch: 40, items: seed % 2 == 0 ? 3 : 15);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_spilled_changes_nothing(Form form)
    {
        for (int seed = 0; seed < 40; seed++)
            Check(form, seed, rowsPerBatch: 40, items: seed % 2 == 0 ? 3 : 15, spills: true);
        for (int seed = 0; seed < 4; seed++)
            Check(form, seed, rowsPerBatch: 500, items: 200, spills: true);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Many_groups_come_and_go(Form form)
    {
        for (int seed = 0; seed < 2; seed++)
            Check(form, seed, rowsPerBatch: 500, items: 200);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_hash_that_is_the_same_for_all_keys_changes_nothing(Form form)
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 100; seed < 115; seed++)
                Check(form, seed, rowsPerBatch: 60, items: 10, spills: seed % 2 == 0);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void The_latest_row_of_a_key_is_the_last_of_equal_ones_and_no_older_one_replaces_it()
    {
        using PipelineRun<Bid> run = new(new LatestBids());
        Assert.Equal(["a 2", "b 1"], run.Batch(At(10, "a", 1), At(10, "a", 2), At(5, "b", 1), At(9, "a", 3)).Select(Words));
        Assert.Empty(run.Batch(At(9, "a", 4)));
        Assert.Equal(["a 5"], run.Batch(At(4, "b", 9), At(10, "a", 5)).Select(Words));
    }

    [Fact]
    public void Of_equal_rows_the_first_to_arrive_ranks_first_and_a_changed_group_is_written_whole()
    {
        using PipelineRun<RankedBid> run = new(new TopBidsSoFar());
        Assert.Equal(["1: 7", "2: 1", "3: 3"], run.Batch(Worth(1, 5), Worth(2, 4), Worth(3, 5), Worth(7, 9)).Select(Words));
        Assert.Empty(run.Batch(Worth(8, 5), Worth(9, null)));
        Assert.Equal(["1: 7", "2: 10", "3: 1"], run.Batch(Worth(10, 6)).Select(Words));
    }

    [Fact]
    public void The_first_of_each_window_come_when_its_counts_do()
    {
        using PipelineRun<Popular> run = new(new PopularItems());
        foreach (StatefulOperator one in run.Graph.Stateful)
            one.EvictionWatermark = Origin + (10 * Second);
        Assert.Equal(["topBy"], run.Graph.Stateful.Select(one => one.Kind).Where(kind => kind != "stateStoreSave"));
        Assert.Equal(
            ["b 3", "a 2"],
            run.Batch(At(1, "a", 1), At(2, "b", 1), At(3, "b", 1), At(4, "c", 1), At(5, "b", 1), At(6, "a", 1), At(11, "c", 1)).Select(row => $"{row.Item} {row.Bids}"));
    }

    [Fact]
    public void Late_rows_are_handed_over_as_they_came_in()
    {
        using PipelineRun<RankedBid> run = new(new TopBidsOfWindows()) { CaptureLate = true };
        StatefulOperator top = run.Graph.Stateful.Single();
        LateTickets late = new();
        top.LateRows = late;
        top.LateWatermark = top.EvictionWatermark = Origin + (10 * Second);
        Assert.Empty(run.Batch(At(9, "a", 1), At(10, "a", 2), At(0, "a", 3)));
        Assert.Equal([1UL, 3], late.Tickets);
        Assert.Equal((2L, 1L), (top.Counts.Late, top.Counts.Held));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_cut_short_is_refused(Form form)
    {
        StoredState stored = new();
        using (IRun run = Run(form))
        {
            run.Batch([At(1, "a", 1), At(2, "a string that is not short", 2), At(3, "a", 3)]);
            stored.Take(run.Operator);
        }

        stored.RefusesWhatIsCutShort(() => Run(form).Operator);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_snapshot_writes_the_groups_that_have_changed(Form form)
    {
        using IRun run = Run(form);
        run.Batch([.. Enumerable.Range(0, 300).Select(i => Of(i, 1))]);
        Assert.Equal((300, 0), Changes(run));
        Assert.Equal((0, 0), Changes(run));
        run.Batch([.. Enumerable.Range(0, 7).Select(i => Of(i * 40, 2))]);
        Assert.Equal((7, 0), Changes(run));
        run.Batch([.. Enumerable.Range(297, 10).Select(i => Of(i, 2))]);
        Assert.Equal((10, 0), Changes(run));
        run.Batch([Of(299, 3)]);
        Assert.Equal((1, form == Form.LatestBidsForAWhile ? 290 : 0), Changes(run));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_was_loaded_is_not_written_again(Form form)
    {
        using IRun run = Run(form);
        run.Batch([.. Enumerable.Range(0, 300).Select(i => Of(i, 1))]);
        run.Restart();
        run.Batch([Of(5, 2)]);
        Assert.Equal((1, 0), Changes(run));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_stored_need_not_fit_into_memory(Form form)
    {
        using IRun run = Run(form);
        using IRun other = Run(form);
        run.Batch([.. Enumerable.Range(0, 10_000).Select(i => Of(i, 1))]);
        StoredState.LoadsWithin(run.Operator, other.Operator);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void All_groups_leave_memory_and_those_of_new_rows_come_back(Form form)
    {
        using IRun run = Run(form);
        run.SpillsTo = () => 0;
        run.Batch([.. Enumerable.Range(0, 300).Select(i => Of(i, 1))]);
        Assert.Equal((300L, 300L), (run.Operator.SpillArea!.Count, run.Operator.State.Total));
        Assert.InRange(run.Operator.MemoryBytes, 0, 20_000);
        run.SpillsTo = null;
        run.Batch([Of(7, 2), Of(8, 0), Of(9, 2), Of(1000, 2)]);
        Assert.Equal((297L, 301L, 3L), (run.Operator.SpillArea.Count, run.Operator.State.Total, run.Operator.SpillArea.Counts.EntriesTaken));
    }

    private static (int Put, int Removed) Changes(IRun run)
    {
        StateChanges changes = new();
        run.Operator.SaveChanges(changes);
        int removed = StateRecord.In(changes).Count(record => record.IsRemoval);
        return ((int)changes.Count - removed, removed);
    }

    private static Bid Of(int item, int worth) => new($"an item that does not lie in the key {item}", item, worth, worth, (ulong)worth, [$"{item} {worth}"], Time(0).AddMicroseconds(item));

    private static void Check(Form form, int seed, int rowsPerBatch, int items, bool spills = false)
    {
        long before = BufferPool.Outstanding;
        Random random = new(seed);
        PlainTop model = Model(form);
        int batchesARun = (seed % 4) switch { 0 => 1, 1 => 3, _ => int.MaxValue };
        int batchesASnapshot = (seed % 5) switch { 0 => 1, 1 => 2, _ => int.MaxValue };
        int mostRows = random.Next(3) switch { 0 when rowsPerBatch < 100 => 1, 1 when rowsPerBatch < 100 => 2, _ => int.MaxValue };
        (long late, long eviction) = (0, 0);
        IRun run = Run(form);
        Random spill = new(seed);
        if (spills)
            run.SpillsTo = () => seed % 3 == 0 ? 0 : spill.Next(3) switch { 0 => 0, 1 => long.MaxValue, _ => spill.Next(60_000) };
        for (int batch = 0; batch < 12; batch++)
        {
            run.MostRows = mostRows;
            Bid[] rows = [.. Enumerable.Range(0, random.Next(4) == 0 ? 0 : random.Next(rowsPerBatch)).Select(_ => Some(random, items, batch * 3))];
            if (random.Next(3) > 0)
                eviction = Math.Max(eviction, Origin + (((batch * 3) - random.Next(8)) * Second));
            (run.Operator.LateWatermark, run.Operator.EvictionWatermark) = (late, eviction);
            List<string> got = run.Batch(rows);
            List<List<Bid>> expected = model.Batch(rows, late, eviction);
            string where = $"{form}, seed {seed}, batch {batch}, rows of {mostRows}: ";

            // Groups come in any order, the rows of one together and in theirs.
            Assert.Equal(where + Lines(expected.Select(group => string.Join('\n', group.Select((bid, i) => Text(form, bid, i + 1))))), where + Lines(Groups(got, expected)));
            (RowCounts counts, StateCounts state) = (run.Operator.Counts, run.Operator.State);
            Assert.Equal(
                $"{where} late {model.Late}, updated {model.Updated}, removed {model.Removed}, total {model.Held}, rows {model.HeldRows}",
                $"{where} late {counts.Late}, updated {state.Updated}, removed {state.Removed}, total {state.Total}, rows {counts.Held}");
            Assert.Equal((counts.Late, counts.In), (state.DroppedByWatermark, counts.Late + counts.Filtered + counts.Grouped));
            late = eviction;
            if ((batch + 1) % batchesASnapshot == 0)
                run.Snapshot();
            if ((batch + 1) % batchesARun == 0)
                run.Restart();
        }

        run.Dispose();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static string Lines(IEnumerable<string> groups) => string.Join("\n\n", groups.Order(StringComparer.Ordinal));

    /// <summary>Cuts what came out where the expected groups end: if a group came in pieces, some text differs.</summary>
    private static IEnumerable<string> Groups(List<string> got, List<List<Bid>> expected)
    {
        Dictionary<string, int> sizes = expected.ToDictionary(group => string.Join(' ', group[0].Tags), group => group.Count);
        for (int i = 0; i < got.Count;)
        {
            int size = Math.Min(sizes.GetValueOrDefault(got[i].Split('|')[^1], 1), got.Count - i);
            yield return string.Join('\n', got.GetRange(i, size));
            i += size;
        }
    }

    private static PlainTop Model(Form form) => form switch
    {
        Form.LatestBids => new(OutputMode.Update, 1, true, bid => bid.Item ?? "none", bid => bid.Time, _ => null),
        Form.DearestBids => new(OutputMode.Complete, 1, true, bid => $"{bid.Item ?? "none"} {bid.Time.UtcTicks}", bid => Real(bid.Price), bid => Micros(bid)),
        Form.LatestBidsOfWindows => new(OutputMode.Append, 1, true, bid => $"{bid.Item ?? "none"} {WindowEnd(bid)}", bid => bid.Amount, bid => WindowEnd(bid)),
        Form.LatestBidsForAWhile => new(OutputMode.Update, 1, true, bid => $"{bid.Item ?? "none"} {bid.Shop}", bid => bid.Ticket, _ => null, ttl: 3),
        Form.TopBidsOfWindows => new(OutputMode.Append, 3, false, bid => $"{bid.Shop} {WindowEnd(bid)}", bid => Real(bid.Price), bid => WindowEnd(bid)),
        Form.TopBidsSoFar => new(OutputMode.Update, 3, false, bid => $"{bid.Shop} {bid.Time.UtcTicks}", bid => bid.Amount, bid => Micros(bid)),
        _ => new(OutputMode.Complete, 20, false, bid => $"{bid.Shop}", bid => -(long)bid.Ticket, _ => null),
    };

    // NaN is the greatest number here and the least in .NET; the zeros are equal in both.
    private static IComparable? Real(double? value) => value is null ? null : (double.IsNaN(value.Value) ? 1 : 0, double.IsNaN(value.Value) ? 0 : value.Value + 0.0);

    private static long Micros(Bid bid) => (bid.Time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10;

    private static long WindowEnd(Bid bid) => ((Micros(bid) / (10 * Second)) + 1) * 10 * Second;

    private static IRun Run(Form form) => form switch
    {
        Form.LatestBids => new Driven<Bid>(() => new LatestBids(), Text),
        Form.DearestBids => new Driven<Bid>(() => new DearestBids(), Text),
        Form.LatestBidsOfWindows => new Driven<Bid>(() => new LatestBidsOfWindows(), Text),
        Form.LatestBidsForAWhile => new Driven<Bid>(() => new LatestBidsForAWhile(), Text),
        Form.TopBidsOfWindows => new Driven<RankedBid>(() => new TopBidsOfWindows(), Text),
        Form.TopBidsSoFar => new Driven<RankedBid>(() => new TopBidsSoFar(), Text),
        _ => new Driven<Bid>(() => new FirstTickets(), Text),
    };

    private static string Text(Form form, Bid bid, int rank) => form is Form.TopBidsOfWindows or Form.TopBidsSoFar
        ? Text(new RankedBid(bid.Item, rank, bid.Price, bid.Ticket, bid.Tags, bid.Time))
        : Text(bid);

    private static string Text(Bid bid) => string.Create(
        CultureInfo.InvariantCulture, $"{bid.Item ?? "none"}|{bid.Shop}|{bid.Price}|{bid.Amount:F2}|{bid.Ticket}|{bid.Time:O}|{string.Join(' ', bid.Tags)}");

    private static string Text(RankedBid bid) => string.Create(
        CultureInfo.InvariantCulture, $"{bid.Rank}|{bid.Item ?? "none"}|{bid.Price}|{bid.Ticket}|{bid.Time:O}|{string.Join(' ', bid.Tags)}");

    private static string Words(Bid bid) => $"{bid.Item} {bid.Ticket}";

    private static string Words(RankedBid bid) => $"{bid.Rank}: {bid.Ticket}";

    private static Bid At(int second, string item, ulong ticket) => new(item, 1, 1, 1, ticket, [$"{item} {ticket} {second}"], Time(second));

    private static Bid Worth(ulong ticket, decimal? amount) => new("a", 1, 1, amount, ticket, [], Time(1));

    private static DateTimeOffset Time(long second) => DateTimeOffset.UnixEpoch.AddMicroseconds(Origin).AddSeconds(second);

    private static Bid Some(Random random, int items, long second)
    {
        int item = random.Next(items);
        return new Bid(
            item == 0 ? null : item % 3 == 0 ? $"an item that does not lie in the key {item}" : $"i{item}",
            random.Next(Math.Max(2, items / 5)),
            random.Next(8) switch { 0 => null, 1 => double.NaN, 2 => 0.0, 3 => -0.0, 4 => double.NegativeInfinity, _ => random.Next(-3, 4) / 2.0 },
            random.Next(6) == 0 ? null : random.Next(-4, 5) / 4m,
            (ulong)random.Next(5),
            [random.NextInt64().ToString(CultureInfo.InvariantCulture), null],
            Time(second + random.Next(-12, 9)));
    }

    private sealed class LateTickets : ILateRows
    {
        public List<ulong> Tickets { get; } = [];

        public void Take(string operatorName, ColumnBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<long> eventTimes, long watermark)
        {
            foreach (int row in rows)
                Tickets.Add(Read<Bid>(batch, row).Ticket);
        }

        private static T Read<T>(ColumnBatch batch, int row)
            where T : IStreamRecord<T> => T.Read(batch, row);
    }

    /// <summary>A pipeline, whatever it writes.</summary>
    private interface IRun : IDisposable
    {
        StatefulOperator Operator { get; }

        int MostRows { get; set; }

        Func<long>? SpillsTo { get; set; }

        List<string> Batch(Bid[] rows);

        void Snapshot();

        void Restart();
    }

    private sealed class Driven<T>(Func<object> pipeline, Func<T, string> text) : IRun
        where T : IStreamRecord<T>
    {
        private PipelineRun<T> _run = new(pipeline());

        public StatefulOperator Operator => _run.Graph.Stateful.Single();

        public int MostRows
        {
            get => _run.MostRows;
            set => _run.MostRows = value;
        }

        public Func<long>? SpillsTo
        {
            get => _run.SpillsTo;
            set => _run.SpillsTo = value;
        }

        public List<string> Batch(Bid[] rows) => [.. _run.Batch(rows).Select(text)];

        public void Snapshot() => _run.Snapshot();

        public void Restart() => _run = _run.Restart(pipeline());

        public void Dispose() => _run.Dispose();
    }
}
