using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;

namespace Typed.Benchmarks.Stage;

[StreamRecord]
public readonly partial record struct Reading(long Sensor, int Quality, double Value, string Name);

[StreamRecord]
public readonly partial record struct Scaled(long Sensor, double Fahrenheit, int Quality);

[Pipeline(OutputMode.Append)]
public sealed partial class GoodReadings
{
    public static Stream<Scaled> Define(Stream<Reading> readings) => readings
        .Where(r => r.Quality > 50 && r.Value < 30.0)
        .Select(r => new Scaled(r.Sensor, (r.Value * 1.8) + 32.0, r.Quality));
}

/// <summary>A generated stage, a filter and a projection, beside a loop over arrays that somebody wrote for the same.</summary>
internal static class StageBenchmark
{
    // No row comes twice in a run: over a batch that repeats, the processor learns the branches of the loop by heart.
    private const int BatchRows = 65_536;
    private const int Batches = 64;

    public static void Run()
    {
        foreach (int percent in (int[])[5, 50, 95])
            Measure(percent);
    }

    private static void Measure(int percent)
    {
        Random random = new(11);
        ColumnBatch[] batches = new ColumnBatch[Batches];
        long[][] sensors = new long[Batches][];
        int[][] qualities = new int[Batches][];
        double[][] values = new double[Batches][];
        for (int b = 0; b < Batches; b++)
        {
            batches[b] = new ColumnBatch(Typed.Schema.RowSchema.Of<Reading>());
            (sensors[b], qualities[b], values[b]) = (new long[BatchRows], new int[BatchRows], new double[BatchRows]);
            for (int i = 0; i < BatchRows; i++)
            {
                (sensors[b][i], qualities[b][i], values[b][i]) = (random.Next(1000), random.Next(100) < percent ? 60 : 40, random.NextDouble() * 29);
                Append(batches[b], new Reading(sensors[b][i], qualities[b][i], values[b][i], "sensor"));
            }

            batches[b].Length = BatchRows;
        }

        Type plan = typeof(GoodReadings).GetNestedType("Plan", BindingFlags.NonPublic)!;
        using OperatorGraph graph = new();
        ((PipelinePlan)Activator.CreateInstance(plan, new GoodReadings())!).Build(graph);
        using CountingSink sink = new(graph.Last!.Output);
        graph.Last!.PushTo(sink);
        BatchContext context = new(0, 0, OutputMode.Append, false, new Arena());
        foreach (Operator one in graph.Operators)
            one.Begin(context);

        long[] outSensors = new long[BatchRows];
        double[] outValues = new double[BatchRows];
        int[] outQualities = new int[BatchRows];
        double generated = 0;
        double written = 0;
        long bytes = 0;
        long kept = 0;
        for (int run = 0; run < 12; run++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batches; i++)
                graph.Entries[0].Entry.Process(batches[i]);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            generated = Math.Max(generated, (double)BatchRows * Batches / seconds / 1e6);

            start = Stopwatch.GetTimestamp();
            kept = 0;
            for (int i = 0; i < Batches; i++)
                kept += ByHand(sensors[i], qualities[i], values[i], outSensors, outValues, outQualities);
            written = Math.Max(written, (double)BatchRows * Batches / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"filter and project, {percent,2} % pass {generated,10:F1} M rows/s  by hand {written,8:F1}  ratio {generated / written:F2}  {(double)bytes / (BatchRows * Batches):F3} B/row  ({kept} of {BatchRows * Batches})"));
    }

    private static int ByHand(long[] sensors, int[] qualities, double[] values, long[] outSensors, double[] outValues, int[] outQualities)
    {
        int count = 0;
        for (int i = 0; i < sensors.Length; i++)
        {
            if (qualities[i] > 50 && values[i] < 30.0)
            {
                outSensors[count] = sensors[i];
                outValues[count] = (values[i] * 1.8) + 32.0;
                outQualities[count] = qualities[i];
                count++;
            }
        }

        return count;
    }

    private static void Append<T>(ColumnBatch batch, T row)
        where T : Typed.Schema.IStreamRecord<T> => T.Append(in row, batch);
}
