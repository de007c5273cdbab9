using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
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

    private static List<ColumnBatch> Generate(int keys, int rowsPerSecond, long disorder)
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
                times.Append((long)time - (disorder == 0 ? 0 : random.NextInt64(disorder)));
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

    private static void Measure(string name, object pipeline, int keys, int rowsPerSecond = 1_000_000, long disorder = 0)
    {
        List<ColumnBatch> batches = Generate(keys, rowsPerSecond, disorder);
        List<double> rates = [];
        double perRow = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, rows) = Once(pipeline, batches);
            rates.Add(rate);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-22} {keys,9} keys  median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row  {rows} rows out"));
    }

    private static (double Rate, double AllocatedPerRow, long Rows) Once(object pipeline, List<ColumnBatch> batches)
    {
        Type type = pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)!;
        PipelinePlan plan = (PipelinePlan)Activator.CreateInstance(type, pipeline)!;
        using OperatorGraph graph = new();
        plan.Build(graph);
        CountingSink sink = new(graph.Last!.Output);
        graph.Add(sink, graph.Last!);
        BatchContext context = new(0, 0, plan.OutputMode, false, new Arena());
        StatefulOperator aggregate = graph.Stateful[0];
        long before = 0;
        long start = 0;
        long watermark = 0;
        for (int b = 0; b < batches.Count; b++)
        {
            if (b == Warmup)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                start = Stopwatch.GetTimestamp();
            }

            aggregate.LateWatermark = aggregate.EvictionWatermark;
            aggregate.EvictionWatermark = watermark;
            for (int i = 0; i < graph.Operators.Count; i++)
                graph.Operators[i].Begin(context);
            graph.Entries[0].Entry.Process(batches[b]);
            graph.Entries[0].Entry.InputEnded();
            foreach (WatermarkOperator node in graph.Watermarks)
                watermark = Math.Max(watermark, (node.MaxMillis * 1000) - node.DelayMicros);
        }

        double measured = (batches.Count - Warmup) * (double)BatchRows;
        double rate = measured / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        return (rate, (GC.GetAllocatedBytesForCurrentThread() - before) / measured, sink.Rows);
    }
}
