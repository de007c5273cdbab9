using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Typed.Benchmarks.Aggregate;
using Typed.State;

namespace Typed.Benchmarks.State;

/// <summary>
/// How long a group-by takes to go on from ten million stored keys (a long, a count, a sum): from one base, from a base and twenty files of changes, from a first version;
/// with the files in the cache of the system and without. Beside the seconds that pass stand those of the processor, which other work on the machine does not change.
/// </summary>
internal static class RecoveryBenchmark
{
    private const int Deltas = 20;
    private const int ChangedKeys = 100_000;
    private const int Runs = 3;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("typed-recovery-").FullName;
        try
        {
            using (StateLog log = new(folder))
            using (PipelineRate run = new(new KeyTotals()))
            {
                StateVersion version = GroupRows.Version(run);
                GroupRows.Push(run, 0, GroupRows.Keys);
                Save(run, log, version, parent: null);
                Measure(folder, "its first version");
                log.Compact(default);
                Save(run, log, version, parent: 0);
                log.Forget(1);
                Measure(folder, "a base and a file without changes");
                for (int i = 0; i < Deltas; i++)
                {
                    GroupRows.Push(run, i * (GroupRows.Keys / Deltas), ChangedKeys);
                    Save(run, log, version, version.BatchId);
                }

                Measure(folder, $"a base and {Deltas + 1} files of changes");
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Save(PipelineRate run, StateLog log, StateVersion version, long? parent)
    {
        version.Clear();
        (version.Parent, version.BatchId) = (parent, parent + 1 ?? 0);
        run.SaveChanges(version);
        log.Save(version);
        version.Clear();
    }

    private static void Measure(string folder, string from)
    {
        foreach (bool isCold in (bool[])[false, true])
        {
            double[] seconds = new double[Runs];
            double[] processor = new double[Runs];
            double[] verified = new double[Runs];
            for (int i = 0; i < Runs; i++)
            {
                if (isCold)
                    PageCache.Drop(folder);
                GC.Collect();
                using StateLog log = new(folder);
                using PipelineRate run = new(new KeyTotals());
                TimeSpan before = Environment.CpuUsage.TotalTime;
                long start = Stopwatch.GetTimestamp();
                using (StoredVersion version = log.Open(log.Versions[^1]))
                {
                    version.Verify();
                    verified[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    run.Load(version);
                }

                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                processor[i] = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
                if (run.State.Total != GroupRows.Keys)
                    throw new InvalidOperationException($"{run.State.Total} keys came back instead of {GroupRows.Keys}.");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"recovery      {GroupRows.Keys,9} keys from {from}, {(isCold ? "read from the disk" : "in the cache")}: best {seconds.Min():F2} s, median {Median(seconds):F2} s (to look whether all is whole {verified.Min():F2}), processor {processor.Min():F2} s; at most 3 s: {(Median(seconds) <= 3 ? "holds" : "MISSED")}"));
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}

/// <summary>Lets the system forget what it has of files.</summary>
internal static partial class PageCache
{
    private const int NotNeeded = 4;

    internal static void Drop(string folder)
    {
        foreach (string path in Directory.GetFiles(folder))
        {
            using SafeFileHandle file = File.OpenHandle(path);
            if (OperatingSystem.IsLinux() && Advise((int)file.DangerousGetHandle(), 0, 0, NotNeeded) != 0)
                throw new IOException($"The cache keeps '{path}'.");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
