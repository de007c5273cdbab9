using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Distinct;

/// <summary>
/// Deduplication over columns that are there, as pipelines that the generator compiled, with their watermark. One thread, micro-batches of 65,536
/// rows, about a million keys held: random ids out of a million of which each passes anew every ten seconds; ids that come twice within
/// seconds; rows whose time is a part of the key, with a tenth of repeats; ids that are never forgotten.
/// </summary>
internal static class DistinctBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 512;
    private const int Warmup = 256;
    private const int Ids = 1_000_000;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public static void Run()
    {
        Measure("within watermark, 10^6 ids", () => new BeatsWithinWatermark(), 1_000_000, Random);
        Measure("within watermark, 30 % up to 4 s late", () => new BeatsWithinWatermark(), 1_000_000, Random, late: 4 * Second);
        Measure("within watermark, each id twice", () => new BeatsWithinWatermark(), 200_000, Twice);
        Measure("within watermark, twice, 30 % late", () => new BeatsWithinWatermark(), 200_000, Twice, late: 4 * Second);
        Measure("id and time", () => new BeatsAtTheirTime(), 100_000, Repeated);
        Measure("for ever, 10^6 ids", () => new BeatsForEver(), 1_000_000, Random);
        Idle();
    }

    private static long Random(Random random, long row) => random.Next(Ids);

    private static long Twice(Random random, long row) => random.Next(2) == 0 ? row : row - random.Next(100_000);

    private static long Repeated(Random random, long row) => row;

    private static void Measure(string name, Func<object> pipeline, int rowsPerSecond, Func<Random, long, long> id, long late = 0)
    {
        List<ColumnBatch> batches = Generate(rowsPerSecond, id, late);
        List<double> rates = [];
        double perRow = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, rows) = PipelineRate.Measure(pipeline(), batches, Warmup);
            rates.Add(rate);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"dedup {name,-38} median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row  {100.0 * rows / ((long)Batches * BatchRows):F1} % pass"));
    }

    private static List<ColumnBatch> Generate(int rowsPerSecond, Func<Random, long, long> id, long late)
    {
        Random random = new(11);
        List<ColumnBatch> batches = [];
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Beat>());
            for (int i = 0; i < BatchRows; i++)
            {
                long row = ((long)b * BatchRows) + i;
                if (id == Repeated && random.Next(10) == 0)
                    row -= random.Next((int)Math.Min(row + 1, 1000));
                long behind = late > 0 && random.Next(10) < 3 ? random.NextInt64(late) : 0;
                Append(batch, Origin + (row * Second / rowsPerSecond) - behind, id(random, row));
            }

            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    private static void Append(ColumnBatch batch, long time, long id)
    {
        ((FixedColumn<long>)batch[0]).Append(time);
        ((FixedColumn<long>)batch[1]).Append(id);
        ((FixedColumn<long>)batch[2]).Append(id);
    }

    /// <summary>A batch of 1,000 rows, half of them of a new id, beside keys that stay: ten thousand of them, and ten million.</summary>
    private static void Idle()
    {
        double few = SmallBatch(10_000);
        double many = SmallBatch(10_000_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"dedup small batch of 1,000 rows: {few:F1} µs with 10^4 keys held, {many:F1} µs with 10^7, × {many / few:F2}"));
    }

    private static double SmallBatch(int idle)
    {
        using PipelineRate run = new(new BeatsAtTheirTime());
        for (int key = 0; key < idle;)
        {
            ColumnBatch batch = new(RowSchema.Of<Beat>());
            int end = Math.Min(idle, key + BatchRows);
            for (; key < end; key++)
                Append(batch, Origin + (1_000 * Second) + (key % 1_000_000), key);
            batch.Length = ((FixedColumn<long>)batch[0]).Length;
            run.Batch(batch);
            batch.Release();
        }

        Random random = new(5);
        List<double> micros = [];
        long row = 0;
        for (int b = 0; b < 3_000; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Beat>());
            for (int i = 0; i < 1_000; i++)
            {
                row += random.Next(2);
                Append(batch, Origin + (1_000 * Second) + row, -row);
            }

            batch.Length = 1_000;
            long start = Stopwatch.GetTimestamp();
            run.Batch(batch);
            if (b >= 500)
                micros.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            batch.Release();
        }

        micros.Sort();
        return micros[micros.Count / 2];
    }
}
