using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Spill;

/// <summary>
/// State of more than ten times the memory that the query has for it, over accounts that come alike often, and over accounts of which a tenth has nine tenths of
/// the rows. At the end the clock of the events jumps, so that all that waits for time comes out. Memory is what the process has resident, sampled after each
/// batch, less what it had before; the results are compared with those of a run without a bound, row by row, as a sum of hashes.
/// </summary>
internal static class SpillBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Accounts = 600_000;
    private const int Batches = 24;
    private const long Day = 86_400 * Second;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public static void Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"spill {Batches * BatchRows:N0} rows of {Accounts:N0} accounts; alike: all come alike often, hot: a tenth has nine tenths of the rows"));
        Console.WriteLine("operator  keys   state MB  budget MB   ×   resident + MB, all in memory + MB   M rows/s, all in memory   spilled      of entries  disk MB  reads/key");
        foreach ((string name, int alike, int hot, Func<object> pipeline) in ((string, int, int, Func<object>)[])
        [
            ("group-by", 2048, 1024, () => new AccountTotals()), ("dedup", 1024, 768, () => new FirstPayments()), ("window", 2048, 1024, () => new HourlyTotals()),
            ("session", 4096, 2048, () => new SessionTotals()), ("process", 5120, 2048, () => new Bills()), ("join", 8192, 8192, () => new Refunds()),
        ])
        {
            Measure(name, "alike", alike, pipeline, Alike);
            Measure(name, "hot", hot, pipeline, Skewed);
        }
    }

    private static long Alike(Random random) => random.Next(Accounts);

    private static long Skewed(Random random) => random.Next(10) > 0 ? random.Next(Accounts / 10) : random.Next(Accounts);

    private static void Measure(string name, string keys, int kilobytes, Func<object> pipeline, Func<Random, long> account)
    {
        Outcome bounded = RunOnce(pipeline(), account, StateStore.Faster(memory: string.Create(CultureInfo.InvariantCulture, $"{kilobytes} KB")));
        Outcome free = RunOnce(pipeline(), account, null);
        string same = bounded.Sum == free.Sum && bounded.Rows == free.Rows ? "same rows" : "OTHER ROWS";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-9} {keys,-6} {free.StateBytes / 1e6,8:F0} {kilobytes * 1.024e-3,10:F1} {free.StateBytes / (kilobytes * 1024.0),5:F1} {bounded.Resident / 1e6,13:F0} {free.Resident / 1e6,19:F0} {bounded.Rate,18:F2} {free.Rate,15:F2} {bounded.Spilled,10} {bounded.Entries,12} {bounded.DiskBytes / 1e6,8:F0} {bounded.ReadsForEach,9:F3}  {same}"));
        if (same != "same rows")
            throw new InvalidOperationException($"With a bound on memory {name} has given other rows.");
    }

    private static Outcome RunOnce(object pipeline, Func<Random, long> account, StateStore? store)
    {
        GC.Collect();
        long before = Resident();
        using PipelineRate run = new(pipeline, store, adds: true);
        Random random = new(17);
        long row = 0;
        long most = 0;
        long ticks = 0;
        Outcome? outcome = null;
        for (int b = 0; b < Batches + 2; b++)
        {
            if (b == Batches)
            {
                outcome = new Outcome(
                    (double)row / ticks * Stopwatch.Frequency / 1e6, 0, run.State.Total, run.State.MemoryBytes, run.Spilled, run.Area?.DiskBytes ?? 0,
                    run.Area is { } area ? area.Counts.PagesRead / (double)Math.Max(1, area.Counts.KeysAsked) : 0, 0, 0);
            }

            // The last two batches, of one row each, end all that waits for time.
            int count = b < Batches ? BatchRows : 1;
            ColumnBatch rows = new(RowSchema.Of<Payment>());
            for (int i = 0; i < count; i++, row++)
            {
                ((FixedColumn<long>)rows[0]).Append(Origin + row + (b < Batches ? 0 : Day));
                ((FixedColumn<long>)rows[1]).Append(b < Batches ? account(random) : -1);
                ((FixedColumn<long>)rows[2]).Append(random.Next(100_000));
            }

            rows.Length = count;
            long start = Stopwatch.GetTimestamp();
            run.Batch(rows);
            ticks += Stopwatch.GetTimestamp() - start;
            rows.Release();
            most = Math.Max(most, Resident());
        }

        return outcome! with { Resident = most - before, Sum = run.Sum, Rows = run.Rows };
    }

    private static long Resident() => Environment.WorkingSet;

    private sealed record Outcome(double Rate, long Resident, long Entries, long StateBytes, long Spilled, long DiskBytes, double ReadsForEach, ulong Sum, long Rows);
}
