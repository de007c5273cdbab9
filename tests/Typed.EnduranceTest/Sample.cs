using System.Diagnostics;
using System.Globalization;

namespace Typed.EnduranceTest;

/// <summary>What the process holds at a moment.</summary>
/// <param name="Seconds">Since the start.</param>
/// <param name="ResidentMegabytes">Memory of the process that is resident.</param>
/// <param name="ManagedMegabytes">What is held on the managed heap.</param>
/// <param name="Handles">Open files and the like.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Files">Files in the checkpoint, but for the entries of its logs, of which there are as many as batches between two snapshots.</param>
/// <param name="LogSeconds">How long ago the oldest entry of the logs was written.</param>
/// <param name="CheckpointMegabytes">Bytes in the checkpoint, but for what is spilled.</param>
/// <param name="SpilledMegabytes">Bytes in the files of the spill area, which FASTER writes.</param>
internal readonly record struct Sample(double Seconds, double ResidentMegabytes, double ManagedMegabytes, double Handles, double Threads, double Files, double LogSeconds, double CheckpointMegabytes, double SpilledMegabytes)
{
    /// <summary>What is looked at: its name, its value, and by how much it may be greater at the end than in the second quarter, beside a tenth.</summary>
    public static readonly (string Name, string Unit, Func<Sample, double> Value, double Slack)[] Measures =
    [
        ("resident memory", " MB", one => one.ResidentMegabytes, 24),
        ("managed memory", " MB", one => one.ManagedMegabytes, 8),
        ("handles", "", one => one.Handles, 12),
        ("threads", "", one => one.Threads, 6),
        ("files of the checkpoint but for its logs", "", one => one.Files, 16),
        ("age of the log", " s", one => one.LogSeconds, 8),
        ("size of the checkpoint", " MB", one => one.CheckpointMegabytes, 4),
        ("size of what is spilled", " MB", one => one.SpilledMegabytes, 8),
    ];

    public static Sample Now(double seconds, string checkpoint)
    {
        using Process process = Process.GetCurrentProcess();
        long bytes = 0;
        long spilled = 0;
        int files = 0;
        double log = 0;
        if (Directory.Exists(checkpoint))
        {
            foreach (string path in Directory.EnumerateFiles(checkpoint, "*", SearchOption.AllDirectories))
            {
                // A file may go between being listed and being looked at.
                FileInfo file = new(path);
                long length = file.Exists ? file.Length : 0;
                string folder = Path.GetFileName(Path.GetDirectoryName(path)!);
                bool isEntry = folder is "offsets" or "commits";
                if (isEntry && file.Exists)
                    log = Math.Max(log, (DateTime.UtcNow - file.LastWriteTimeUtc).TotalSeconds);
                files += isEntry ? 0 : 1;
                if (path.Contains("/spill-", StringComparison.Ordinal) || path.Contains("\\spill-", StringComparison.Ordinal))
                    spilled += length;
                else
                    bytes += length;
            }
        }

        int handles = Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : process.HandleCount;
        const double megabyte = 1 << 20;

        // What nobody holds is no growth, and how much of it there is depends on when there was a collection.
        GC.Collect();
        double managed = GC.GetTotalMemory(false);
        return new Sample(seconds, process.WorkingSet64 / megabyte, managed / megabyte, handles, process.Threads.Count, files, log, bytes / megabyte, spilled / megabyte);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds,6:F0} s  {ResidentMegabytes,6:F0} MB resident  {ManagedMegabytes,5:F0} MB managed  {Handles,4:F0} handles  {Threads,3:F0} threads  {Files,5:F0} files  {LogSeconds,4:F1} s of log  {CheckpointMegabytes,6:F1} MB checkpoint  {SpilledMegabytes,6:F1} MB spilled");
}
