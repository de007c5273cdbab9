using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Typed.Benchmarks.Aggregate;
using Typed.Execution;
using Typed.State;

namespace Typed.Benchmarks.State;

/// <summary>
/// How long the loop stands still for snapshots while a group-by grows from nothing to ten million keys, and then while all its keys change in no order: a version is
/// begun twice a second, twenty times as often as by default, so that the disk is always behind. A run with fewer keys comes before it, which is not told.
/// </summary>
internal static class StallBenchmark
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(0.5);

    public static void Run()
    {
        Run(GroupRows.Keys / 5, _ => { });
        Run(GroupRows.Keys, Console.WriteLine);
    }

    private static void Run(int keys, Action<string> print)
    {
        string folder = Directory.CreateTempSubdirectory("typed-stall-").FullName;
        try
        {
            using StateLog log = new(folder);
            using PipelineRate run = new(new KeyTotals());
            using SnapshotWriter writer = new(log);
            SnapshotCapture capture = new(run, writer);
            long batch = 0;
            Measure("while they come", 1);
            Measure("while they change", 8);
            Measure("while they change", 8);

            // The last batch may have made a version already.
            capture.Complete(batch + 1, default, []);
            writer.Wait();

            void Measure(string when, int times)
            {
                List<double> stalls = [];
                List<double> processor = [];
                int versions = 0;
                long last = Stopwatch.GetTimestamp();
                long start = last;
                long before = GC.GetTotalMemory(true);
                long most = 0;
                for (int time = 0; time < times; time++)
                    GroupRows.Push(run, 0, keys, Batch);

                void Batch()
                {
                    batch++;
                    long stall = Stopwatch.GetTimestamp();
                    double used = ThreadClock.Milliseconds;
                    writer.Check();
                    if (capture.IsUnderWay || (Stopwatch.GetElapsedTime(last) >= s_interval && writer.IsReady))
                    {
                        if (!capture.IsUnderWay)
                            last = Stopwatch.GetTimestamp();
                        versions += capture.Continue(batch, default, []) ? 1 : 0;
                    }

                    processor.Add(ThreadClock.Milliseconds - used);
                    stalls.Add(Stopwatch.GetElapsedTime(stall).TotalMilliseconds);
                    most = Math.Max(most, GC.GetTotalMemory(false) - before);
                }

                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                stalls.Sort();
                processor.Sort();
                double p99 = stalls[(int)(stalls.Count * 0.99)];
                print(string.Create(CultureInfo.InvariantCulture,
                    $"stall         {keys,9} keys {when}, {stalls.Count} batches in {seconds:F1} s, {versions} versions: the loop stood still p50 {stalls[stalls.Count / 2]:F1}, p99 {p99:F1}, most {stalls[^1]:F1} ms (on the processor p99 {processor[(int)(processor.Count * 0.99)]:F1}, most {processor[^1]:F1}), {stalls.Sum() / 1000:F2} s in all; managed memory grew by {most >> 20} MB at most; p99 at most 20 ms: {(p99 <= 20 ? "holds" : "MISSED")}"));
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}

/// <summary>What a thread has used of the processor: what else the machine does is not in it.</summary>
internal static partial class ThreadClock
{
    private const int OfThread = 3;

    internal static double Milliseconds => !OperatingSystem.IsLinux() ? 0 : Read(OfThread, out Time time) == 0
        ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6)
        : throw new InvalidOperationException("The thread has no clock.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Time time);

    private readonly struct Time
    {
        internal readonly long Seconds;
        internal readonly long Nanoseconds;
    }
}
