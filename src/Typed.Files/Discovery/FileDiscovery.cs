namespace Typed.Files;

/// <summary>
/// Chooses the files of the next batch (semantics 14): those that are there and were not taken, oldest first or newest first, as many as the
/// limit allows.
/// </summary>
internal sealed class FileDiscovery
{
    private readonly FileSourceOptions _options;
    private readonly SeenFiles _seen;
    private readonly Action<string> _warn;
    private readonly TimeProvider _time;
    private List<FileEntry>? _frozen;
    private bool _vanished;

    internal FileDiscovery(FileListing listing, FileSourceOptions options, TimeProvider time, Action<string> warn)
    {
        (Listing, _options, _time, _warn) = (listing, options, time, warn);

        // Where a limit and an order other than oldest first leave old files for later, their age must not rule them out.
        bool ageless = (options.LatestFirst || options.Order == FileOrder.Path) && (options.MaxFilesPerTrigger is not null || options.MaxBytesPerTrigger is not null);
        _seen = new SeenFiles(ageless ? long.MaxValue : options.MaxFileAge.Ticks, options.FileNameOnly);
    }

    internal FileListing Listing { get; }

    internal bool IsPurged(FileEntry file) => _seen.IsPurged(file);

    /// <summary>Remembers what an earlier run took.</summary>
    internal void Restore(IEnumerable<FileEntry> files)
    {
        foreach (FileEntry file in files)
            _seen.Add(file);
        _seen.Purge();
    }

    /// <summary>Limits what is taken from now on to what is there now (semantics 11.5).</summary>
    internal void Freeze() => _frozen = New();

    /// <summary>The files of the next batch; they are taken for seen from now on.</summary>
    /// <param name="all">Whether the limits are lifted.</param>
    internal List<FileEntry> Take(bool all)
    {
        List<FileEntry> candidates = _frozen ?? New();
        int count = all ? candidates.Count : WithinLimits(candidates);
        List<FileEntry> taken = candidates.GetRange(0, count);
        foreach (FileEntry file in taken)
            _seen.Add(file);
        _seen.Purge();
        _frozen?.RemoveRange(0, count);
        return taken;
    }

    private int WithinLimits(List<FileEntry> files)
    {
        if (_options.MaxFilesPerTrigger is int limit)
            return Math.Min(limit, files.Count);
        if (_options.MaxBytesPerTrigger is not long bytes)
            return files.Count;
        int count = 0;
        long sum = 0;
        while (count < files.Count && (count == 0 || sum + files[count].Length <= bytes))
            sum += files[count++].Length;
        return count;
    }

    private List<FileEntry> New()
    {
        List<FileEntry> found = List();
        long newest = _options.SettleTime > TimeSpan.Zero ? (_time.GetUtcNow() - _options.SettleTime).Ticks : long.MaxValue;
        List<FileEntry> files = [];
        HashSet<string>? names = _options.FileNameOnly ? new(StringComparer.Ordinal) : null;
        bool byTime = _options.Order == FileOrder.Modified;
        found.Sort((a, b) => byTime && a.ModifiedTicks != b.ModifiedTicks ? a.ModifiedTicks.CompareTo(b.ModifiedTicks) : string.CompareOrdinal(a.Path, b.Path));
        if (_options.LatestFirst)
            found.Reverse();
        foreach (FileEntry file in found)
        {
            if (!_seen.IsNew(file))
            {
                if (_seen.WasRewritten(file))
                    WarnOfRewritten(file);
            }
            else if (file.ModifiedTicks <= newest && (names?.Add(file.Path[(file.Path.LastIndexOf('/') + 1)..]) ?? true))
            {
                files.Add(file);
            }
        }

        return files;
    }

    private List<FileEntry> List()
    {
        try
        {
            List<FileEntry> files = Listing.List();
            _vanished = false;
            return files;
        }
        catch (DirectoryNotFoundException)
        {
            if (!_vanished)
            {
                _warn($"The folder {Listing.Root} of the files {Listing.Path} is not there any more. The query goes on and reads what comes when it is back; "
                    + "restore it, or stop the query.");
            }

            _vanished = true;
            return [];
        }
    }

    private void WarnOfRewritten(FileEntry file) => _warn(
        $"The file {Listing.FullPath(file)} was changed after it had been read. Each file is read once, so the change is not seen: "
        + "write new rows to new files, and rename files into place when they are complete.");
}
