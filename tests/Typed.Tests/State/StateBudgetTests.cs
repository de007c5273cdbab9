using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.State;
using Typed.Tests.Execution;
using Typed.Tests.Execution.Workers;

namespace Typed.Tests.State;

/// <summary>The memory that a query has for its state: when operators are asked to spill, and what somebody hears of it.</summary>
public sealed class StateBudgetTests
{
    private const int EntryBytes = 100;

    [Fact]
    public async Task Above_the_budget_the_largest_operator_spills_to_three_quarters()
    {
        Hoard large = new("large", perRow: 3);
        Hoard small = new("small", perRow: 1);
        using QueryBench<Reading> bench = new(Plan(large, small));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { State = new MemorySpillStore(10_000) });
        await bench.AddAsync(query, [.. Enumerable.Range(0, 25).Select(i => (long)i)]);
        Assert.Empty(Said(query));
        Assert.Equal((0, 0), (large.Asked.Count, small.Asked.Count));

        await bench.AddAsync(query, 26);
        // 26 rows are 7800 and 2600 bytes; 2900 have to go.
        Assert.Equal([4900L], large.Asked);
        Assert.Empty(small.Asked);
        string warning = Assert.Single(Said(query));
        Assert.StartsWith("The state of large has no room in the 9.8 KB of memory", warning, StringComparison.Ordinal);
        StateOperatorProgress state = query.LastProgress!.StateOperators.Single(one => one.Name == "large");
        Assert.Equal((29, 29 * EntryBytes), (state.SpilledRows, state.SpillWrittenBytes));
        Assert.Contains("\"customMetrics\":{\"spilledRows\":29,", query.LastProgress.ToJson(), StringComparison.Ordinal);

