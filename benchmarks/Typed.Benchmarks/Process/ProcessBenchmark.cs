using System.Diagnostics;
using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Process;

/// <summary>
/// Processors over columns that are there: 100,000 devices at random, as pipelines that the generator compiled. One thread, micro-batches of 65,536
/// rows, a million rows a second of event time.
/// </summary>
internal static class ProcessBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 48;
    private const int Rounds = 3;
    private const int Devices = 100_000;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;

    public static void Run()
    {
        List<ColumnBatch> batches = Generate(RowSchema.Of<Meter>(), Devices, AppendDevice);
        Measure("one value", new Jumps(), batches);
        Measure("one value, a row out for each", new Steps(), batches);
        Measure("value and timer that moves", new Silences(), batches);
        Measure("group form with time-out", new GroupSilences(), batches);
        Measure("map of ten entries", new Histograms(), batches);
        Release(batches);
        foreach (int places in (int[])[1_000, Devices])
        {
            batches = Generate(RowSchema.Of<NamedMeter>(), places, AppendPlace);
            Measure(string.Create(CultureInfo.InvariantCulture, $"one value, {places} texts"), new PlaceJumps(), batches);
            Release(batches);
        }

        Idle();
    }

    private static void Measure(string name, object pipeline, List<ColumnBatch> batches)
    {
        List<double> rates = [];
        double perRow = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, rows) = Pass(pipeline, batches);
            rates.Add(rate);
        }

        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"process {name,-30} median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row  {rows} rows out"));
    }

    // The same batches over and over, with later times. The first round does not count.
    private static unsafe (double Rate, double AllocatedPerRow, long Rows) Pass(object pipeline, List<ColumnBatch> batches)
    {
        using PipelineRate run = new(pipeline);
        long ticks = 0;
        long bytes = 0;
        long time = Origin;
        for (int b = 0; b < Rounds * Batches; b++)
        {
            ColumnBatch batch = batches[b % Batches];
            long* times = ((FixedColumn<long>)batch[0]).Values;
            for (int i = 0; i < BatchRows; i++)
                times[i] = time++;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            run.Batch(batch);
            ticks += b < Batches ? 0 : Stopwatch.GetTimestamp() - start;
            bytes += b < Batches ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        double measured = (double)(Rounds - 1) * Batches * BatchRows;
        return (measured / (ticks / (double)Stopwatch.Frequency) / 1e6, bytes / measured, run.Rows);
    }

    private static List<ColumnBatch> Generate(RowSchema schema, int keys, Action<ColumnBatch, long> appendKey)
    {
        Random random = new(11);
        List<ColumnBatch> batches = [];
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(schema);
            for (int i = 0; i < BatchRows; i++)
            {
                ((FixedColumn<long>)batch[0]).Append(0);
                appendKey(batch, random.Next(keys));
                ((FixedColumn<long>)batch[2]).Append(random.Next(1000));
            }

            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    private static void Release(List<ColumnBatch> batches)
    {
        foreach (ColumnBatch batch in batches)
            batch.Release();
    }

    private static void AppendDevice(ColumnBatch batch, long device) => ((FixedColumn<long>)batch[1]).Append(device);

    private static void AppendPlace(ColumnBatch batch, long place) =>
        ((Utf8Column)batch[1]).Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"place-{place:D8}")));

    private static void Append(ColumnBatch batch, long time, long device)
    {
        ((FixedColumn<long>)batch[0]).Append(time);
        AppendDevice(batch, device);
        ((FixedColumn<long>)batch[2]).Append(1);
    }

    /// <summary>A batch of 1,000 rows of 1,000 devices beside devices that are quiet, with a timer each: ten thousand of them, and ten million.</summary>
    private static void Idle()
    {
        double few = SmallBatch(10_000);
        double many = SmallBatch(10_000_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"process small batch of 1,000 rows: {few:F1} µs with 10^4 idle keys, {many:F1} µs with 10^7, × {many / few:F2}"));
    }

    private static double SmallBatch(int idle)
    {
        using PipelineRate run = new(new Silences());
        const int Active = 1_000;
        for (int device = 0; device < idle;)
        {
            ColumnBatch batch = new(RowSchema.Of<Meter>());
            int end = Math.Min(idle, device + BatchRows);
            for (; device < end; device++)
                Append(batch, Origin + (Second * 3600), Active + device);
            batch.Length = ((FixedColumn<long>)batch[0]).Length;
            run.Batch(batch);
            batch.Release();
        }

        Random random = new(5);
        List<double> micros = [];
        for (int b = 0; b < 6_000; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Meter>());
            for (int i = 0; i < 1_000; i++)
                Append(batch, Origin + (Second * 3600) + (((b * 1_000L) + i) / 2), random.Next(Active));
            batch.Length = 1_000;
            long start = Stopwatch.GetTimestamp();
            run.Batch(batch);
            if (b >= 1_000)
                micros.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            batch.Release();
        }

        micros.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"process {run.State.Total,9} keys held, {run.State.MemoryBytes >> 20} MiB, batch of 1,000 rows: median {micros[micros.Count / 2]:F1} µs"));
        return micros[micros.Count / 2];
    }
}
