using System.Globalization;
using Typed.Benchmarks.State;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Aggregate;

/// <summary>
/// A group-by without windows, count and sum of a long in update mode, alone and with what has changed written to a buffer every so many batches: what it
/// costs the loop that state is durable. By turns, so that what else the machine does slows both alike.
/// </summary>
internal static class GroupByBenchmark
{
    private const int Batches = 384;
    private const int Different = 32;
    private const int Warmup = 48;
    private const int Turns = 5;

    // At 60 M rows/s ten seconds are about so many batches: snapshots here come far more often than by default.
    private const int BatchesASnapshot = 64;

    public static void Run()
    {
        foreach (int keys in (int[])[1_000, 100_000, 1_000_000])
            Measure(keys);
    }

    private static void Measure(int keys)
    {
        List<ColumnBatch> batches = Generate(keys);
        List<double> plain = [];
        List<double> stored = [];
        List<double> ratios = [];
        for (int turn = 0; turn < Turns; turn++)
        {
            plain.Add(PipelineRate.Measure(new KeyTotals(), batches, Warmup).Rate);
            stored.Add(PipelineRate.Measure(new KeyTotals(), batches, Warmup, BatchesASnapshot).Rate);
            ratios.Add(stored[^1] / plain[^1]);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"group-by      {keys,9} keys  {plain.Max(),6:F1} M rows/s, with a snapshot every {BatchesASnapshot} batches {stored.Max(),6:F1}: × {stored.Max() / plain.Max():F2}, median of turns × {ratios[Turns / 2]:F2}"));
    }

    // A few batches again and again: as many as there are would not fit into memory.
    private static List<ColumnBatch> Generate(int keys)
    {
        List<ColumnBatch> batches = GroupRows.OfRandomKeys(keys, Different);
        for (int b = Different; b < Batches; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Reading>());
            for (int column = 0; column < 4; column++)
                batch.Share(column, batches[b % Different][column]);
            batch.Length = GroupRows.BatchRows;
            batches.Add(batch);
        }

        return batches;
    }
}
