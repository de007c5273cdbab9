using System.Diagnostics;
using System.Globalization;
using Typed.Benchmarks.Aggregate;
using Typed.Benchmarks.State;
using Typed.Columns;

namespace Typed.Benchmarks.EndToEnd;

/// <summary>
/// What a group-by keeps of its throughput with a checkpoint on the disk: a whole query, with its logs, and a snapshot of its state every ten seconds as by default, against the
/// same query without. They take turns; a turn with a checkpoint has two snapshots, and what puts them together. Micro-batches of 17 million rows: the entries of the logs cost each
/// the same, about as long as the disk takes to flush four small files.
/// </summary>
internal static class DurableBenchmark
{
    private const int Batches = 64;
    private const int TimesInMicroBatch = 4;
    private const int Turns = 3;
    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_plain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_durable = TimeSpan.FromSeconds(21);

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        foreach (int keys in (int[])[1_000, 100_000, 1_000_000, 10_000_000])
        {
            List<ColumnBatch> batches = GroupRows.OfRandomKeys(keys, Batches);
            List<double> plain = [];
            List<double> durable = [];
            List<double> ratios = [];
            for (int turn = 0; turn < Turns; turn++)
            {
                plain.Add(await RateAsync(batches, s_plain, null));
                string folder = Directory.CreateTempSubdirectory("typed-durable-").FullName;
                durable.Add(await RateAsync(batches, s_durable, folder));
                Directory.Delete(folder, recursive: true);
                ratios.Add(durable[^1] / plain[^1]);
            }

            foreach (ColumnBatch batch in batches)
                batch.Release();
            plain.Sort();
            durable.Sort();
            ratios.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"durable       {keys,9} keys  {plain[Turns / 2],6:F1} M rows/s, with a checkpoint {durable[Turns / 2],6:F1}: median of turns × {ratios[Turns / 2]:F2} ({ratios[0]:F2} to {ratios[^1]:F2}); at least 0.85: {(ratios[Turns / 2] >= 0.85 ? "holds" : "MISSED")}"));
        }
    }

    private static async Task<double> RateAsync(List<ColumnBatch> batches, TimeSpan time, string? folder)
    {
        EndlessRows<Reading> rows = new(batches, TimesInMicroBatch);
        CountedRows<KeyTotal> counted = new();
        await using StreamingQuery query = await KeyTotals.From(rows).To(counted).StartAsync(new() { Checkpoint = folder });
        await Task.Delay(s_warmup);
        long before = rows.Rows;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(time);
        double rate = (rows.Rows - before) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        if (query.Exception is { } exception)
            throw exception;
        bool isStored = folder is null || Directory.GetFiles(Path.Combine(folder, "state")).Length > 0;
        return counted.Rows > 0 && isStored ? rate : throw new InvalidOperationException("Nothing came out, or no snapshot was taken.");
    }
}
