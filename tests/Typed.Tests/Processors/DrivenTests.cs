using Typed.Columns;
using Typed.Operators;
using Typed.Tests.Generator;
using Typed.Tests.State;

namespace Typed.Tests.Processors;

/// <summary>
/// Generated processors driven by random rows, against a model of dictionaries: values, lists, maps, lifetimes, timers by either clock, the initial
/// state (semantics 10), with batches of one and two rows, one hash for all keys, a snapshot after every batch.
/// </summary>
[Collection("Buffers")]
public sealed class DrivenTests
{
    private const long Second = 1_000_000;
    private static readonly string[] ByClockOrders =
    [
        "add", "add", "name", "place", "append", "append", "replace", "unlist", "put", "put", "put", "remove", "unmap", "fresh value", "unfresh", "fresh append",
        "fresh append", "fresh put", "fresh put", "fresh remove", "timer", "timer", "untimer", "clear",
    ];

    private static readonly string[] ByTimeOrders = ["add", "append", "put", "unmap", "timer", "timer", "timer", "untimer", "clear"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_keeps_what_a_model_keeps(bool byTime)
    {
        for (int seed = 0; seed < 60; seed++)
            Check(byTime, seed, keys: seed % 2 == 0 ? 3 : 40, rowsPerBatch: 40);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_keys_come_and_go(bool byTime)
    {
        for (int seed = 0; seed < 3; seed++)
            Check(byTime, seed, keys: 3000, rowsPerBatch: 2500);
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
                Check(byTime, seed, keys: 20, rowsPerBatch: 60);
        }
        finally
        {
            GroupHash.Constant = false;
        }
    }

    [Fact]
    public void State_that_is_cut_short_is_refused()
    {
        using PipelineRun<Report> run = Run(byTime: false, []);
        Order[] orders = [.. ByClockOrders.Where(one => one is not ("clear" or "unlist" or "unmap" or "remove" or "unfresh" or "fresh remove" or "untimer")).Select(one => new Order("key", one, "a name", 50, null))];
        run.Batch(orders);
        StoredState stored = new();
        stored.Take(run.Graph.Stateful.Single());
        stored.RefusesWhatIsCutShort(() => Run(byTime: false, []).Graph.Stateful.Single());
    }

    private static void Check(bool byTime, int seed, int keys, int rowsPerBatch)
    {
        long before = BufferPool.Outstanding;
        Random random = new(seed);
        bool restarts = seed % 3 == 0;
        bool snapshots = seed % 5 < 2;
        int mostRows = random.Next(3) switch { 0 when rowsPerBatch < 100 => 1, 1 when rowsPerBatch < 100 => 2, _ => int.MaxValue };
        Given[] given = [.. Enumerable.Range(0, byTime ? 0 : random.Next(6)).Select(i => new Given(KeyOf(random.Next(keys)), "given " + i, random.Next(1, 20)))];
        PlainProcessor model = byTime ? new PlainByTime() : new PlainByClock();
        PipelineRun<Report> run = Run(byTime, given);
        Random spilling = new(seed);
        run.SpillsTo = (seed % 4) switch { 0 => null, 1 => () => 0, _ => () => spilling.Next(3) > 0 ? long.MaxValue : spilling.Next(300_000) };
        (long now, long late, long watermark) = (0, 0, 0);
        for (int batch = 0; batch < 14; batch++)
        {
            now += random.Next(4) == 0 ? 0 : random.Next(6);
            if (random.Next(3) > 0)
                watermark = Math.Max(watermark, now - random.Next(5));
            Order[] rows = [.. Enumerable.Range(0, random.Next(5) == 0 ? 0 : random.Next(rowsPerBatch)).Select(_ => Any(random, byTime, keys, now))];
            StatefulOperator processor = run.Graph.Stateful.Single();
            (processor.LateWatermark, processor.EvictionWatermark) = (late * Second, watermark * Second);
            (run.MostRows, run.Clock) = (mostRows, now * Second);
            List<Report> got = run.Batch(rows);
            List<Report> expected = model.Batch(rows, now, late, watermark, batch == 0 ? given : null);
            string where = $"by time {byTime}, seed {seed}, batch {batch}, rows of {mostRows}:\n";
            Assert.Equal(where + Report.Text(expected), where + Report.Text(got));
            CheckOrder(got);
            Assert.Equal(
                $"{where} late {model.Late}, total {model.Total}, removed {model.Removed}, in {rows.Length}",
                $"{where} late {processor.Counts.Late}, total {processor.State.Total}, removed {processor.State.Removed}, in {processor.Counts.In}");
            Assert.Equal(processor.Counts.In, processor.Counts.Late + processor.Counts.Grouped);
            late = watermark;
            if (snapshots && batch % 2 == 0)
                run.Snapshot();
            if (restarts)
                run = Given(run.Restart(Pipeline(byTime)), byTime, given);
        }

        run.Dispose();
        Assert.Equal(before, BufferPool.Outstanding);
    }

    /// <summary>Initial rows come before rows, and timers after both, the earliest first over all keys (semantics 10.1, 10.3).</summary>
    private static void CheckOrder(List<Report> reports)
    {
        List<long> order = [.. reports.Select(report => report.What.Split(':')[0].Split(' ')).Select(words => words[0] switch
        {
            "initial" => -2,
            "timer" => long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture),
            _ => -1,
        })];
        Assert.Equal(order.Order(), order);
    }

    private static PipelineRun<Report> Run(bool byTime, Given[] given) => Given(new PipelineRun<Report>(Pipeline(byTime)), byTime, given);

    private static PipelineRun<Report> Given(PipelineRun<Report> run, bool byTime, Given[] given)
    {
        if (!byTime)
            run.Table(0, given);
        return run;
    }

    private static object Pipeline(bool byTime) => byTime ? new ReportsByTime() : new ReportsByClock();

    private static Order Any(Random random, bool byTime, int keys, long now)
    {
        string[] orders = byTime ? ByTimeOrders : ByClockOrders;
        string what = orders[random.Next(orders.Length)];
        long number = what is "timer" or "untimer" ? Math.Max(0, now + random.Next(-3, 12)) : random.Next(5);
        return new Order(
            KeyOf(random.Next(keys)), what, random.Next(9) == 0 ? $"a name that is long enough not to be kept inside {random.Next(3)}" : "n" + random.Next(15), number,
            random.Next(8) == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, now + random.Next(-8, 3))));
    }

    private static string? KeyOf(int number) => number == 0 ? null : number % 3 == 0 ? $"a key that does not lie in the table {number}" : "k" + number;
}
