using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Benchmarks.Spill;

/// <summary>
/// State of more than ten times the memory that the query has for it: a group-by and a deduplication over accounts that come alike often, and over accounts of which a
/// tenth has nine tenths of the rows. Memory is what the process has resident, sampled after each batch, less what it had before; the results are
/// compared with those of a run without a bound, row by row, as a sum of hashes.
/// </summary>
internal static class SpillBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Accounts = 600_000;
    private const int Batches = 24;
    private const long Budget = 2 << 20;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public static void Run()
    {
        Measure("group-by, all alike", () => new AccountTotals(), Alike);
        Measure("group-by, a tenth has nine tenths", () => new AccountTotals(), Skewed);
        Measure("dedup, all alike", () => new FirstPayments(), Alike);
        Measure("dedup, a tenth has nine tenths", () => new FirstPayments(), Skewed);
    }

    private static long Alike(Random random) => random.Next(Accounts);

    private static long Skewed(Random random) => random.Next(10) > 0 ? random.Next(Accounts / 10) : random.Next(Accounts);

    private static void Measure(string name, Func<object> pipeline, Func<Random, long> account)
    {
        Outcome bounded = RunOnce(pipeline(), account, StateStore.Faster(memory: "2 MB"));
        Outcome free = RunOnce(pipeline(), account, null);
        string same = bounded.Sum == free.Sum && bounded.Rows == free.Rows ? "same rows" : "OTHER ROWS";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"spill {name,-34} {bounded.Rate:F2} M rows/s, {free.Rate:F2} with all in memory (× {bounded.Rate / free.Rate:F2}); state {free.StateBytes / 1e6:F0} MB = {free.StateBytes / (double)Budget:F1} × budget; resident + {bounded.Resident / 1e6:F0} MB, + {free.Resident / 1e6:F0} with all in memory; {bounded.Spilled} of {bounded.Entries} entries spilled, disk {bounded.DiskBytes / 1e6:F0} MB; {bounded.ReadsForEach:F3} reads for each key asked for; {same}"));
        if (same != "same rows")
            throw new InvalidOperationException($"With a bound on memory {name} has given other rows.");
    }

    private static Outcome RunOnce(object pipeline, Func<Random, long> account, StateStore? store)
    {
        string folder = Directory.CreateTempSubdirectory("typed-spill-").FullName;
        GC.Collect();
        long before = Resident();
        try
        {
            using PipelineRate run = new(pipeline, store, folder);
            Random random = new(17);
            long row = 0;
            long most = 0;
            long ticks = 0;
            for (int b = 0; b < Batches; b++)
            {
                ColumnBatch rows = new(RowSchema.Of<Payment>());
                for (int i = 0; i < BatchRows; i++, row++)
                {
                    ((FixedColumn<long>)rows[0]).Append(Origin + row);
                    ((FixedColumn<long>)rows[1]).Append(account(random));
                    ((FixedColumn<long>)rows[2]).Append(random.Next(100_000));
                }

                rows.Length = BatchRows;
                long start = Stopwatch.GetTimestamp();
                run.Batch(rows);
                ticks += Stopwatch.GetTimestamp() - start;
                rows.Release();
                most = Math.Max(most, Resident());
            }

            SpillArea? area = run.Area;
            return new Outcome(
                (double)row / ticks * Stopwatch.Frequency / 1e6, most - before, run.State.Total, run.State.MemoryBytes, area?.Count ?? 0, area?.DiskBytes ?? 0,
                area is null ? 0 : area.Counts.PagesRead / (double)Math.Max(1, area.Counts.KeysAsked), run.Sum, run.Rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Resident() => Environment.WorkingSet;

    private sealed record Outcome(double Rate, long Resident, long Entries, long StateBytes, long Spilled, long DiskBytes, double ReadsForEach, ulong Sum, long Rows);
}
