using System.Globalization;
using Typed.Execution;
using Typed.Files;

namespace Typed.Cli;

/// <summary>What sources keep in a checkpoint: those of files, which entry has which files.</summary>
internal sealed class SourceLogs
{
    private readonly SortedDictionary<int, SeenFilesLog> _logs = [];
    private readonly SortedSet<int> _missing = [];
    private readonly SortedDictionary<int, string> _damaged = [];

    // Those of which the last entries are damaged.
    private readonly SortedSet<int> _cut = [];

    private SourceLogs()
    {
    }

    /// <summary>What was read, in words.</summary>
    internal string Description => string.Create(CultureInfo.InvariantCulture, $"{_logs.Values.Sum(log => log.Files.LongCount())} files that {_logs.Count} source(s) remember");

    /// <summary>Reads all of them; what is wrong is added to the faults.</summary>
    internal static SourceLogs Read(CheckpointView view)
    {
        SourceLogs sources = new();
        string root = Path.Combine(view.Path, "sources");
        SortedSet<int> numbers = [.. Enumerable.Range(0, view.Identity?.Sources.Count ?? 0)];
        if (Directory.Exists(root))
            numbers.UnionWith(Directory.EnumerateDirectories(root).Select(folder => LogExtent.NumberOf(Path.GetFileName(folder))).OfType<long>().Select(number => (int)number));
        string?[]? ends = view.Offsets.TryGetValue(view.Last, out OffsetEntry? last) ? last.Ends : null;
        foreach (int number in numbers)
        {
            sources.Read(view, number, Path.Combine(root, number.ToString(CultureInfo.InvariantCulture)));
            if (!sources._cut.Contains(number) && sources.FaultOf(view, number, ends?[number]) is { } what)
                view.Faults.Add(new Fault($"sources/{number}", what, sources._damaged.ContainsKey(number)) { Source = number });
        }

        return sources;
    }

    /// <summary>Why a source cannot go on from an offset; null if it can, as far as its log tells.</summary>
    internal string? FaultOf(CheckpointView view, int source, string? end)
    {
        if (_damaged.TryGetValue(source, out string? fault))
            return fault;
        string name = Name(view, source);

        // Whether it is a source of files cannot be seen here. The offset of one is a number.
        if (_missing.Contains(source))
        {
            return end is not null && LogExtent.NumberOf(end) is not null
                ? $"the folder is missing, and with it what {name} keeps; a source of files keeps there which files it has read and does not start without it, a source that keeps nothing goes on"
                : null;
        }

        if (!_logs.TryGetValue(source, out SeenFilesLog? log))
            return null;
        try
        {
            log.Position(end, name);
            return null;
        }
        catch (InvalidDataException) when (_cut.Contains(source))
        {
            return $"the batch ends at entry {end} of what {name} keeps, which is whole up to entry {log.Last} only";
        }
        catch (InvalidDataException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    /// <summary>How many files a source of files has read behind a batch up to another one; null where it is another kind of source, or cannot be read.</summary>
    internal long? FilesBetween(int source, OffsetEntry from, OffsetEntry to)
    {
        if (!_logs.TryGetValue(source, out SeenFilesLog? log) || !long.TryParse(to.Ends[source], NumberStyles.None, CultureInfo.InvariantCulture, out long last) || last > log.Last)
            return null;
        long first = long.TryParse(from.Ends[source], NumberStyles.None, CultureInfo.InvariantCulture, out long before) ? before + 1 : 0;
        long files = 0;
        for (long entry = first; entry <= last; entry++)
            files += log[entry].Count;
        return files;
    }

    /// <summary>Whether no source has anything behind an entry, all being sources of files.</summary>
    internal bool EndAt(CheckpointView view, OffsetEntry entry)
    {
        for (int i = 0; i < entry.Ends.Length; i++)
        {
            if (!_logs.TryGetValue(i, out SeenFilesLog? log) || _cut.Contains(i) || FaultOf(view, i, entry.Ends[i]) is not null || log.Last != log.Position(entry.Ends[i], Name(view, i)))
                return false;
        }

        return true;
    }

    private static string Name(CheckpointView view, int source) => view.Identity is { } identity && source < identity.Sources.Count ? identity.Sources[source] : $"source {source}";

    private void Read(CheckpointView view, int number, string folder)
    {
        if (!Directory.Exists(folder))
        {
            _missing.Add(number);
            return;
        }

        try
        {
            if (Directory.EnumerateFiles(folder).Any(file => !Path.GetFileName(file).StartsWith('.')))
                _logs[number] = ReadLog(view, number, folder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _damaged[number] = e.Message.TrimEnd('.');
        }
    }

    // Without its last entries the log is what it was before them, so they go out of the way in a repair: the newest first.
    private SeenFilesLog ReadLog(CheckpointView view, int number, string folder)
    {
        List<DamagedEntry> damaged = [];
        SeenFilesLog log = new(folder, root: "", damaged);
        foreach (DamagedEntry entry in Enumerable.Reverse(damaged))
        {
            _cut.Add(number);
            view.Faults.Add(new Fault(view.Relative(entry.Path), $"{entry.What}; it says which files {Name(view, number)} has read, up to entry {log.Last} that is known", IsFatal: false) { Source = number, IsForeign = true });
        }

        return log;
    }
}
