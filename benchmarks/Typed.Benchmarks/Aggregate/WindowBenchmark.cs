using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Aggregate;

/// <summary>
/// Windows of event time over columns that are there: count, sum and mean of a long, as pipelines that the generator compiled, with their
/// watermark and projection. One thread, micro-batches of 65,536 rows, a million rows to a second of event time unless said.
/// </summary>
internal static class WindowBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 512;
    private const int Warmup = 8;
    private const long Second = 1_000_000;

    public static void Run()
    {
        foreach (int keys in (int[])[1_000, 100_000, 1_000_000])
            Measure("tumbling 10 s", new Tumbling10(), keys);
        foreach (int keys in (int[])[1_000, 100_000])
            Measure("tumbling 10 s, names", new TumblingNames(), keys);
        Measure("tumbling 60 s", new Tumbling60(), 1_000, rowsPerSecond: 200_000);
        Measure("sliding 60/10 s", new Sliding60By10(), 1_000, rowsPerSecond: 200_000);
        Measure("sliding 60/1 s", new Sliding60By1(), 1_000, rowsPerSecond: 200_000);
        Measure("tumbling, disorder", new Tumbling10(), 1_000, disorder: 4 * Second);
        Measure("60/1 s, disorder", new Sliding60By1(), 1_000, rowsPerSecond: 200_000, disorder: 4 * Second);
        Measure("60/1 s, behind", new Sliding60By1(), 1_000, rowsPerSecond: 200_000, disorder: 20 * Second);
    }

    public static void RunDisorder()
    {
        Disorder("tumbling 10 s", new Tumbling10(), 1_000_000);
        Disorder("sliding 60/1 s", new Sliding60By1(), 200_000);
    }

    private static List<ColumnBatch> Generate(int keys, int rowsPerSecond, long disorder, double share)
    {
        Random random = new(11);
        List<ColumnBatch> batches = [];
        double time = 1_700_000_000.0 * Second;
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Reading>());
            FixedColumn<long> times = (FixedColumn<long>)batch[0];
            for (int i = 0; i < BatchRows; i++)
            {
                time += (double)Second / rowsPerSecond;
                times.Append((long)time - (disorder == 0 || (share < 1 && random.NextDouble() >= share) ? 0 : random.NextInt64(disorder)));
            }

            if (b < 32)
                FillValues(batch, random, keys);
            else
                ShareValues(batch, batches[b % 32]);
            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    private static void FillValues(ColumnBatch batch, Random random, int keys)
    {
        for (int i = 0; i < BatchRows; i++)
        {
            int id = random.Next(keys);
            ((FixedColumn<long>)batch[1]).Append(id);
            ((FixedColumn<long>)batch[2]).Append(random.Next(1000));
            ((Utf8Column)batch[3]).Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"name-{id}")));
        }
    }

    private static void ShareValues(ColumnBatch batch, ColumnBatch from)
    {
        for (int column = 1; column < 4; column++)
            batch.Share(column, from[column]);
    }

    /// <summary>What it costs that 30 % of the rows come up to four seconds late.</summary>
    private static void Disorder(string name, object pipeline, int rowsPerSecond) =>
        DisorderCost.Print(name, pipeline, Generate(1_000, rowsPerSecond, 0, 1), Generate(1_000, rowsPerSecond, 4 * Second, 0.3), Warmup);

    private static void Measure(string name, object pipeline, int keys, int rowsPerSecond = 1_000_000, long disorder = 0, double share = 1)
    {
        List<ColumnBatch> batches = Generate(keys, rowsPerSecond, disorder, share);
        List<double> rates = [];
        double perRow = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, rows) = PipelineRate.Measure(pipeline, batches, Warmup);
            rates.Add(rate);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-22} {keys,9} keys  median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row  {rows} rows out"));
    }
}
