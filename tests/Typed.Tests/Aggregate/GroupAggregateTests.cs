using Typed.Operators;
using Typed.State;
using static Typed.Tests.Aggregate.AggregateShape;

namespace Typed.Tests.Aggregate;

/// <summary>Groups that are no windows, against a model that keeps all rows of each group (semantics 3).</summary>
public sealed class GroupAggregateTests(GroupAggregateTests.Shapes shapes) : IClassFixture<GroupAggregateTests.Shapes>
{
    [Theory]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void Groups_by_plain_keys(OutputMode mode)
    {
        for (int seed = 0; seed < 36; seed++)
        {
            Model model = new(shapes.Rich, mode, seed);
            model.Check(() => shapes.Rich.Keyed(mode));
        }
    }

    [Theory]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void All_rows_as_one_group_have_a_result_in_every_batch(OutputMode mode)
    {
        for (int seed = 0; seed < 15; seed++)
        {
            Model model = new(shapes.All, mode, seed) { IsGlobal = true };
            model.Check(() => shapes.All.Global(mode));
        }
    }

    [Theory]
    [InlineData(OutputMode.Append, At)]
    [InlineData(OutputMode.Update, At)]
    [InlineData(OutputMode.Append, Span)]
    [InlineData(OutputMode.Update, Span)]
    public void A_time_among_the_keys_is_late_and_closes_by_the_watermark(OutputMode mode, int time)
    {
        AggregateShape shape = time == At ? shapes.ByTime : shapes.BySpan;
        for (int seed = 0; seed < 30; seed++)
        {
            Model model = new(shape, mode, seed) { TimeOf = row => time == At ? (long?)row.Values[At] : (((long, long)?)row.Values[Span])?.Item2 };
            model.Check(() => shape.Timed(mode));
        }
    }

