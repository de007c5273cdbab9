using Typed.Operators;
using static Typed.Tests.Aggregate.AggregateShape;

namespace Typed.Tests.Aggregate;

/// <summary>Windows against a model that puts each row into each of its windows and computes each result from the rows (semantics 1, 2.3, 3).</summary>
public sealed class WindowAggregateTests(WindowAggregateTests.Shapes shapes) : IClassFixture<WindowAggregateTests.Shapes>
{
    private const long Second = 1_000_000;

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void All_aggregates_of_random_windows_are_those_of_the_model(OutputMode mode)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(shapes.Rich, mode, seed, restart: seed % 3 == 0, watermarked: seed % 7 != 0 || mode == OutputMode.Append);
    }

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void Windows_without_a_key(OutputMode mode)
    {
        for (int seed = 0; seed < 40; seed++)
            Check(shapes.Bare, mode, seed, restart: seed % 2 == 0, watermarked: true);
    }

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Update)]
    public void Keys_of_several_kinds_and_windows_as_time(OutputMode mode)
    {
        for (int seed = 0; seed < 40; seed++)
            Check(shapes.Mixed, mode, seed, restart: seed % 2 == 0, watermarked: true, timeColumn: Span);
    }

    [Fact]
    public void A_hash_that_is_the_same_for_all_keys_changes_nothing()
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 0; seed < 20; seed++)
                Check(shapes.Rich, (OutputMode)(seed % 3), seed, restart: false, watermarked: true);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void State_that_is_spilled_changes_nothing(OutputMode mode)
    {
        for (int seed = 0; seed < 24; seed++)
        {
            Spilling spilling = (Spilling)(1 + (seed % 3));
            Check(shapes.Rich, mode, seed, restart: seed % 4 == 0, watermarked: seed % 7 != 0, spilling: spilling);
            Check(shapes.Mixed, mode, seed, restart: seed % 5 == 0, watermarked: true, timeColumn: Span, spilling: spilling);
            if (seed % 10 == 0)
                Check(shapes.Bare, mode, seed, restart: false, watermarked: true, spilling: spilling);
        }
    }

    [Fact]
    public void State_that_is_spilled_with_one_hash_for_all_keys()
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 0; seed < 20; seed++)
                Check(shapes.Rich, (OutputMode)(seed % 3), seed, restart: seed % 2 == 0, watermarked: true, spilling: (Spilling)(1 + (seed % 3)));
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    /// <summary>Window by window as the rule says it (semantics 1.2), for any size and slide.</summary>
    private static IEnumerable<(long Start, long End)> WindowsOf(long time, long size, long slide, long offset)
    {
        long rest = (time - offset) % slide;
        if (rest < 0)
            rest += slide;
        long last = time - rest;
        for (long start = last; start > time - size; start -= slide)
        {
            if (start <= time && time < start + size)
                yield return (start, start + size);
        }
    }

    private static void Check(AggregateShape shape, OutputMode mode, int seed, bool restart, bool watermarked, int timeColumn = AggregateShape.Time, Spilling spilling = Spilling.None)
    {
        Random random = new(seed);
        long unit = random.Next(3) switch { 0 => 1, 1 => 1700, _ => Second };
        long slide = random.Next(1, 6) * unit;
        long size = random.Next(3) == 0 ? slide : slide + (random.Next(0, 12) * unit);
        long offset = random.NextInt64(-slide + 1, slide);
        long origin = random.Next(4) switch { 0 => -20 * unit, 1 => 0, 2 => -5 * unit, _ => 1_600_000_000 * Second };
        int batchSize = random.Next(3) switch { 0 => 1, 1 => 2, _ => 1000 };
        bool drops = watermarked && mode != OutputMode.Complete;
        using AggregateRun run = new(shape.InputSchema, () => shape.Window(mode, size, slide, offset, watermarked, timeColumn), spilling) { InSlices = seed % 2 == 0 };
        Dictionary<(long Start, long End, string Key), List<TestRow>> groups = [];
        List<long> openRows = [];
        long late = 0;
        long eviction = 0;
        long sequence = 0;
        for (int batch = 0; batch < 10; batch++)
        {

            // Now and then rows far behind the watermark: late, or late for some of their windows only.
            int behind = random.Next(3) == 0 ? random.Next(12) : 0;
            List<TestRow> rows = TestRows.Make(
                random, random.Next(5) == 0 ? 0 : random.Next(1, 30), ref sequence, origin + (((batch * 3) - behind) * unit), (8 + behind) * unit);
            HashSet<(long, long, string)> touched = [];
            (long dropped, long lateRows, long nullTimes, long grouped) = (0, 0, 0, 0);
            List<int> lateList = [];
            for (int i = 0; i < rows.Count; i++)
            {
                TestRow row = rows[i];
                long? time = timeColumn == Span ? (((long, long)?)row.Values[Span])?.Item2 - 1 : row.Time;
                if (time is null)
                {
                    nullTimes++;
                    continue;
                }

                List<(long Start, long End)> windows = [.. WindowsOf(time.Value, size, slide, offset)];
                List<(long Start, long End)> open = [.. windows.Where(window => !drops || window.End > late)];
                dropped += windows.Count - open.Count;
                if (open.Count == 0)
                {
                    lateRows++;
                    lateList.Add(i);
                    continue;
                }

                grouped++;
                openRows.Add(windows.Max(window => window.End));
                foreach ((long start, long end) in open)
                {
                    (long, long, string) group = (start, end, AggregateReference.KeyOf(shape, row));
                    if (!groups.TryGetValue(group, out List<TestRow>? members))
                        groups.Add(group, members = []);
                    members.Add(row);
                    touched.Add(group);
                }
            }

            if (random.Next(3) > 0)
                eviction = Math.Max(eviction, origin + (((batch * 3) - random.Next(4)) * unit) + random.NextInt64(unit));
            if (random.Next(12) == 0)
                eviction += 40 * unit;
            run.Batch(rows, batchSize, mode, late, eviction);
            List<(long Start, long End, string Key)> closed = [.. groups.Keys.Where(group => drops && group.End <= eviction)];
            IEnumerable<(long Start, long End, string Key)> written = mode switch
            {
                OutputMode.Append => closed,
                OutputMode.Update => touched,
                _ => groups.Keys,
            };
            string[] expected = [.. written.Select(group => Text(shape, group, groups[group])).Order(StringComparer.Ordinal)];
            string where = $"seed {seed}, batch {batch}: size {size}, slide {slide}, offset {offset}, late {late}, eviction {eviction}";
            Assert.True(expected.SequenceEqual(run.Output.Order(StringComparer.Ordinal)),
                $"{where}\nexpected\n{string.Join("\n", expected)}\ngot\n{string.Join("\n", run.Output.Order(StringComparer.Ordinal))}");
            foreach ((long, long, string) group in closed)
                groups.Remove(group);
            long closedRows = drops ? openRows.RemoveAll(end => end <= eviction) : 0;
            StateCounts state = run.Operator.State;
            RowCounts counts = run.Operator.Counts;
            Assert.Equal(
                $"{where}: total {groups.Count}, updated {touched.Count}, removed {closed.Count}, dropped {dropped}, late {lateRows}, null {nullTimes}, grouped {grouped}, closed {closedRows}, held {openRows.Count}",
                $"{where}: total {state.Total}, updated {state.Updated}, removed {state.Removed}, dropped {state.DroppedByWatermark}, late {counts.Late}, null {counts.NullTime}, grouped {counts.Grouped}, closed {counts.Closed}, held {counts.Held}");
            Assert.Equal(lateList, run.Late.Order());
            if (spilling is Spilling.AfterBatches or Spilling.AfterPushes && shape.Keys.Length > 0)
                Assert.Equal(groups.Count > 0, run.Away > 0);
            late = eviction;
            if (restart)
                run.Restart();
            else if (random.Next(4) == 0)
                run.Snapshot();
        }
    }

    private static string Text(AggregateShape shape, (long Start, long End, string Key) group, List<TestRow> rows) =>
        string.Join("|", ((string[])[$"[{group.Start},{group.End})", .. shape.Keys.Length == 0 ? (string[])[] : [group.Key], AggregateReference.Results(shape, rows)]));

    /// <summary>The shapes, compiled once.</summary>
    public sealed class Shapes : IDisposable
    {
        /// <summary>Every aggregate by a nullable number and a nullable string.</summary>
        internal AggregateShape Rich { get; } = AggregateShape.Compile([AggregateShape.Key, AggregateShape.Text], EveryAggregate.Calls);

        internal AggregateShape Bare { get; } = AggregateShape.Compile(
            [], new Call("Count"), new Call("Average", Price), new Call("Last", AggregateShape.Text), new Call("Collect", Whole) { Constants = [3] });

        internal AggregateShape Mixed { get; } = AggregateShape.Compile(
            [Real, Flag, Name, Price, Id, Short, Wide], new Call("Count"), new Call("Sum", Whole), new Call("CountDistinct", Key));

        public void Dispose()
        {
            Rich.Dispose();
            Bare.Dispose();
            Mixed.Dispose();
        }
    }
}

