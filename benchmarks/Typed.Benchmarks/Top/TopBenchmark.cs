using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Top;

/// <summary>
/// The latest row of each key and the first three rows of each group, over columns that are there, as pipelines that the generator compiled; one
/// thread, micro-batches of 65,536 rows. Beside each the same by hand: a dictionary of the kept rows, from the same columns, whose changed
/// keys are read out after each batch.
/// </summary>
internal static class TopBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 128;
    private const int Warmup = 64;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public static void Run()
    {
        Measure("last by key, 10^3 keys", () => new LatestOffers(), 1_000, 1);
        Measure("last by key, 10^6 keys", () => new LatestOffers(), 1_000_000, 1);
        Measure("top 3 by group, 10^3 groups", () => new DearestOffers(), 1_000, 3);
        Measure("top 3 by group, 10^5 groups", () => new DearestOffers(), 100_000, 3);
        Measure("top 3 by group and window, 10^3", () => new DearestOffersOfWindows(), 1_000, 0);
    }

    private static void Measure(string name, Func<object> pipeline, int keys, int naiveRows)
    {
        List<ColumnBatch> batches = Generate(keys);
        List<double> rates = [];
        List<double> naive = [];
        double perRow = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, _) = PipelineRate.Measure(pipeline(), batches, Warmup);
            rates.Add(rate);
            if (naiveRows > 0)
                naive.Add(Naive(batches, naiveRows));
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        rates.Sort();
        naive.Sort();
        string beside = naiveRows > 0 ? string.Create(CultureInfo.InvariantCulture, $"  by hand {naive[2],6:F1}, × {rates[2] / naive[2]:F2}") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"top {name,-38} median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row{beside}"));
    }

    private static List<ColumnBatch> Generate(int keys)
    {
        Random random = new(17);
        List<ColumnBatch> batches = [];
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Offer>());
            for (int i = 0; i < BatchRows; i++)
            {
                ((FixedColumn<long>)batch[0]).Append(Origin + ((((long)b * BatchRows) + i) * Second / 1_000_000));
                ((FixedColumn<long>)batch[1]).Append(random.Next(keys));
                ((FixedColumn<long>)batch[2]).Append(random.Next());
                ((FixedColumn<double>)batch[3]).Append(i);
            }

            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    // What one would write without the operator: the kept rows of each key, and the keys that a batch has changed.
    private static unsafe double Naive(List<ColumnBatch> batches, int most)
    {
        Dictionary<long, List<Kept>> groups = [];
        HashSet<long> changed = [];
        long start = 0;
        double read = 0;
        for (int b = 0; b < batches.Count; b++)
        {
            if (b == Warmup)
                start = Stopwatch.GetTimestamp();
            long* times = ((FixedColumn<long>)batches[b][0]).Values;
            long* ids = ((FixedColumn<long>)batches[b][1]).Values;
            long* prices = ((FixedColumn<long>)batches[b][2]).Values;
            double* weights = ((FixedColumn<double>)batches[b][3]).Values;
            for (int row = 0; row < BatchRows; row++)
            {
                ref List<Kept>? rows = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, ids[row], out _);
                rows ??= new List<Kept>(most);
                Kept one = new(times[row], prices[row], weights[row]);
                int at = rows.Count;
                while (at > 0 && (most == 1 ? one.Time >= rows[at - 1].Time : one.Price > rows[at - 1].Price))
                    at--;
                if (at == most)
                    continue;
                if (rows.Count == most)
                    rows.RemoveAt(most - 1);
                rows.Insert(at, one);
                changed.Add(ids[row]);
            }

            foreach (long id in changed)
            {
                foreach (Kept one in groups[id])
                    read += one.Weight;
            }

            changed.Clear();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return read < 0 ? 0 : (double)(batches.Count - Warmup) * BatchRows / seconds / 1e6;
    }

    private readonly record struct Kept(long Time, long Price, double Weight);
}