        await bench.AddAsync(query, [.. Enumerable.Range(0, 8).Select(i => (long)i)]);
        Assert.True(large.Asked.Count > 1);
        Assert.Equal([warning], Said(query));
    }

    [Fact]
    public async Task With_no_memory_all_spill_whenever_they_took_rows_and_after_each_push()
    {
        Hoard one = new("one", perRow: 1);
        using QueryBench<Reading> bench = new(Plan(one));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { State = new MemorySpillStore(0), BatchSize = 1 });
        await bench.AddAsync(query, 1, 2, 3);
        // Three pushes, each when the rows were taken and when all operators were through, and the end of the batch.
        Assert.Equal([0L, 0L, 0L, 0L, 0L, 0L, 0L], one.Asked);
        Assert.Equal(0, one.MemoryBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_an_operator_takes_at_the_end_of_a_batch_stays_within_the_memory_too(int workers)
    {
        const int budget = 400_000;
        const int rows = 20_000;
        List<Hoard> hoards = [];
        TestPlan plan = new("Hoards", Reading.Schema, 1, graph =>
        {
            Operator last = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
            last = graph.Add(new KeyedReadings("first", rows, repeatsAtEnd: true), last);
            Hoard hoard = new("second", perRow: 5) { IsKeyed = true };
            hoards.Add(hoard);
            graph.Add(hoard, last);
        });
        using QueryBench<Reading> bench = new(plan);
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { State = new MemorySpillStore(budget), BatchSize = 500, Workers = workers, UncappedWorkers = true });
        await bench.AddAsync(query, [.. Enumerable.Range(0, rows).Select(i => (long)i)]);

        // Half of the rows come with pushes, half at the end, 1000 at a time at most.
        hoards = [.. hoards.Where(one => one.Asked.Count > 0)];
        Assert.Equal(workers, hoards.Count);
        Assert.Equal(2 * 5 * rows, hoards.Sum(one => one.SpillArea!.Counts.EntriesPut + (one.MemoryBytes / EntryBytes)));
        Assert.InRange(hoards.Sum(one => one.Most), budget / 2, budget + (budget / 8) + (workers * 5 * 1000 * EntryBytes));
        Assert.Single(Said(query));
    }

    [Fact]
    public async Task An_operator_that_cannot_spill_is_not_asked_at_each_push()
    {
        Hoard stubborn = new("stubborn", perRow: 1) { CanSpill = false };
        using QueryBench<Reading> bench = new(Plan(stubborn));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { State = new MemorySpillStore(1_000), BatchSize = 1 });
        await bench.AddAsync(query, [.. Enumerable.Range(0, 100).Select(i => (long)i)]);
        Assert.InRange(stubborn.Asked.Count, 1, 30);
        Assert.Empty(Said(query));
    }

    [Fact]
    public void What_waits_for_the_next_snapshot_is_written_ahead_of_it_when_it_is_much()
    {
        using Hoard one = new("one", perRow: 1) { WritesEarly = true };
        using StateBudget budget = StateBudget.Of(new MemorySpillStore(100_000), [one], "a checkpoint", _ => { })!;
        Assert.Equal(1 << 20, budget.MostEarly);
        StateChanges part = new();
        (int parts, long records) = (0, 0);
        for (int push = 0; push < 100; push++)
        {
            one.Add(1000);
            budget.Keep();
            Assert.InRange(one.MemoryBytes, 0, (1 << 20) + 400_000);
            if (one.EarlyBytes < budget.MostEarly)
                continue;
            one.SaveEarly(part);
            (parts, records) = (parts + 1, records + part.Count);
            part.Clear();
        }

        one.Spill(0);
        one.SaveChanges(part);
        Assert.Equal(100_000, records + part.Count);
        Assert.InRange(parts, 8, 12);
    }

    [Fact]
    public async Task In_memory_nothing_is_asked_to_spill()
    {
        Hoard one = new("one", perRow: 1);
        using QueryBench<Reading> bench = new(Plan(one));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { State = StateStore.Memory });
        await bench.AddAsync(query, 1, 2, 3);
        Assert.Empty(one.Asked);
        Assert.DoesNotContain("customMetrics", query.LastProgress!.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_is_said_once_and_again_after_the_state_was_small()
    {
        Hoard one = new("one", perRow: 1);
        using QueryBench<Reading> bench = new(Plan(one));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { StateAlert = new StateAlert(Entries: 2, Bytes: "1 MB") });
        await bench.AddAsync(query, 1, 2);
        Assert.Empty(Said(query));
        await bench.AddAsync(query, 3);
        await bench.AddAsync(query, 4);
        string warning = Assert.Single(Said(query));
        Assert.Equal("After batch 1 the state has 3 entries and 300 bytes, more than the alert of 2 entries or 1 MB. Most is in one: 3 entries. Let state go sooner (a shorter delay or bound, a TTL), or raise the alert.", warning);
        one.Forget();
        await bench.AddAsync(query, 5);
        await bench.AddAsync(query, 6, 7);
        Assert.Equal(2, Said(query).Count);
    }

    [Theory]
    [InlineData(null, null, "invalid-state-alert")]
    [InlineData(0L, null, "invalid-state-alert")]
    [InlineData(null, "0 B", "invalid-state-alert")]
    [InlineData(1L, "much", "invalid-size")]
    public async Task An_alert_that_says_nothing_is_refused(long? entries, string? bytes, string rule)
    {
        using QueryBench<Reading> bench = new(TestPlan.Pass());
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(bench.Options with { StateAlert = new StateAlert(entries, bytes) }));
        Assert.Equal(rule, refused.Rule);
    }

    [Theory]
    [InlineData("512 MB", 512L << 20)]
    [InlineData("2 GB", 2L << 30)]
    [InlineData(" 1.5gb ", 3L << 29)]
    [InlineData("64 KB", 65536L)]
    [InlineData("1 TB", 1L << 40)]
    [InlineData("100 B", 100L)]
    [InlineData("0 bytes", 0L)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes) => Assert.Equal(bytes, MemorySize.Parse(text, "memory"));

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("GB")]
    [InlineData("-1 GB")]
    [InlineData("2 gigs")]
    [InlineData("1,5 GB")]
    [InlineData("1.0001 GB")]
    [InlineData("9999999999 TB")]
    [InlineData("99999999999999999999999999999999 B")]
    public void What_is_no_size_is_refused(string text)
    {
        QueryStartException refused = Assert.Throws<QueryStartException>(() => MemorySize.Parse(text, "memory"));
        Assert.Equal("invalid-size", refused.Rule);
        Assert.Equal($"TYPED6029: memory is \"{text}\", but that is no size. Write one such as \"512 MB\" or \"2 GB\".", refused.Message);
    }

    [Theory]
    [InlineData(1023, "1023 bytes")]
    [InlineData(2L << 30, "2 GB")]
    [InlineData(1536, "1.5 KB")]
    public void Sizes_are_written_as_people_read_them(long bytes, string text) => Assert.Equal(text, MemorySize.Text(bytes));

    private static List<string> Said(StreamingQuery query) => [.. query.Warnings.Where(warning => !warning.StartsWith("The checkpoint", StringComparison.Ordinal))];

    private static TestPlan Plan(params Hoard[] hoards) => new("Hoards", Reading.Schema, 1, graph =>
    {
        Operator last = graph.AddEntry(0, new SourceOperator("source", Reading.Schema));
        foreach (Hoard hoard in hoards)
            last = graph.Add(hoard, last);
    });

    /// <summary>Keeps entries for each row that passes; spills the oldest.</summary>
    private sealed class Hoard(string name, int perRow) : StatefulOperator(name, Reading.Schema)
    {
        private int _oldest;
        private int _next;

        public override string Kind => "hoard";

        public override string StateSchema => "hoard";

        public override bool HoldsRows => false;

        public bool CanSpill { get; init; } = true;

        public List<long> Asked { get; } = [];

        /// <summary>The most bytes that it has had.</summary>
        public long Most { get; private set; }

        public bool IsKeyed { get; init; }

        internal override bool SplitsByKey => IsKeyed;

        internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
        {
            for (int i = 0; i < hashes.Length; i++)
                hashes[i] = GroupHash.Of(((FixedColumn<long>)batch[0])[i]);
        }

        private protected override long HotBytes => (_next - _oldest) * (long)EntryBytes;

        public override bool WantsBatch(long newWatermark) => false;

        public override void Process(ColumnBatch batch)
        {
            Counts.In += batch.Length;
            _next += batch.Length * perRow;
            Most = Math.Max(Most, HotBytes);
            Emit(batch.AddReference());
        }

        public bool WritesEarly { get; init; }

        public void Add(int rows) => _next += rows * perRow;

        public void Forget() => (_oldest, _next) = (0, 0);

        private protected override void SpillTo(SpillArea area, long keepBytes)
        {
            Asked.Add(keepBytes);
            if (!CanSpill)
                return;
            SpillBatch batch = new();
            for (; HotBytes > keepBytes; _oldest++)
            {
                batch.Begin(0, 0, (uint)_oldest);
                batch.Writer.Write(_oldest);
                batch.BeginValue();
                batch.Writer.WriteRaw(new byte[EntryBytes - sizeof(int)]);
                batch.End();
                if (!WritesEarly || Early is not { } early)
                    continue;
                early.BeginPut(0, StateEntry.NoTime, (uint)_oldest);
                early.Writer.Write(_oldest);
                early.BeginValue();
                early.Writer.WriteRaw(new byte[EntryBytes - sizeof(int)]);
                early.End();
            }

            area.Put(batch);
        }

        internal override StateLayout Layout => StateLayout.HeadOnly;

        private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice) => true;

        internal override void SaveHead(StateHead head)
        {
        }

        private protected override void BeginLoad(StateHead head)
        {
        }

        internal override void LoadEntry(in StateEntry entry) => throw new InvalidDataException("It stores nothing.");

        protected override void End() => State.Total = _next - _oldest + (SpillArea?.Count ?? 0);
    }
}
