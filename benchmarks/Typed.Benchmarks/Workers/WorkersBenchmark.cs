using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Schema;

namespace Typed.Benchmarks.Workers;

/// <summary>
/// A group-by of a million keys with one worker and with several, by turns in one run: keys that are equally frequent, and one key that half of the rows have. Micro-batches of
/// 64 batches of columns that are there.
/// </summary>
internal static class WorkersBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int BatchesPerRun = 64;
    private const int Keys = 1_000_000;
    private const int Runs = 9;

    public static void Run()
    {
        Measure("uniform", random => random.Next(Keys));
        Measure("half of the rows of one key", random => random.Next(2) == 0 ? 42 : random.Next(Keys));
    }

    private static void Measure(string name, Func<Random, long> key)
    {
        Random random = new(7);
        List<ColumnBatch> batches = [.. Enumerable.Range(0, BatchesPerRun).Select(_ => Generate(random, key))];
        int[] workers = [1, 2];
        GraphRunner[] runners = [.. workers.Select(count => new GraphRunner(PlanOf(new ReadingsByKey()), null, count))];
        List<double>[] rates = [.. workers.Select(_ => new List<double>())];
        List<double>[] busiest = [.. workers.Select(_ => new List<double>())];
        long batchId = 0;
        double allocated = 0;
        for (int run = 0; run < Runs + 2; run++)
        {
            for (int i = 0; i < runners.Length; i++)
            {
                long before = GC.GetTotalAllocatedBytes(true);
                Dictionary<int, TimeSpan> times = ThreadTimes();
                double rate = Batch(runners[i], batches, batchId);
                allocated = GC.GetTotalAllocatedBytes(true) - before;
                if (run < 2)
                    continue;
                rates[i].Add(rate);
                busiest[i].Add(ThreadTimes().Max(thread => (thread.Value - times.GetValueOrDefault(thread.Key)).TotalSeconds));
            }

            batchId++;
        }

        foreach (GraphRunner runner in runners)
            runner.Dispose();
        foreach (ColumnBatch batch in batches)
            batch.Release();
        foreach (List<double> one in rates)
            one.Sort();

        // What others do on the machine makes threads wait and says nothing; the time that the busiest thread computes is what a quiet machine would take.
        double[] busy = [.. workers.Select((_, i) => busiest[0].Order().ElementAt(Runs / 2) / busiest[i].Order().ElementAt(Runs / 2))];
        double[] ratios = [.. workers.Select((_, i) => rates[i][^1] / rates[0][^1])];
        for (int i = 0; i < workers.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"workers {name,-28} {workers[i]}: median {rates[i][Runs / 2],6:F1}, best {rates[i][^1],6:F1} M rows/s, best × {ratios[i]:F2}, median × {rates[i][Runs / 2] / rates[0][Runs / 2]:F2}  by the busiest thread × {busy[i]:F2}  {allocated / ((double)BatchesPerRun * BatchRows):F4} B/row"));
        }
    }

    private static double Batch(GraphRunner runner, List<ColumnBatch> batches, long batchId)
    {
        long start = Stopwatch.GetTimestamp();
        runner.Begin(new OffsetEntry(batchId, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
        foreach (ColumnBatch batch in batches)
            runner.Push(0, batch);
        runner.Settle();
        double rate = BatchesPerRun * (double)BatchRows / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        runner.End();
        return rate;
    }

    private static Dictionary<int, TimeSpan> ThreadTimes()
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Threads.Cast<ProcessThread>().ToDictionary(thread => thread.Id, thread => thread.TotalProcessorTime);
    }

    private static ColumnBatch Generate(Random random, Func<Random, long> key)
    {
        ColumnBatch batch = new(RowSchema.Of<KeyedReading>());
        for (int i = 0; i < BatchRows; i++)
        {
            ((FixedColumn<long>)batch[0]).Append(key(random));
            ((FixedColumn<long>)batch[1]).Append(i);
        }

        batch.Length = BatchRows;
        return batch;
    }

    private static PipelinePlan PlanOf(object pipeline) =>
        (PipelinePlan)Activator.CreateInstance(pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)!, pipeline)!;
}
