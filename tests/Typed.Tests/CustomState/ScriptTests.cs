using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.State;

namespace Typed.Tests.CustomState;

/// <summary>The operator of custom state on its own: calls, timers, lifetimes, snapshots.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(100, true, true)]
    [InlineData(1, false, true)]
    public void A_key_has_one_call_with_all_its_rows(int batchSize, bool restart, bool spill)
    {
        using Run run = new(TimeMode.None, restart, spill);
        Assert.Equal(["a|count||1", "a|count||3", "a|rows||2", "|count||5", "|rows||1"], run.Batch(0, batchSize, S("a", "count", 1), S(null, "count", 5), S("a", "count", 2)));
        Assert.Equal(["a|count||10", "a|rows||1"], run.Batch(1, batchSize, S("a", "count", 7)));
        Assert.Equal(2, run.Operator.State.Total);
        Assert.Equal(["a|rows||1"], run.Batch(2, batchSize, S("a", "clear", 0)));
        Assert.Equal((1L, 1L, 0L), (run.Operator.State.Total, run.Operator.State.Removed, run.Operator.State.Updated));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Texts_records_lists_and_maps_are_kept(bool restart, bool spill)
    {
        using Run run = new(TimeMode.None, restart, spill);
        run.Batch(0, 10, S("a", "name", 0, "anna"), S("a", "charge", 12, "card"), S("a", "append", 0, "x"), S("a", "put", 1, "k"), S("a", "put", 2, "l"));
        Assert.Equal(
            ["a|named|anna|-1", "a|charged|card|12", "a|element|x|0", "a|got|k|1", "a|removed|k|1", "a|removed|k|0", "a|map|l=2|1", "a|rows|ben|7"],
            run.Batch(1, 10, S("a", "name", 0, "ben"), S("a", "charge", 0), S("a", "list", 0), S("a", "get", 0, "k"), S("a", "remove", 0, "k"), S("a", "remove", 0, "k"), S("a", "map", 0)));
        Assert.Equal(["a|charged||-1", "a|element|again|0", "a|rows|ben|2"], run.Batch(2, 10, S("a", "charge", 0), S("a", "list", 0)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Timers_fire_at_their_time_in_order_over_keys(bool restart, bool spill)
    {
        using Run run = new(TimeMode.ProcessingTime, restart, spill);
        run.Batch(1000, 10, S("b", "timer", 3000), S("a", "timer", 2000), S("a", "timer", 2000), S("a", "timer", 4000));
        Assert.Empty(run.Batch(1999, 10));
        Assert.Equal(["a|timer||2000", "b|timer||3000"], run.Batch(3000, 10));
        Assert.Equal(["a|rows||1"], run.Batch(3001, 10, S("a", "untimer", 4000)));
        Assert.Empty(run.Batch(9000, 10));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void What_has_expired_is_invisible_and_goes(bool restart, bool spill)
    {
        using Run run = new(TimeMode.ProcessingTime, restart, spill);
        run.Batch(1000, 10, S("a", "fresh", 7), S("a", "recent", 1), S("a", "lately", 0, "m"));
        run.Batch(2000, 10, S("a", "recent", 2));
        Assert.Equal(
            ["a|fresh|yes|7", "a|expires||11000", "a|recent|1,2|2", "a|expiries|11000,12000|0", "a|lately|m|1", "a|rows||1"],
            run.Batch(10_999, 10, S("a", "lives", 0)));
        Assert.Equal(["a|fresh|no|0", "a|expires||-1", "a|recent|2|1", "a|expiries|12000|0", "a|lately||0", "a|rows||1"], run.Batch(11_000, 10, S("a", "lives", 0)));
        Assert.Equal(1, run.Operator.State.Total);
        run.Batch(12_000, 10);
        Assert.Equal(0, run.Operator.State.Total);
    }

    private static Step S(string? key, string what, long number, string? name = null) => new(key, what, name, number, null);

    private sealed class Run(TimeMode time, bool restart, bool spill) : IDisposable
    {
        private readonly Arena _scratch = new();
        private readonly List<string> _rows = [];
        private readonly StoredState _stored = new();
        private long _id;

        public StatefulOperator Operator { get; private set; } = ScriptOperator.Make(time, watermark: false);

        public string[] Batch(long millis, int batchSize, params Step[] steps)
        {
            if (restart)
            {
                StatefulOperator next = ScriptOperator.Make(time, watermark: false);
                _stored.Move(Operator, next);
                Operator.Dispose();
                Operator = next;
            }

            _rows.Clear();
            if (spill)
                Operator.SpillArea ??= new MemorySpillArea();
            if (Operator.Readers.Count == 0)
                Operator.PushTo(new Collector(_rows));
            Operator.Begin(new BatchContext(_id++, millis * 1000, OutputMode.Append, false, _scratch));
            for (int from = 0; from < steps.Length; from += batchSize)
            {
                ColumnBatch batch = new(RowSchema.Of<Step>());
                foreach (Step step in steps.Skip(from).Take(batchSize))
                    Append(step, batch);
                batch.Length = Math.Min(batchSize, steps.Length - from);
                Operator.Process(batch);
                batch.Release();
                Operator.Spill(0);
            }

            Operator.InputEnded();
            Operator.Spill(0);
            return [.. _rows];
        }

        public void Dispose()
        {
            Operator.Dispose();
            _scratch.Dispose();
        }

        private static void Append<T>(T row, ColumnBatch batch)
            where T : IStreamRecord<T> => T.Append(row, batch);
    }

    private sealed class Collector(List<string> rows) : Operator("collector", RowSchema.Of<Seen>())
    {
        public override void Process(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                rows.Add(Read<Seen>(batch, row));
        }

        private static string Read<T>(ColumnBatch batch, int row)
            where T : IStreamRecord<T> => T.Read(batch, row) is Seen seen ? $"{seen.Key}|{seen.What}|{seen.Name}|{seen.Number}" : "";
    }
}
