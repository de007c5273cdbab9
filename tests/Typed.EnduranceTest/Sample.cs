using System.Diagnostics;
using System.Globalization;

namespace Typed.EnduranceTest;

/// <summary>What the process holds at a moment.</summary>
/// <param name="Seconds">Since the start.</param>
/// <param name="ResidentMegabytes">Memory of the process that is resident.</param>
/// <param name="ManagedMegabytes">What is held on the managed heap.</param>
/// <param name="Handles">Open files and the like.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Files">Files in the checkpoint.</param>
/// <param name="CheckpointMegabytes">Bytes in the checkpoint, but for what is spilled.</param>
/// <param name="SpilledMegabytes">Bytes in the files of the spill area, which FASTER writes.</param>
internal readonly record struct Sample(double Seconds, double ResidentMegabytes, double ManagedMegabytes, double Handles, double Threads, double Files, double CheckpointMegabytes, double SpilledMegabytes)
{
    /// <summary>What is looked at: its name, its value, and by how much it may be greater at the end than in the second quarter, beside a tenth.</summary>
    public static readonly (string Name, string Unit, Func<Sample, double> Value, double Slack)[] Measures =
    [
        ("resident memory", " MB", one => one.ResidentMegabytes, 24),
        ("managed memory", " MB", one => one.ManagedMegabytes, 8),
        ("handles", "", one => one.Handles, 12),
        ("threads", "", one => one.Threads, 6),
        ("files of the checkpoint", "", one => one.Files, 64),
        ("size of the checkpoint", " MB", one => one.CheckpointMegabytes, 4),
        ("size of what is spilled", " MB", one => one.SpilledMegabytes, 8),
    ];

    public static Sample Now(double seconds, string checkpoint)
    {
        using Process process = Process.GetCurrentProcess();
        long bytes = 0;
        long spilled = 0;
        int files = 0;
        if (Directory.Exists(checkpoint))
        {
            foreach (string path in Directory.EnumerateFiles(checkpoint, "*", SearchOption.AllDirectories))
            {
                // A file may go between being listed and being looked at.
                FileInfo file = new(path);
                long length = file.Exists ? file.Length : 0;
                files++;
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
        return new Sample(seconds, process.WorkingSet64 / megabyte, managed / megabyte, handles, process.Threads.Count, files, bytes / megabyte, spilled / megabyte);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds,6:F0} s  {ResidentMegabytes,6:F0} MB resident  {ManagedMegabytes,5:F0} MB managed  {Handles,4:F0} handles  {Threads,3:F0} threads  {Files,5:F0} files  {CheckpointMegabytes,6:F1} MB checkpoint  {SpilledMegabytes,6:F1} MB spilled");
}
