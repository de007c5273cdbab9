using Typed.Tests.Aggregate;

namespace Typed.Tests.Session;

/// <summary>What a snapshot writes of sessions: keys that have changed, and those that are gone.</summary>
public sealed class SessionStateTests(SessionTests.Shapes shapes) : IClassFixture<SessionTests.Shapes>
{
    private const int Keys = 200;

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Complete)]
    public void A_snapshot_writes_the_keys_that_have_changed(OutputMode mode)
    {
        foreach (bool spills in (bool[])[false, true])
        {
            using AggregateRun run = Run(mode, spills ? Spilling.AfterPushes : Spilling.None);
            run.Batch(Rows(Enumerable.Range(0, Keys), 5), 64, mode, 0, 0);
            Assert.Equal((Keys, 0), (run.Snapshot(), run.Snapshot()));
            run.Batch(Rows([3, 7, 3, 199], 50), 2, mode, 0, 0);
            Assert.InRange(run.Snapshot(), 3, spills ? 4 : 3);
            run.Restart();
            Assert.Equal((0, Keys, Keys + 3L), (run.Snapshot(), run.Stored, run.Operator.State.Total));
            run.Batch(Rows([5], 7), 2, mode, 0, 0);
            Assert.Equal(1, run.Snapshot());
            run.Batch([], 2, mode, 0, 0);
            Assert.Equal(0, run.Snapshot());
        }
    }

    [Fact]
    public void Keys_without_a_session_are_removed_and_those_that_were_never_stored_need_no_record()
    {
        foreach (Spilling spilling in (Spilling[])[Spilling.None, Spilling.AfterBatches])
        {
            using AggregateRun run = Run(OutputMode.Append, spilling);
            run.Batch(Rows(Enumerable.Range(0, Keys), 5), 64, OutputMode.Append, 0, 0);
            run.Snapshot();
            run.Batch(Rows([.. Enumerable.Range(Keys, 100), 1, 2], 50), 64, OutputMode.Append, 0, 0);
            run.Batch([], 64, OutputMode.Append, 0, 40);
            Assert.Equal(Keys, run.Output.Count);
            run.Snapshot();
            Assert.Equal(102, run.Stored);
            run.Batch(Rows(Enumerable.Range(1000, 50), 60), 64, OutputMode.Append, 0, 100);
            Assert.Equal(152, run.Output.Count);
            Assert.InRange(run.Snapshot(), 102, spilling == Spilling.None ? 102 : 204);
            Assert.Equal((0, 0L), (run.Stored, run.Operator.State.Total));
        }
    }

    [Fact]
    public void What_is_stored_need_not_fit_into_memory()
    {
        using AggregateRun run = Run(OutputMode.Append, Spilling.None);
        run.Batch(Rows(Enumerable.Range(0, 50 * Keys), 5), 1000, OutputMode.Append, 0, 0);
        run.LoadsWithin();
    }

    [Fact]
    public void What_spills_gives_its_memory_back_and_is_looked_through_for_what_comes_next()
    {
        using AggregateRun run = Run(OutputMode.Append, Spilling.AtRandom);
        run.Batch(Rows(Enumerable.Range(0, 20 * Keys), 5), 1000, OutputMode.Append, 0, 0);
        run.Batch(Rows(Enumerable.Range(0, 20 * Keys), 50), 1000, OutputMode.Append, 0, 0);
        long before = run.Operator.MemoryBytes;
        run.Operator.Spill(before / 2);
        Assert.InRange(run.Operator.MemoryBytes, 1, before * 9 / 10);
        Assert.Equal(15, run.Operator.NextRelease());
        run.Operator.Spill(0);
        Assert.InRange(run.Operator.EarlyBytes, 20 * Keys, run.Operator.MemoryBytes);
        run.Snapshot();
        Assert.InRange(run.Operator.MemoryBytes, 0, 64 << 10);
        Assert.Equal(15, run.Operator.NextRelease());
    }

    private AggregateRun Run(OutputMode mode, Spilling spilling) =>
        new(shapes.Rich.InputSchema, () => shapes.Rich.Sessions(mode, AggregateShape.Time, -1, 10, 0, true), spilling);

    private static List<TestRow> Rows(IEnumerable<int> keys, long time) => WindowStateTests.Rows(keys, time);
}
