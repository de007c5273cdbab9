using Typed.State;
using static Typed.Tests.Aggregate.AggregateShape;

namespace Typed.Tests.Aggregate;

/// <summary>What a snapshot writes of windows: what has changed, and nothing else.</summary>
public sealed class WindowStateTests(WindowAggregateTests.Shapes shapes) : IClassFixture<WindowAggregateTests.Shapes>
{
    private const int Keys = 200;

    [Theory]
    [InlineData(OutputMode.Append, 10, 10, 1)]
    [InlineData(OutputMode.Append, 40, 10, 1)]
    [InlineData(OutputMode.Update, 10, 10, 1)]
    [InlineData(OutputMode.Update, 40, 10, 4)]
    [InlineData(OutputMode.Complete, 10, 10, 1)]
    [InlineData(OutputMode.Complete, 40, 10, 4)]
    public void A_snapshot_writes_the_groups_that_have_changed(OutputMode mode, long size, long slide, int entriesPerGroup)
    {
        foreach (bool spills in (bool[])[false, true])
        {
            using AggregateRun run = new(
                shapes.Rich.InputSchema, () => shapes.Rich.Window(mode, size, slide, 0, true), spills ? Spilling.AfterPushes : Spilling.None);
            run.Batch(Rows(Enumerable.Range(0, Keys), 5), 64, mode, 0, 0);
            Assert.Equal(Keys * entriesPerGroup, run.Snapshot());
            Assert.Equal(0, run.Snapshot());
            run.Batch(Rows([3, 7, 3, 199], 6), 2, mode, 0, 0);
            Assert.InRange(run.Snapshot(), 3 * entriesPerGroup, spills ? 4 * entriesPerGroup : 3 * entriesPerGroup);
            run.Restart();
            Assert.Equal(0, run.Snapshot());
            Assert.Equal(Keys * entriesPerGroup, run.Operator.State.Total / (mode == OutputMode.Append ? size / slide / entriesPerGroup : 1));
            run.Batch(Rows([5], 7), 2, mode, 0, 0);
            Assert.Equal(entriesPerGroup, run.Snapshot());
            run.Batch([], 2, mode, 0, 0);
            Assert.Equal(0, run.Snapshot());
        }
    }

    // Rows of the third batch are behind what was combined of the first, in append mode.
    [Theory]
    [InlineData(OutputMode.Append, 10)]
    [InlineData(OutputMode.Append, 40)]
    [InlineData(OutputMode.Update, 10)]
    [InlineData(OutputMode.Update, 40)]
    [InlineData(OutputMode.Complete, 40)]
    public void All_that_has_changed_is_written_in_slices(OutputMode mode, long size)
    {
        const int atLeast = 100;

        // The first window of the rows, where there are several.
        long closed = size == 10 ? 20 : 30;
        using AggregateRun run = new(shapes.Rich.InputSchema, () => shapes.Rich.Window(mode, size, 10, 0, true));
        run.Batch(Rows(Enumerable.Range(0, 10 * Keys), 25), 1000, mode, 0, 0);
        run.Batch([], 1000, mode, 0, closed);
        run.Batch(Rows(Enumerable.Range(5 * Keys, 10 * Keys), 25), 1000, mode, closed, closed);
        StateChanges changes = new();
        CaptureSlice slice = new() { EntriesAtLeast = atLeast };
        int slices = 0;
        for (bool isWhole = false; !isWhole; slices++)
        {
            long before = changes.Count;
            slice.Begin(TimeSpan.Zero);
            isWhole = run.Operator.SaveSome(changes, slice);
            Assert.InRange(changes.Count - before, 0, atLeast + 128);
        }

        Assert.InRange(slices, 15 * Keys / (atLeast + 128), 1000);
        Assert.InRange(changes.Count, 15 * Keys, 1_000_000);
        Assert.Equal(0, run.Snapshot());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    public void What_spills_is_not_kept_for_snapshots_where_there_are_none(long size)
    {
        using AggregateRun run = new(shapes.Rich.InputSchema, () => shapes.Rich.Window(OutputMode.Append, size, 10, 0, true), Spilling.AfterPushes);
        run.Operator.IsStored = false;
        run.Batch(Rows(Enumerable.Range(0, Keys), 5), 64, OutputMode.Append, 0, 0);
        Assert.Equal(Keys, run.Away);
        Assert.Equal(0, run.Snapshot());
    }

    [Theory]
    [InlineData(OutputMode.Append, 10)]
    [InlineData(OutputMode.Append, 40)]
    [InlineData(OutputMode.Update, 10)]
    [InlineData(OutputMode.Update, 40)]
    public void Windows_that_close_need_no_records(OutputMode mode, long size)
    {
        using AggregateRun run = new(shapes.Rich.InputSchema, () => shapes.Rich.Window(mode, size, 10, 0, true));
        run.Batch(Rows(Enumerable.Range(0, Keys), 5), 64, mode, 0, 0);
        run.Snapshot();
        Assert.NotEqual(0, run.Stored);
        run.Batch([], 64, mode, 0, 100);
        Assert.Equal(0, run.Snapshot());
        Assert.Equal((0L, 0), (run.Operator.State.Total, run.Stored));
        run.Restart();
        Assert.Equal((0L, 0L), (run.Operator.State.Total, run.Operator.Counts.Held));
    }

    [Theory]
    [InlineData(OutputMode.Append, 10)]
    [InlineData(OutputMode.Append, 40)]
    [InlineData(OutputMode.Update, 40)]
    [InlineData(OutputMode.Complete, 10)]
    public void What_is_stored_need_not_fit_into_memory(OutputMode mode, long size)
    {
        using AggregateRun run = new(shapes.Rich.InputSchema, () => shapes.Rich.Window(mode, size, 10, 0, true));
        run.Batch(Rows(Enumerable.Range(0, 20 * Keys), 5), 1000, mode, 0, 0);
        run.LoadsWithin();
    }

    [Theory]
    [InlineData(OutputMode.Append, 10)]
    [InlineData(OutputMode.Append, 40)]
    [InlineData(OutputMode.Update, 40)]
    [InlineData(OutputMode.Complete, 10)]
    public void What_spills_gives_its_memory_back(OutputMode mode, long size)
    {
        using AggregateRun run = new(shapes.Rich.InputSchema, () => shapes.Rich.Window(mode, size, 10, 0, true), Spilling.AtRandom);
        run.Batch(Rows(Enumerable.Range(0, 20 * Keys), 5), 1000, mode, 0, 0);
        long before = run.Operator.MemoryBytes;
        run.Operator.Spill(before / 2);
        Assert.InRange(run.Operator.MemoryBytes, 1, before * 9 / 10);
        run.Operator.Spill(0);
        Assert.InRange(run.Operator.EarlyBytes, 20 * Keys, run.Operator.MemoryBytes);
        run.Snapshot();
        Assert.InRange(run.Operator.MemoryBytes, 0, 64 << 10);
    }

    internal static List<TestRow> Rows(IEnumerable<int> keys, long time)
    {
        long sequence = 0;
        List<TestRow> rows = [];
        foreach (int key in keys)
        {
            TestRow row = TestRows.Make(new Random(key), 1, ref sequence, time, 1)[0];
            row.Values[AggregateShape.Time] = time;
            row.Values[Key] = (long)key;
            row.Values[Text] = "a text that is longer than a key holds";
            rows.Add(row);
        }

        return rows;
    }
}
