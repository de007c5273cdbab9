using System.Globalization;
using Typed.Execution;
using Typed.Files;

namespace Typed.Cli;

/// <summary>What sources keep in a checkpoint: those of files, which entry has which files.</summary>
internal static class SourceLogs
{
    /// <summary>Reads all of them.</summary>
    /// <returns>What was read, in words; what is wrong is added to the faults.</returns>
    internal static string Check(CheckpointView view, List<Fault> faults)
    {
        long logs = 0;
        long files = 0;
        foreach (string folder in Folders(view))
        {
            try
            {
                files += new SeenFilesLog(folder, root: "").Files.LongCount();
                logs++;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                faults.Add(new Fault(view.Relative(folder), e.Message, IsFatal: true));
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{files} files that {logs} source(s) remember");
    }

    /// <summary>How many files a source of files has read behind a batch up to another one; null where it is another kind of source, or cannot be read.</summary>
    internal static long? FilesBetween(CheckpointView view, int source, OffsetEntry from, OffsetEntry to)
    {
        string folder = Path.Combine(view.Path, "sources", source.ToString(CultureInfo.InvariantCulture));
        if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder).Any()
            || !long.TryParse(to.Ends[source], NumberStyles.None, CultureInfo.InvariantCulture, out long last))
            return null;
        long first = long.TryParse(from.Ends[source], NumberStyles.None, CultureInfo.InvariantCulture, out long before) ? before + 1 : 0;
        try
        {
            SeenFilesLog log = new(folder, root: "");
            long files = 0;
            for (long entry = first; entry <= last; entry++)
                files += log[entry].Count;
            return files;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Folders(CheckpointView view)
    {
        string sources = Path.Combine(view.Path, "sources");
        return Directory.Exists(sources) ? Directory.EnumerateDirectories(sources).Where(folder => Directory.EnumerateFiles(folder).Any()).Order(StringComparer.Ordinal) : [];
    }
}