    [Theory]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void Groups_without_rows_are_forgotten_after_their_time_to_live(OutputMode mode)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            Model model = new(shapes.Rich, mode, seed) { Ttl = 5 };
            model.Check(() => shapes.Rich.Expiring(mode, 5));
        }
    }

    [Theory]
    [InlineData("keyed", false)]
    [InlineData("keyed", true)]
    [InlineData("ttl", false)]
    [InlineData("ttl", true)]
    [InlineData("timed", false)]
    [InlineData("timed", true)]
    public void A_snapshot_writes_what_has_changed(string kind, bool spills)
    {
        AggregateShape shape = kind == "timed" ? shapes.ByTime : shapes.Numbered;
        using AggregateRun run = new(shape.InputSchema, () => kind switch
        {
            "keyed" => shape.Keyed(OutputMode.Update),
            "ttl" => shape.Expiring(OutputMode.Update, 100),
            _ => shape.Timed(OutputMode.Update),
        }, spills ? Spilling.AfterPushes : Spilling.None);
        long sequence = 0;
        long clock = 0;
        List<TestRow> thousand = [.. TestRows.Make(new Random(1), 1000, ref sequence, 1, 1).Select((row, i) => Numbered(row, i))];
        run.Batch(thousand, 100, OutputMode.Update, 0, 0, clock);
        Assert.Equal(1000, run.Snapshot());
        Assert.Equal(0, run.Snapshot());
        run.Batch([thousand[7], thousand[7], thousand[500]], 1, OutputMode.Update, 0, 0, ++clock);
        Assert.Equal(["500", "7"], run.Output.Select(KeyText).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(run.Snapshot(), 2, spills ? 3 : 2);
        run.Restart();
        Assert.Equal(0, run.Snapshot());
        run.Batch([thousand[9]], 1, OutputMode.Update, 0, 0, ++clock);
        run.Batch([Numbered(thousand[9], 5000)], 1, OutputMode.Update, 0, 0, ++clock);
        Assert.Equal(2, run.Snapshot());

        // What is closed or has expired: by the floor of the table, or with a record for each that was stored.
        run.Batch([], 1, OutputMode.Update, 0, 10, clock += 99);
        Assert.Equal(kind switch { "timed" => 1001, "ttl" => 1000, _ => 0 }, run.Operator.State.Removed);
        Assert.Equal(kind == "ttl" ? 1000 : 0, run.Snapshot());
        run.Restart();
        Assert.Equal(kind switch { "timed" => 0, "ttl" => 1, _ => 1001 }, run.Operator.State.Total);
    }

    [Fact]
    public void A_group_that_was_never_stored_leaves_no_record()
    {
        using AggregateRun run = new(shapes.Numbered.InputSchema, () => shapes.Numbered.Expiring(OutputMode.Update, 2));
        long sequence = 0;
        List<TestRow> rows = [.. TestRows.Make(new Random(1), 3, ref sequence, 1, 1).Select(Numbered)];
        run.Batch([rows[0]], 1, OutputMode.Update, 0, 0, 0);
        Assert.Equal(1, run.Snapshot());
        run.Batch([rows[1]], 1, OutputMode.Update, 0, 0, 10);
        run.Batch([rows[2]], 1, OutputMode.Update, 0, 0, 20);
        Assert.Equal(2, run.Snapshot());
    }

    [Fact]
    public void What_is_spilled_needs_no_memory()
    {
        using AggregateRun run = new(shapes.Numbered.InputSchema, () => shapes.Numbered.Keyed(OutputMode.Update));
        run.Operator.SpillArea = new MemorySpillArea();
        long sequence = 0;
        List<TestRow> rows = [.. TestRows.Make(new Random(1), 20_000, ref sequence, 1, 1).Select(Numbered)];
        run.Batch(rows, 500, OutputMode.Update, 0, 0);
        run.Snapshot();
        long all = run.Operator.MemoryBytes;
        foreach (long keep in (long[])[all * 3 / 4, all / 2, all / 10, 0])
        {
            run.Operator.Spill(keep);
            Assert.InRange(run.Operator.MemoryBytes, keep / 2, keep + (all / 4));
            run.Batch(rows[..100], 500, OutputMode.Update, 0, 0);
            Assert.Equal(20_000, run.Operator.State.Total);
        }

        run.Operator.Spill(0);
        Assert.InRange(run.Operator.MemoryBytes, 0, 10_000);
    }

    [Fact]
    public void What_is_stored_need_not_fit_into_memory()
    {
        long sequence = 0;
        List<TestRow> rows = [.. TestRows.Make(new Random(1), 20_000, ref sequence, 1, 1000).Select(Numbered)];
        foreach (Func<StatefulOperator> make in (Func<StatefulOperator>[])[() => shapes.Numbered.Keyed(OutputMode.Update), () => shapes.Numbered.Expiring(OutputMode.Update, 5)])
        {
            using AggregateRun run = new(shapes.Numbered.InputSchema, make);
            run.Batch(rows, 500, OutputMode.Update, 0, 0);
            run.LoadsWithin();
        }

        using AggregateRun timed = new(shapes.ByTime.InputSchema, () => shapes.ByTime.Timed(OutputMode.Append));
        timed.Batch(TestRows.Make(new Random(1), 20_000, ref sequence, 1000, 1_000_000), 500, OutputMode.Append, 0, 0);
        timed.LoadsWithin();
    }

    [Fact]
    public void The_groups_that_go_are_those_that_no_row_came_for()
    {
        using AggregateRun run = new(shapes.Numbered.InputSchema, () => shapes.Numbered.Keyed(OutputMode.Update));
        run.Operator.SpillArea = new MemorySpillArea();
        long sequence = 0;
        List<TestRow> rows = [.. TestRows.Make(new Random(1), 1000, ref sequence, 1, 1).Select(Numbered)];
        run.Batch(rows, 500, OutputMode.Update, 0, 0);
        run.Batch(rows[..500], 500, OutputMode.Update, 0, 0);
        run.Operator.Spill(run.Operator.MemoryBytes * 6 / 10);
        Assert.InRange(run.Away, 300, 500);
        long away = run.Away;
        run.Batch(rows[..500], 500, OutputMode.Update, 0, 0);
        Assert.Equal(away, run.Away);
    }

    [Fact]
    public void Removed_groups_leave_no_memory_behind()
    {
        using AggregateRun run = new(shapes.ByTime.InputSchema, () => shapes.ByTime.Timed(OutputMode.Append));
        Random random = new(1);
        long sequence = 0;
        long most = 0;
        for (int batch = 0; batch < 200; batch++)
        {
            run.Batch(TestRows.Make(random, 100, ref sequence, (batch + 1) * 1000, 1000), 1000, OutputMode.Append, batch * 1000, (batch + 1) * 1000);
            if (batch == 50)
                most = run.Operator.State.MemoryBytes;
        }

        Assert.InRange(run.Operator.State.MemoryBytes, 1, most * 2);
    }

    private static TestRow Numbered(TestRow row, int number)
    {
        object?[] values = [.. row.Values];
        (values[AggregateShape.Key], values[AggregateShape.Text], values[At]) = ((long)number, number.ToString(System.Globalization.CultureInfo.InvariantCulture), 5L);
        return row with { Values = values };
    }

    private static string KeyText(string row) => row.Split('|').First(part => part != "5");

    /// <summary>What the operator must do, batch by batch.</summary>
    private sealed class Model(AggregateShape shape, OutputMode mode, int seed)
    {
        private readonly Dictionary<string, (List<TestRow> Rows, long? Time, long LastSeen)> _groups = [];

        public bool IsGlobal { get; init; }

        public Func<TestRow, long?>? TimeOf { get; init; }

        public long Ttl { get; init; }

        public void Check(Func<StatefulOperator> make)
        {
            Random random = new(seed);
            using AggregateRun run = new(shape.InputSchema, make, (Spilling)(seed % 7 % 4)) { InSlices = seed % 2 == 0 };
            long sequence = 0;
            (long late, long eviction, long clock) = (0, 0, 0);
            for (int batch = 0; batch < 12; batch++)
            {
                clock += random.Next(4);
                List<TestRow> rows = TestRows.Make(random, random.Next(4) == 0 ? 0 : random.Next(1, 40), ref sequence, (batch * 5) - 5, 20);
                if (TimeOf is not null)
                    eviction = Math.Max(eviction, (batch * 5) - 5 + random.Next(15));
                int removed = 0;
                foreach (string key in _groups.Where(group => Ttl > 0 && group.Value.LastSeen + Ttl <= clock).Select(group => group.Key).ToList())
                {
                    _groups.Remove(key);
                    removed++;
                }

                HashSet<string> touched = IsGlobal ? [""] : [];
                if (IsGlobal && !_groups.ContainsKey(""))
                    _groups[""] = ([], null, 0);
                List<int> lateRows = [];
                for (int i = 0; i < rows.Count; i++)
                {
                    long? time = TimeOf?.Invoke(rows[i]);
                    if (TimeOf is not null && time <= late)
                    {
                        lateRows.Add(i);
                        continue;
                    }

                    string key = AggregateReference.KeyOf(shape, rows[i]);
                    List<TestRow> members = _groups.TryGetValue(key, out var group) ? group.Rows : [];
                    members.Add(rows[i]);
                    _groups[key] = (members, time, clock);
                    touched.Add(key);
                }

                run.Batch(rows, random.Next(3) switch { 0 => 1000, 1 => 2, _ => 1 }, mode, late, eviction, clock);
                List<string> closed = TimeOf is null ? [] : [.. _groups.Where(group => group.Value.Time <= eviction).Select(group => group.Key)];
                IEnumerable<string> written = mode switch { OutputMode.Append => closed, OutputMode.Update => touched, _ => _groups.Keys };
                string[] expected = [.. written.Select(Text).Order(StringComparer.Ordinal)];
                string where = $"seed {seed}, batch {batch}, late {late}, eviction {eviction}, clock {clock}";
                Assert.True(expected.SequenceEqual(run.Output.Order(StringComparer.Ordinal)),
                    $"{where}\nexpected\n{string.Join("\n", expected)}\ngot\n{string.Join("\n", run.Output.Order(StringComparer.Ordinal))}");
                foreach (string key in closed)
                    _groups.Remove(key);
                StateCounts state = run.Operator.State;
                RowCounts counts = run.Operator.Counts;
                Assert.Equal(
                    (where, _groups.Count, touched.Count, removed + closed.Count, lateRows.Count, lateRows.Count, _groups.Sum(group => group.Value.Rows.Count)),
                    (where, (int)state.Total, (int)state.Updated, (int)state.Removed, (int)state.DroppedByWatermark, (int)counts.Late, (int)counts.Held));
                Assert.Equal(lateRows, run.Late);
                late = eviction;
                if (seed % 5 == 1 || (seed % 5 == 2 && batch % 3 == 0))
                    run.Snapshot();
                if (seed % 2 == 0 || (seed % 4 == 1 && batch % 3 == 2))
                    run.Restart();
            }
        }

        private string Text(string key) =>
            shape.Keys.Length == 0 ? AggregateReference.Results(shape, _groups[key].Rows) : $"{key}|{AggregateReference.Results(shape, _groups[key].Rows)}";
    }

    /// <summary>The shapes, compiled once.</summary>
    public sealed class Shapes : IDisposable
    {
        internal AggregateShape Rich { get; } = AggregateShape.Compile([AggregateShape.Key, AggregateShape.Text], EveryAggregate.Calls);

        internal AggregateShape Numbered { get; } = AggregateShape.Compile([AggregateShape.Key], new Call("Count"), new Call("Sum", Whole));

        internal AggregateShape All { get; } = AggregateShape.Compile(
            [], new Call("Count"), new Call("Sum", Key), new Call("Min", AggregateShape.Text), new Call("Average", Price), new Call("CountDistinct", Real), new Call("CollectSet", Key) { Constants = [9] });

        internal AggregateShape ByTime { get; } = AggregateShape.Compile([At, AggregateShape.Text], new Call("Sum", Whole), new Call("Max", Name));

        internal AggregateShape BySpan { get; } = AggregateShape.Compile([Span], new Call("Count"), new Call("Collect", AggregateShape.Text) { Constants = [4] });

        public void Dispose()
        {
            Rich.Dispose();
            Numbered.Dispose();
            All.Dispose();
            ByTime.Dispose();
            BySpan.Dispose();
        }
    }
}
