using Typed.Columns;
using Typed.Operators;
using Typed.Tests.Generator;

namespace Typed.Tests.Processors;

/// <summary>
/// Generated group processors driven by random rows, against a model of dictionaries: both forms and both kinds of time-outs (semantics 9), with
/// batches of one and two rows, one hash for all keys, a snapshot after every batch.
/// </summary>
[Collection("Buffers")]
public sealed class DrivenGroupTests
{
    private const long Second = 1_000_000;
    private static readonly string[] Orders = ["add", "add", "name", "append", "put", "time out", "time out", "time out", "clear"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_group_keeps_what_a_model_keeps(bool byTime)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(byTime, seed, keys: seed % 2 == 0 ? 3 : 40, rowsPerBatch: 30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hash_that_is_the_same_for_all_keys_changes_nothing(bool byTime)
    {
        GroupHash.Constant = true;
        try
        {
            for (int seed = 100; seed < 130; seed++)
                Check(byTime, seed, keys: 20, rowsPerBatch: 40);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void Two_rows_of_the_initial_state_for_one_key_are_refused()
    {
        using PipelineRun<Report> run = Run(byTime: false, [new Given("a", "x", 1), new Given("b", "x", 1), new Given("a", "y", 2)]);
        StreamingQueryException failure = Assert.Throws<StreamingQueryException>(() => run.Batch<Order>());
        Assert.Equal("duplicate-initial-state-key", failure.Rule);
        Assert.Contains("'a'", failure.Message, StringComparison.Ordinal);
    }

    private static void Check(bool byTime, int seed, int keys, int rowsPerBatch)
    {
        long before = BufferPool.Outstanding;
        Random random = new(seed);
        bool restarts = seed % 3 == 0;
        bool snapshots = seed % 5 < 2;
        int mostRows = random.Next(3) switch { 0 => 1, 1 => 2, _ => int.MaxValue };
        Given[] given = [.. Enumerable.Range(0, byTime ? 0 : random.Next(6)).Select(i => new Given(KeyOf(i % keys), "given " + i, random.Next(1, 20))).DistinctBy(one => one.Key)];
        PlainGroups model = new(byTime);
        PipelineRun<Report> run = Run(byTime, given);
        Random spilling = new(seed);
        run.SpillsTo = (seed % 4) switch { 0 => null, 1 => () => 0, _ => () => spilling.Next(3) > 0 ? long.MaxValue : spilling.Next(200_000) };
        (long now, long late, long watermark) = (0, 0, 0);
        for (int batch = 0; batch < 14; batch++)
        {
            now += random.Next(4) == 0 ? 0 : random.Next(5);
            if (random.Next(3) > 0)
                watermark = Math.Max(watermark, now - random.Next(5));
            Order[] rows = [.. Enumerable.Range(0, random.Next(4) == 0 ? 0 : random.Next(rowsPerBatch)).Select(_ => Any(random, byTime, keys, now))];
            StatefulOperator groups = run.Graph.Stateful.Single();
            (groups.LateWatermark, groups.EvictionWatermark) = (late * Second, watermark * Second);
            (run.MostRows, run.Clock) = (mostRows, now * Second);
            List<Report> got = run.Batch(rows);
            List<Report> expected = model.Batch(rows, now, late, watermark, batch == 0 ? given : null);
            string where = $"by time {byTime}, seed {seed}, batch {batch}, rows of {mostRows}:\n";
            Assert.Equal(where + Report.Text(expected), where + Report.Text(got));
            Assert.Equal(
                $"{where} late {model.Late}, total {model.Total}, removed {model.Removed}",
                $"{where} late {groups.Counts.Late}, total {groups.State.Total}, removed {groups.State.Removed}");
            Assert.Equal(rows.Length, groups.Counts.Late + groups.Counts.Grouped);
            late = watermark;
            if (snapshots && batch % 2 == 0)
                run.Snapshot();
            if (restarts)
                run = Given(run.Restart(Pipeline(byTime)), byTime, given);
        }

        run.Dispose();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    private static PipelineRun<Report> Run(bool byTime, Given[] given) => Given(new PipelineRun<Report>(Pipeline(byTime)), byTime, given);

    private static PipelineRun<Report> Given(PipelineRun<Report> run, bool byTime, Given[] given)
    {
        if (!byTime)
            run.Table(0, given);
        return run;
    }

    private static object Pipeline(bool byTime) => byTime ? new GroupReportsByTime() : new GroupReportsByClock();

    private static Order Any(Random random, bool byTime, int keys, long now)
    {
        string what = Orders[random.Next(Orders.Length)];
        long number = what == "time out" && byTime ? Math.Max(0, now + random.Next(-3, 8)) : random.Next(5);
        return new Order(
            KeyOf(random.Next(keys)), what, "n" + random.Next(15), number,
            random.Next(8) == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, now + random.Next(-8, 3))));
    }

    private static string? KeyOf(int number) => number == 0 ? null : "k" + number;
}
