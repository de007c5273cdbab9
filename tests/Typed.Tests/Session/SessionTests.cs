using Typed.Columns;
using Typed.Operators;
using Typed.Tests.Aggregate;
using static Typed.Tests.Aggregate.AggregateShape;

namespace Typed.Tests.Session;

/// <summary>
/// Sessions against a model that sorts all rows of a key which are not closed yet, and merges them anew in each batch (semantics 4).
/// </summary>
public sealed class SessionTests(SessionTests.Shapes shapes) : IClassFixture<SessionTests.Shapes>
{
    private const long Second = 1_000_000;

    public enum GapKind
    {
        Same,
        PerRow,
        Months,
    }

    [Theory]
    [InlineData(OutputMode.Append, GapKind.Same)]
    [InlineData(OutputMode.Append, GapKind.PerRow)]
    [InlineData(OutputMode.Append, GapKind.Months)]
    [InlineData(OutputMode.Complete, GapKind.Same)]
    [InlineData(OutputMode.Complete, GapKind.PerRow)]
    public void All_aggregates_of_random_sessions_are_those_of_the_model(OutputMode mode, GapKind kind)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(shapes.Rich, mode, kind, seed, restart: seed % 3 == 0, watermarked: mode == OutputMode.Append || seed % 3 != 1);
    }

    [Theory]
    [InlineData(OutputMode.Append, GapKind.Same)]
    [InlineData(OutputMode.Append, GapKind.PerRow)]
    [InlineData(OutputMode.Complete, GapKind.PerRow)]
    public void Few_keys_with_many_sessions(OutputMode mode, GapKind kind)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(shapes.One, mode, kind, seed, restart: seed % 2 == 0, watermarked: true, rowsPerBatch: 80);
    }

    [Fact]
    public void Keys_of_several_kinds_and_windows_as_time()
    {
        for (int seed = 0; seed < 40; seed++)
            Check(shapes.Mixed, OutputMode.Append, (GapKind)(seed % 2), seed, restart: seed % 2 == 0, watermarked: true, timeColumn: Span);
    }

    [Fact]
    public void Many_keys_that_come_and_go()
    {
        for (int seed = 0; seed < 6; seed++)
            Check(shapes.Many, OutputMode.Append, GapKind.Same, seed, restart: seed % 2 == 0, watermarked: true, rowsPerBatch: 3000);
    }

    [Fact]
    public void A_hash_that_is_the_same_for_all_keys_changes_nothing()
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 0; seed < 20; seed++)
                Check(shapes.Rich, seed % 2 == 0 ? OutputMode.Append : OutputMode.Complete, (GapKind)(seed % 3), seed, restart: seed % 4 == 0, watermarked: true);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Complete)]
    public void State_that_is_spilled_changes_nothing(OutputMode mode)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            GapKind kind = (GapKind)(seed % (mode == OutputMode.Append ? 3 : 2));
            Spilling spilling = (Spilling)(1 + (seed / 3 % 3));
            Check(shapes.Rich, mode, kind, seed, restart: seed % 4 == 0, watermarked: mode == OutputMode.Append || seed % 3 != 1, spilling: spilling);
            Check(shapes.One, mode, kind, seed, restart: seed % 2 == 0, watermarked: true, rowsPerBatch: 80, spilling: spilling);
            Check(shapes.Mixed, mode, (GapKind)(seed % 2), seed, restart: seed % 5 == 0, watermarked: true, timeColumn: Span, spilling: spilling);
        }

        Check(shapes.Many, mode, GapKind.Same, 1, restart: false, watermarked: true, rowsPerBatch: 3000, spilling: Spilling.AtRandom);
    }

    [Fact]
    public void State_that_is_spilled_with_one_hash_for_all_keys()
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 0; seed < 20; seed++)
                Check(shapes.Rich, seed % 2 == 0 ? OutputMode.Append : OutputMode.Complete, (GapKind)(seed % 2), seed, restart: seed % 4 == 0, watermarked: true, spilling: (Spilling)(1 + (seed % 3)));
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void Update_mode_has_no_operator()
    {
        Assert.Throws<System.Reflection.TargetInvocationException>(() => shapes.One.Sessions(OutputMode.Update, AggregateShape.Time, -1, 10, 0, true));
    }

    private static void Check(
        AggregateShape shape, OutputMode mode, GapKind kind, int seed, bool restart, bool watermarked, int timeColumn = AggregateShape.Time, int rowsPerBatch = 30,
        Spilling spilling = Spilling.None)
    {
        Random random = new(seed);
        long unit = random.Next(3) switch { 0 => 1, 1 => 1700, _ => Second };
        if (kind == GapKind.Months)
            unit = 20 * 86_400 * Second;
        long gap = random.Next(1, 6) * unit;
        int months = kind == GapKind.Months ? random.Next(1, 4) : 0;
        if (months > 0 && random.Next(2) == 0)
            gap = random.NextInt64(-Second, 2 * Second);
        long origin = random.Next(4) switch { 0 => -20 * unit, 1 => 0, 2 => -5 * unit, _ => 1_600_000_000 * Second };
        int batchSize = random.Next(3) switch { 0 when rowsPerBatch < 100 => 1, 1 => 2, _ => 1000 };
        using AggregateRun run = new(
            shape.InputSchema, () => shape.Sessions(mode, timeColumn, kind == GapKind.PerRow ? Gap : -1, kind == GapKind.PerRow ? 0 : gap, months, watermarked), spilling) { InSlices = seed % 2 == 0 };
        List<OpenRow> open = [];
        long late = 0;
        long eviction = 0;
        long sequence = 0;
        for (int batch = 0; batch < 10; batch++)
        {
            // Now and then rows far behind the watermark: late, or such that they join sessions which are about to close.
            int behind = random.Next(3) == 0 ? random.Next(12) : 0;
            List<TestRow> rows = TestRows.Make(
                random, random.Next(5) == 0 ? 0 : random.Next(1, rowsPerBatch), ref sequence, origin + (((batch * 3) - behind) * unit), (8 + behind) * unit);
            HashSet<(string Key, long Start)> stored = [.. Sessions(open).Select(session => (session.Key, session.Start))];
            HashSet<string> touched = [];
            (long nullTimes, long noGap) = (0, 0);
            List<int> lateList = [];
            for (int i = 0; i < rows.Count; i++)
            {
                TestRow row = rows[i];
                long? time = timeColumn == Span ? (((long, long)?)row.Values[Span])?.Item2 - 1 : row.Time;
                if (time is not { } start)
                {
                    nullTimes++;
                    continue;
                }

                long? end = kind switch
                {
                    GapKind.PerRow => start + (long?)row.Values[Gap],
                    GapKind.Months => Instant.ToMicros(Instant.FromMicros(start).AddMonths(months)) + gap,
                    _ => start + gap,
                };
                string key = AggregateReference.KeyOf(shape, row);
                if (end is null || end <= start)
                {
                    noGap++;
                }
                else if (watermarked && end <= late)
                {
                    lateList.Add(i);
                }
                else
                {
                    open.Add(new OpenRow(key, start, end.Value, row));
                    touched.Add(key);
                }
            }

            if (random.Next(3) > 0)
                eviction = Math.Max(eviction, origin + (((batch * 3) - random.Next(4)) * unit) + random.NextInt64(unit));
            if (random.Next(12) == 0)
                eviction += 40 * unit;
            run.Batch(rows, batchSize, mode, late, eviction);
            List<Merged> sessions = [.. Sessions(open)];
            List<Merged> closed = [.. sessions.Where(session => mode == OutputMode.Append && session.End <= eviction)];
            string[] expected = [.. (mode == OutputMode.Append ? closed : sessions).Select(session => Text(shape, session)).Order(StringComparer.Ordinal)];
            string where = $"seed {seed}, batch {batch}: {kind} {gap}, late {late}, eviction {eviction}";
            Assert.True(expected.SequenceEqual(run.Output.Order(StringComparer.Ordinal)),
                $"{where}\nexpected\n{string.Join("\n", expected)}\ngot\n{string.Join("\n", run.Output.Order(StringComparer.Ordinal))}");
            long closedRows = closed.Sum(session => session.Rows.Count);
            long updated = sessions.Count(session => touched.Contains(session.Key));
            stored.ExceptWith(sessions.Select(session => (session.Key, session.Start)));
            open.RemoveAll(row => closed.Any(session => session.Key == row.Key && session.Start <= row.Start && row.End <= session.End));
            StateCounts state = run.Operator.State;
            RowCounts counts = run.Operator.Counts;
            Assert.Equal(
                $"{where}: total {sessions.Count - closed.Count}, updated {updated}, removed {closed.Count + stored.Count}, late {lateList.Count}, null {nullTimes}, no gap {noGap}, closed {closedRows}, held {open.Count}",
                $"{where}: total {state.Total}, updated {state.Updated}, removed {state.Removed}, late {state.DroppedByWatermark}, null {counts.NullTime}, no gap {counts.Filtered}, closed {counts.Closed}, held {counts.Held}");
            Assert.Equal(counts.In, counts.Late + counts.NullTime + counts.Filtered + counts.Grouped);
            Assert.Equal(lateList, run.Late.Order());
            if (spilling is Spilling.AfterBatches or Spilling.AfterPushes)
                Assert.Equal(open.Count > 0, run.Away > 0);
            late = eviction;
            if (restart)
                run.Restart();
            else if (random.Next(4) == 0)
                run.Snapshot();
        }
    }

    /// <summary>Semantics 4.2, word by word: sort by start, merge where the next starts at or before the end.</summary>
    private static IEnumerable<Merged> Sessions(List<OpenRow> rows)
    {
        foreach (IGrouping<string, OpenRow> ofKey in rows.GroupBy(row => row.Key))
        {
            Merged? session = null;
            foreach (OpenRow row in ofKey.OrderBy(row => row.Start))
            {
                if (session is not null && row.Start <= session.End)
                {
                    session.End = Math.Max(session.End, row.End);
                    session.Rows.Add(row.Row);
                    continue;
                }

                if (session is not null)
                    yield return session;
                session = new Merged(row.Key, row.Start) { End = row.End };
                session.Rows.Add(row.Row);
            }

            if (session is not null)
                yield return session;
        }
    }

    private static string Text(AggregateShape shape, Merged session) =>
        string.Join("|", $"[{session.Start},{session.End})", session.Key, AggregateReference.Results(shape, [.. session.Rows.OrderBy(row => row.Sequence)]));

    /// <summary>A row that is not closed yet.</summary>
    private sealed record OpenRow(string Key, long Start, long End, TestRow Row);

    private sealed record Merged(string Key, long Start)
    {
        public long End { get; set; }

        public List<TestRow> Rows { get; } = [];
    }

    /// <summary>The shapes, compiled once.</summary>
    public sealed class Shapes : IDisposable
    {
        /// <summary>Every aggregate by a nullable number and a nullable string.</summary>
        internal AggregateShape Rich { get; } = AggregateShape.Compile([AggregateShape.Key, AggregateShape.Text], EveryAggregate.Calls);

        internal AggregateShape One { get; } = AggregateShape.Compile(
            [AggregateShape.Name], new Call("Count"), new Call("First", Whole), new Call("Last", AggregateShape.Text), new Call("Collect", Whole) { Constants = [5] });

        internal AggregateShape Many { get; } = AggregateShape.Compile(
            [Whole, AggregateShape.Text], new Call("Count"), new Call("Last", Name), new Call("Min", Name));

        internal AggregateShape Mixed { get; } = AggregateShape.Compile(
            [Real, Flag, Id], new Call("Count"), new Call("Sum", Whole), new Call("CountDistinct", AggregateShape.Key));

        public void Dispose()
        {
            Rich.Dispose();
            One.Dispose();
            Many.Dispose();
            Mixed.Dispose();
        }
    }
}
