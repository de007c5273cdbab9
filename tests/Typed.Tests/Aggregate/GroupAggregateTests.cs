using Typed.Operators;
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
        for (int seed = 0; seed < 30; seed++)
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
        for (int seed = 0; seed < 30; seed++)
        {
            Model model = new(shapes.Rich, mode, seed) { Ttl = 5 };
            model.Check(() => shapes.Rich.Expiring(mode, 5));
        }
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
            using AggregateRun run = new(shape.InputSchema, make);
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

                run.Batch(rows, random.Next(2) == 0 ? 1000 : 2, mode, late, eviction, clock);
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
                if (seed % 2 == 0)
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

        internal AggregateShape All { get; } = AggregateShape.Compile(
            [], new Call("Count"), new Call("Sum", Key), new Call("Min", AggregateShape.Text), new Call("Average", Price), new Call("CountDistinct", Real), new Call("CollectSet", Key) { Constants = [9] });

        internal AggregateShape ByTime { get; } = AggregateShape.Compile([At, AggregateShape.Text], new Call("Sum", Whole), new Call("Max", Name));

        internal AggregateShape BySpan { get; } = AggregateShape.Compile([Span], new Call("Count"), new Call("Collect", AggregateShape.Text) { Constants = [4] });

        public void Dispose()
        {
            Rich.Dispose();
            All.Dispose();
            ByTime.Dispose();
            BySpan.Dispose();
        }
    }
}
