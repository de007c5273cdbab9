using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Execution;

namespace Typed.Benchmarks.Workers;

/// <summary>One or several queries that run at once, each with its rows, and what was measured of them.</summary>
internal sealed class WorkersCase(string name, (GraphRunner Runner, List<ColumnBatch> Batches)[] queries) : IDisposable
{
    private readonly long _rows = queries.Sum(query => query.Batches.Sum(batch => (long)batch.Length));
    private readonly List<double> _rates = [];
    private readonly List<double> _busiest = [];
    private readonly List<double> _all = [];
    private double _allocated;

    /// <summary>Runs a micro-batch of each query; its end, at which groups are shown, is not measured.</summary>
    public void Run(int batchId, bool isMeasured)
    {
        foreach ((GraphRunner runner, _) in queries)
            runner.Begin(new OffsetEntry(batchId, 0, 0, WatermarkPolicy.Min, [null]), 0, null, null);
        using CountdownEvent others = new(queries.Length);
        using ManualResetEventSlim ended = new(queries.Length == 1);
        long allocatedBefore = GC.GetTotalAllocatedBytes(true);
        Dictionary<int, double> before = ThreadSeconds();
        long start = Stopwatch.GetTimestamp();

        // A thread of its own is there until its time was read.
        Thread[] threads = [.. queries[1..].Select(query => new Thread(() =>
        {
            Push(query);
            others.Signal();
            ended.Wait();
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        Push(queries[0]);
        others.Signal();
        others.Wait();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] used = [.. ThreadSeconds().Select(thread => thread.Value - before.GetValueOrDefault(thread.Key))];
        _allocated = GC.GetTotalAllocatedBytes(true) - allocatedBefore;
        ended.Set();
        foreach (Thread thread in threads)
            thread.Join();
        foreach ((GraphRunner runner, _) in queries)
            runner.End();
        if (!isMeasured)
            return;
        _rates.Add(_rows / seconds / 1e6);
        _busiest.Add(used.Max());
        _all.Add(used.Sum());
    }

    /// <summary>
    /// What was measured, beside another case with as many rows. What others do on the machine makes threads wait and says nothing; the time that the busiest thread computes is
    /// what a quiet machine would take.
    /// </summary>
    public string Describe(WorkersCase other) => string.Create(CultureInfo.InvariantCulture,
        $"{name,-22}: median {Median(_rates),5:F1}, best {_rates.Max(),5:F1} M rows/s, best × {_rates.Max() / other._rates.Max():F2}, median × {TimesAsFastAs(other):F2}, by the busiest thread × {Median(other._busiest) / Median(_busiest):F2} (least × {other._busiest.Min() / _busiest.Min():F2}); processor {Median(_all) / _rows * 1e9,4:F1} ns/row (least {_all.Min() / _rows * 1e9,4:F1})  {_allocated / _rows:F4} B/row");

    /// <summary>How many times the rows of another case go through in the same time, as it passes.</summary>
    public double TimesAsFastAs(WorkersCase other) => Median(_rates) / Median(other._rates);

    public void Dispose()
    {
        foreach ((GraphRunner runner, _) in queries)
            runner.Dispose();
    }

    private static void Push((GraphRunner Runner, List<ColumnBatch> Batches) query)
    {
        foreach (ColumnBatch batch in query.Batches)
            query.Runner.Push(0, batch);
        query.Runner.Settle();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // What each thread of the process has computed: where the system tells it in nanoseconds, by that.
    private static Dictionary<int, double> ThreadSeconds()
    {
        const string Tasks = "/proc/self/task";
        if (Directory.Exists(Tasks))
        {
            Dictionary<int, double> seconds = [];
            foreach (string task in Directory.GetDirectories(Tasks))
            {
                try
                {
                    seconds[int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture)] = long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
                }
                catch (IOException)
                {
                    // The thread has ended meanwhile: none of those that are measured.
                }
            }

            return seconds;
        }

        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Threads.Cast<ProcessThread>().ToDictionary(thread => thread.Id, thread => thread.TotalProcessorTime.TotalSeconds);
    }
}