/// <summary>Each aggregate over each sort of column.</summary>
internal static class EveryAggregate
{
    public static readonly Call[] Calls =
    [
        new("Count"), new("Count", Flag), new("CountNotNull", Text), new("Sum", Whole), new("Sum", Key), new("Sum", Real), new("Sum", Price),
        new("Average", Whole), new("Average", Key), new("Average", Real), new("Average", Price), new("Average", Short), new("Min", Whole), new("Max", Whole), new("Min", Key),
        new("Max", Real), new("Min", Real), new("Min", Short), new("Max", Price), new("Min", Name), new("Max", Text), new("Min", Id), new("Max", Id), new("Max", Wide),
        new("First", Text), new("Last", Name), new("First", Key), new("Last", Real), new("Last", Flag), new("MinBy", Text, Whole),
        new("MaxBy", Key, Name), new("MaxBy", Name, Real), new("MinBy", Whole, Price), new("VariancePopulation", Real),
        new("VarianceSample", Whole), new("StandardDeviationPopulation", Whole), new("StandardDeviationSample", Real), new("All", Flag),
        new("Any", Flag), new("CountDistinct", Text), new("CountDistinct", Real), new("CollectSet", Name) { Constants = [3] },
        new("CollectSet", Price) { Constants = [100] }, new("Collect", Text) { Constants = [4] }, new("Collect", Whole) { Constants = [100] },
        new("Aggregate", Whole),
    ];
}

