using Typed.Operators;
using Typed.Tests.Connect;
using Typed.Tests.Generator;

namespace Typed.Tests.Expect;

/// <summary>Expectations: what they count, what leaves, and where it goes (semantics 18).</summary>
public sealed class ExpectTests
{
    private static readonly Visit[] Six =
    [
        new("s1", "web", 10, 5), new("s2", "ios", 0, 1), new("s3", "web", 86_400, 10_000),
        new("s4", "web", -1, 5), new("s5", "tv", 10, 5), new("s6", "ios", 10, 20_000),
    ];

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_expectation_is_counted_and_a_row_leaves_once(int mostRows)
    {
        using PipelineRun<Visit> run = new(new CleanVisits()) { MostRows = mostRows };
        List<Visit> kept = run.Batch([.. Six, new Visit("s7", "tv", -5, 0), new Visit("s8", "web", null, 3)]);
        Assert.Equal(["s1", "s2", "s3", "s6"], kept.Select(visit => visit.SessionId));
        Assert.Equal(
            [("sane count", 6, 2), ("duration", 5, 3), ("platform", 6, 2), ("id", 8, 0)],
            run.Graph.Expectations.Select(one => (one.Name, one.Passed, one.Violated)));
        RowCounts counts = run.Graph.Operators.OfType<ExpectOperator>().Single().Counts;
        Assert.Equal((8, 4, 4, 0), (counts.In, counts.Out, counts.Dropped, counts.Quarantined));
        run.Batch(Six[0]);
        Assert.Equal([(1, 0), (1, 0), (1, 0), (1, 0)], run.Graph.Expectations.Select(one => (one.Passed, one.Violated)));
    }

    [Fact]
    public void Rows_that_a_filter_above_leaves_out_are_judged_too()
    {
        using PipelineRun<Visit> run = new(new FilteredVisits());
        Assert.Equal(["s1"], run.Batch(Six[0], Six[1], new Visit("s9", "ios", 1, 0)).Select(visit => visit.SessionId));
        Assert.Equal((2, 1), run.Graph.Expectations.Select(one => (one.Passed, one.Violated)).Single());
    }

    [Fact]
    public async Task Quarantined_rows_go_to_a_sink_with_what_they_violate()
    {
        MemorySource<Visit> source = new();
        source.Add(new Visit("s1", "web", 1, 0), new Visit("s2", "web", 1, 1));
        MemorySink<Seen> sink = new();
        RowTexts quarantine = new();
        await using StreamingQuery query = await StrictVisits.From(source).To(sink).QuarantineTo(quarantine)
            .StartAsync(new() { Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        QueryTotals totals = await query.Completion;
        Assert.Equal([new Seen("s2", 1)], sink.Rows);
        string time = query.LastProgress!.Timestamp.UtcDateTime.ToString("yyyy-MM-dd", null);
        string row = Assert.Single(quarantine.Rows);
        Assert.StartsWith("s1|web|1|0|counted|not Events > 0|0|" + time, row);
        Assert.Equal([("counted", 1, 1), ("id", 2, 0)], totals.Expectations.Select(one => (one.Name, one.Passed, one.Violated)));
        Assert.Equal(1, totals.QuarantinedRows);
        Assert.Contains("\"expectations\":[{\"name\":\"counted\",\"onViolation\":\"Quarantine\",\"passed\":1,\"violated\":1}", query.RecentProgress[0].ToJson());
    }

    [Fact]
    public async Task A_failing_quarantine_fails_the_batch()
    {
        MemorySource<Visit> source = new();
        source.Add(new Visit("s1", "web", 1, 0), new Visit("s2", "web", 1, 1));
        MemorySink<Seen> sink = new();
        await using StreamingQuery query = await StrictVisits.From(source).To(sink).QuarantineTo(new RowTexts { Fails = true })
            .StartAsync(new() { Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<StreamingQueryException>(() => query.Completion);
        Assert.Empty(sink.Rows);
    }

    [Fact]
    public async Task One_that_fails_names_rule_and_row_and_nothing_is_written()
    {
        await using var test = StrictVisits.Test();
        test.Visits.Add(new Visit("s1", "web", 1, 1), new Visit("", "ios", null, 7));
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(test.RunUntilIdleAsync);
        Assert.Equal("expectation-violated", failure.Rule);
        Assert.Contains("row 2", failure.Message);
        Assert.Contains("'id'", failure.Message);
        Assert.Contains("SessionId = , Platform = ios, Seconds = null, Events = 7", failure.Message);
        test.Output.ExpectAll();
    }

    /// <summary>The first of all rows, by its number among all, though others may be met before it.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(2, 10)]
    [InlineData(7, 1)]
    [InlineData(7, 10)]
    public async Task With_several_workers_the_same_row_is_named(int workers, int? batchSize)
    {
        MemorySource<Visit> source = new();
        source.Add(Enumerable.Range(1, 400).Select(i => new Visit(i is 123 or 128 or 390 ? "" : $"s{i}", "web", 1, i % 4)));
        await using StreamingQuery query = await StrictVisits.From(source).To(new MemorySink<Seen>()).QuarantineTo(new RowTexts()).StartAsync(
            new() { Trigger = Trigger.AvailableNow, Workers = workers, UncappedWorkers = true, BatchSize = batchSize }, TestContext.Current.CancellationToken);
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => query.Completion);
        Assert.Equal("expectation-violated", failure.Rule);
        Assert.Contains("row 123 of", failure.Message);
        Assert.Contains("Events = 3", failure.Message);
    }

    [Fact]
    public async Task A_quarantine_needs_a_sink()
    {
        QueryStartException refusal = await Assert.ThrowsAsync<QueryStartException>(
            () => StrictVisits.From(new MemorySource<Visit>()).To(new MemorySink<Seen>()).StartAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal("quarantine-without-sink", refusal.Rule);
        Assert.Contains("'counted'", refusal.Message);
    }

    [Fact]
    public void There_is_one_quarantine()
    {
        PipelineStart<Seen> start = StrictVisits.From(new MemorySource<Visit>()).QuarantineTo(new RowTexts());
        Assert.Throws<InvalidOperationException>(() => start.QuarantineTo(new RowTexts()));
    }
}
