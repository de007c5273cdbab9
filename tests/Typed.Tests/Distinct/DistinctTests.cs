using Typed.Columns;
using Typed.Operators;
using Typed.State;
using Typed.Tests.State;
using Typed.Tests.Generator;

namespace Typed.Tests.Distinct;

/// <summary>Deduplication against a model that keeps a list of keys (semantics 5); alone, since the pool counts for the whole process.</summary>
[Collection("Buffers")]
public sealed class DistinctTests
{
    private const long Second = 1_000_000;

    public enum Form
    {
        ForEver,
        ForEverInTime,
        AtItsTime,
        WholeRow,
        WithinWatermark,
        WholeRowWithinWatermark,
    }

    public static TheoryData<Form> Forms => [.. Enum.GetValues<Form>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Random_rows_pass_as_in_the_model(Form form)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(form, seed, rowsPerBatch: 30, ids: seed % 2 == 0 ? 4 : 40);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_spilled_changes_nothing(Form form)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(form, seed, rowsPerBatch: 30, ids: seed % 2 == 0 ? 4 : 40, spills: true);
        for (int seed = 0; seed < 4; seed++)
            Check(form, seed, rowsPerBatch: 1000, ids: 3000, spills: true);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Many_keys_come_and_go(Form form)
    {
        for (int seed = 0; seed < 3; seed++)
            Check(form, seed, rowsPerBatch: 1000, ids: 3000);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_hash_that_is_the_same_for_all_keys_changes_nothing(Form form)
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 100; seed < 130; seed++)
                Check(form, seed, rowsPerBatch: 60, ids: 30, spills: seed % 2 == 0);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void A_key_within_the_watermark_is_held_for_the_delay_after_its_first_row_and_no_longer()
    {
        using PipelineRun<SeenPing> run = new(new EachWithinWatermark());
        StatefulOperator distinct = run.Graph.Stateful.Single();
        Assert.Equal("dedupeWithinWatermark", distinct.Kind);
        Assert.Single(run.Batch(At(100, "a"), At(105, "a")));
        distinct.EvictionWatermark = 109 * Second + 999_999;
        Assert.Empty(run.Batch(At(109, "a")));
        Assert.Equal((1L, 0L), (distinct.State.Total, distinct.State.Removed));
        distinct.EvictionWatermark = 110 * Second;
        Assert.Empty(run.Batch(At(109, "a")));
        Assert.Equal((0L, 1L), (distinct.State.Total, distinct.State.Removed));
        Assert.Single(run.Batch(At(109, "a")));
    }

    [Fact]
    public void Same_id_at_another_time_is_no_duplicate_where_the_time_is_a_key()
    {
        using PipelineRun<SeenPing> run = new(new EachAtItsTime());
        StatefulOperator distinct = run.Graph.Stateful.Single();
        Assert.Equal(2, run.Batch(At(100, "a"), At(100, "b"), At(105, "a")).Count);
        distinct.EvictionWatermark = 100 * Second;
        Assert.Empty(run.Batch(At(100, "c")));
        Assert.Equal((1L, 1L, 1L), (distinct.State.Total, distinct.State.Removed, distinct.Counts.Duplicates));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_cut_short_is_refused(Form form)
    {
        using PipelineRun<SeenPing> run = Run(form);
        run.Batch(At(100, "a"), At(101, "a string that is not short"));
        StoredState stored = new();
        stored.Take(run.Graph.Stateful.Single());
        stored.RefusesWhatIsCutShort(() => Run(form).Graph.Stateful.Single());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_snapshot_writes_the_keys_that_are_new(Form form)
    {
        PipelineRun<SeenPing> run = Run(form);
        Assert.Equal(3, run.Batch(Numbered(1, 3)).Count);
        Assert.Equal(3, Changes(run));
        Assert.Equal(500, run.Batch(Numbered(1, 503)).Count);
        Assert.Equal(500, Changes(run));
        Assert.Empty(run.Batch(Numbered(100, 200)));
        Assert.Equal(0, Changes(run));
        run.Batch(Numbered(504, 2));
        run.Batch(Numbered(504, 900));
        Assert.Equal(900, Changes(run));
        run.Dispose();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_was_loaded_is_not_written_again(Form form)
    {
        PipelineRun<SeenPing> run = Run(form);
        run.Batch(Numbered(1, 500));
        run = run.Restart(Pipeline(form));
        Assert.Single(run.Batch(Numbered(500, 2)));
        Assert.Equal(1, Changes(run));
        run.Dispose();
    }

    [Fact]
    public void A_key_that_has_expired_is_neither_written_nor_removed()
    {
        using PipelineRun<SeenPing> run = new(new EachWithinWatermark());
        StatefulOperator distinct = run.Graph.Stateful.Single();
        run.Batch(At(100, "a"));
        Assert.Equal(1, Changes(run));
        run.Batch(At(101, "b"));
        distinct.EvictionWatermark = 112 * Second;
        run.Batch(At(120, "c"));
        Assert.Equal(1, Changes(run));
        StateHead head = new();
        distinct.SaveHead(head);
        Assert.Equal((112 * Second) + 1, head.FloorOf(0));
    }

    [Theory]
    [InlineData(Form.AtItsTime)]
    [InlineData(Form.WithinWatermark)]
    public void What_expires_in_the_spill_area_leaves_it_unread(Form form)
    {
        using PipelineRun<SeenPing> run = Run(form);
        StatefulOperator distinct = run.Graph.Stateful.Single();
        run.SpillsTo = () => 0;
        run.Batch([.. Enumerable.Range(0, 1000).Select(i => new Ping($"id {i}", i, 0, DateTimeOffset.UnixEpoch.AddSeconds(100 + i)))]);
        Assert.Equal((1000L, 1000L), (distinct.SpilledEntries, distinct.State.Total));
        distinct.EvictionWatermark = 600 * Second;
        run.Batch<Ping>();
        Assert.InRange(distinct.SpilledEntries, 400, 800);
        Assert.Equal(form == Form.AtItsTime ? 499 : 509, distinct.State.Total);
        distinct.EvictionWatermark = 2000 * Second;
        run.Batch<Ping>();
        Assert.Equal((0L, 0L), (distinct.SpillArea!.Count, distinct.State.Total));

        // No key came back; some pieces of the list of times at which they expire did.
        Assert.InRange(distinct.SpillArea.Counts.EntriesTaken, 0, 5);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_stored_need_not_fit_into_memory(Form form)
    {
        using PipelineRun<SeenPing> run = Run(form);
        using PipelineRun<SeenPing> other = Run(form);
        run.Batch([.. Enumerable.Range(0, 30_000).Select(i => new Ping($"id {i}", i, i, DateTimeOffset.UnixEpoch.AddMilliseconds(100_000 + i)))]);
        StoredState.LoadsWithin(run.Graph.Stateful.Single(), other.Graph.Stateful.Single());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Memory_keeps_what_came_last(Form form)
    {
        using PipelineRun<SeenPing> run = Run(form);
        StatefulOperator distinct = run.Graph.Stateful.Single();
        for (int batch = 0; batch < 20; batch++)
            run.Batch([.. Enumerable.Range(batch * 500, 500).Select(i => new Ping($"id {i}", i, i, DateTimeOffset.UnixEpoch.AddMilliseconds(100_000 + i)))]);
        long half = distinct.MemoryBytes / 2;
        run.SpillsTo = () => half;
        run.Batch<Ping>();
        long spilled = distinct.SpilledEntries;
        Assert.InRange(spilled, 800, 9000);
        Assert.Equal(10_000, distinct.State.Total);

        // The last ones are in memory and ask for nothing; the first ones are not, and are taken back.
        run.SpillsTo = null;
        run.Batch([.. Enumerable.Range(9500, 500).Select(i => new Ping($"id {i}", i, i, DateTimeOffset.UnixEpoch.AddMilliseconds(100_000 + i)))]);
        Assert.InRange(distinct.SpillArea!.Counts.EntriesTaken, 0, 100);
        Assert.Equal(500, distinct.Counts.Duplicates);
        run.Batch([.. Enumerable.Range(0, 500).Select(i => new Ping($"id {i}", i, i, DateTimeOffset.UnixEpoch.AddMilliseconds(100_000 + i)))]);
        Assert.InRange(distinct.SpillArea!.Counts.EntriesTaken, 400, 600);
        Assert.Equal((500L, spilled - distinct.SpillArea!.Counts.EntriesTaken), (distinct.Counts.Duplicates, distinct.SpilledEntries));
    }

    private static long Changes(PipelineRun<SeenPing> run)
    {
        StateChanges changes = new();
        run.Graph.Stateful.Single().SaveChanges(changes);
        return changes.Count;
    }

    private static Ping[] Numbered(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => new Ping($"an id that does not lie in the key {i}", i, 0, DateTimeOffset.UnixEpoch.AddSeconds(100).AddMicroseconds(i)))];

    private static void Check(Form form, int seed, int rowsPerBatch, int ids, bool spills = false)
    {
        long before = BufferPool.Outstanding;
        Random random = new(seed);
        PlainDistinct model = Model(form);
        int batchesARun = (seed % 4) switch { 0 => 1, 1 => 3, _ => int.MaxValue };
        int batchesASnapshot = (seed % 5) switch { 0 => 1, 1 => 2, _ => int.MaxValue };
        int mostRows = random.Next(3) switch { 0 when rowsPerBatch < 100 => 1, 1 when rowsPerBatch < 100 => 2, _ => int.MaxValue };
        long origin = random.Next(3) switch { 0 => -30, 1 => 0, _ => 1_700_000_000 };
        long late = long.MinValue;
        long eviction = random.Next(2) == 0 ? 0 : Math.Min(0, origin * Second);
        PipelineRun<SeenPing> run = Run(form);
        Random spill = new(seed);
        if (spills)
            run.SpillsTo = () => seed % 3 == 0 ? 0 : spill.Next(3) switch { 0 => 0, 1 => long.MaxValue, _ => spill.Next(60_000) };
        for (int batch = 0; batch < 12; batch++)
        {
            run.MostRows = mostRows;
            StatefulOperator distinct = run.Graph.Stateful.Single();
            Ping[] rows = [.. Enumerable.Range(0, random.Next(5) == 0 ? 0 : random.Next(rowsPerBatch)).Select(_ => Some(random, ids, origin + (batch * 3)))];
            if (random.Next(3) > 0)
                eviction = Math.Max(eviction, ((origin + (batch * 3) - random.Next(8)) * Second) + (random.Next(2) == 0 ? 0 : random.NextInt64(Second)));
            (distinct.LateWatermark, distinct.EvictionWatermark) = (late, eviction);
            List<SeenPing> got = run.Batch(rows);
            List<Ping> expected = model.Batch(rows, late, eviction);
            string where = $"{form}, seed {seed}, batch {batch}, rows of {mostRows}: ";
            Assert.Equal(where + string.Join('\n', expected.Select(row => new SeenPing(row.Id, row.Kind, row.Level, row.Time))), where + string.Join('\n', got));
            (RowCounts counts, StateCounts state) = (distinct.Counts, distinct.State);
            Assert.Equal(
                $"{where} late {model.Late}, duplicates {model.Duplicates}, updated {expected.Count}, removed {model.Removed}, total {model.Held}",
                $"{where} late {counts.Late}, duplicates {counts.Duplicates}, updated {state.Updated}, removed {state.Removed}, total {state.Total}");
            Assert.Equal((counts.Late, counts.In), (state.DroppedByWatermark, counts.Out + counts.Late + counts.Duplicates));
            late = eviction;
            if ((batch + 1) % batchesASnapshot == 0)
                run.Snapshot();
            if ((batch + 1) % batchesARun == 0)
                run = run.Restart(Pipeline(form));
        }

        run.Dispose();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static PipelineRun<SeenPing> Run(Form form) => new(Pipeline(form));

    private static object Pipeline(Form form) => form switch
    {
        Form.ForEver => new EachForEver(),
        Form.ForEverInTime => new EachForEverInTime(),
        Form.AtItsTime => new EachAtItsTime(),
        Form.WholeRow => new EachWholeRow(),
        Form.WithinWatermark => new EachWithinWatermark(),
        _ => new EachWholeRowWithinWatermark(),
    };

    // A null time as the time of a first row counts as the epoch, and as a key it is never passed (semantics 2.3.8, 5.4).
    private static PlainDistinct Model(Form form) => form switch
    {
        Form.ForEver => new(row => Keys(row.Id, row.Level), timed: false, _ => null),
        Form.ForEverInTime => new(row => Keys(row.Id, row.Kind), timed: true, _ => null),
        Form.AtItsTime => new(row => Keys(row.Kind, row.Time), timed: true, row => PlainDistinct.Micros(row.Time)),
        Form.WholeRow => new(row => Keys(row.Id, row.Kind, row.Level, row.Time), timed: true, row => PlainDistinct.Micros(row.Time)),
        Form.WithinWatermark => new(row => Keys(row.Id), timed: true, row => (PlainDistinct.Micros(row.Time) ?? 0) + PlainDistinct.Delay),
        _ => new(row => Keys(row.Id, row.Kind, row.Level, row.Time), timed: true, row => (PlainDistinct.Micros(row.Time) ?? 0) + PlainDistinct.Delay),
    };

    private static string Keys(params object?[] values) => string.Join('|', values.Select(PlainDistinct.Text));

    private static Ping At(int second, string id) => new(id, 1, 0, DateTimeOffset.UnixEpoch.AddSeconds(second));

    private static Ping Some(Random random, int ids, long second)
    {
        int id = random.Next(ids);
        return new Ping(
            id == 0 ? null : id % 3 == 0 ? $"an id that does not lie in the key {id}" : $"i{id}",
            random.Next(5) == 0 ? null : random.Next(Math.Max(2, ids / 3)),
            random.Next(6) switch { 0 => double.NaN, 1 => -double.NaN, 2 => 0.0, 3 => -0.0, _ => 1.5 },
            random.Next(12) == 0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(second + random.Next(-12, 9)).AddMicroseconds(random.Next(2)));
    }
}