/// <summary>Random rows from small domains, so that groups, ties and equal values are frequent.</summary>
internal static class TestRows
{
    private static readonly string[] Texts = ["", "a", "ab", "é", "abcdefgh", "twelve bytes", "thirteen byte", "a rather long text, longer than a key holds inline", "zz"];
    private static readonly double[] Reals = [0.0, -0.0, 1.5, -2.25, double.NaN, 1e9, 7];

    public static List<TestRow> Make(Random random, int count, ref long sequence, long origin, long range)
    {
        List<TestRow> rows = [];
        for (int i = 0; i < count; i++)
        {
            long time = origin + random.NextInt64(range);
            object?[] values =
            [
                Maybe(random, time), Maybe(random, (long)random.Next(4)), Maybe(random, Texts[random.Next(Texts.Length)]), Maybe(random, random.Next(2) == 0),
                Maybe(random, Reals[random.Next(Reals.Length)]), Maybe(random, (Int128)random.Next(-500, 500)), random.Next(-3, 100),
                Texts[random.Next(Texts.Length)], Maybe(random, new Guid(random.Next(3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
                Maybe(random, (float)random.Next(3)), Maybe(random, time), Maybe(random, (time - 2, time + 1)), (ulong)random.Next(3) + (ulong.MaxValue - 5),
                Maybe(random, random.NextInt64(-1, 8) * Math.Max(1, range / 20)),
            ];
            rows.Add(new TestRow(sequence++, values));
        }

        return rows;
    }

    private static object? Maybe(Random random, object value) => random.Next(6) == 0 ? null : value;
}
