using System.Globalization;
using Typed.Connect;

namespace Typed.Files;

/// <summary>
/// Which files each batch of each query has written to a folder: the entry of a batch makes its files visible, all at once.
/// <code>
/// export/_typed_log/7-0b5e…            batch 7 of the query 0b5e…: typed-sink-log 1, then batch ⇥ rows ⇥ bytes ⇥ path for each file
/// export/_typed_log/6-0b5e….compact    all batches of the query up to 6
/// export/_typed_log/8-0b5e….pending    batch 8, while it is committed: written before its files get their names
/// export/_typed_log/tmp-0b5e…/         files that have no name yet
/// </code>
/// </summary>
internal sealed class SinkLog
{
    internal const string Folder = "_typed_log";
    private const string Kind = "typed-sink-log";
    private const string CompactSuffix = ".compact";
    private const string PendingSuffix = ".pending";
    private const int EntriesBeforeCompaction = 10;
    private const int MostEntries = 500;
    private readonly string _directory;
    private readonly string _query;
    private readonly SortedSet<long> _entries = [];
    private long _compacted = -1;
    private long _filesCompacted;
    private long _filesSince;

    /// <summary>Opens the log for one query and undoes what a run that crashed had not committed.</summary>
    internal SinkLog(string root, Guid queryId)
    {
        Root = root;
        _directory = Path.Combine(root, Folder);
        _query = queryId.ToString("N");
        Temporary = Path.Combine(_directory, "tmp-" + _query);
        if (Directory.Exists(Temporary))
            Directory.Delete(Temporary, recursive: true);
        Directory.CreateDirectory(Temporary);
        List<long> compacts = [];
        foreach (string path in Directory.EnumerateFiles(_directory, "*-" + _query + "*"))
        {
            if (TryParse(Path.GetFileName(path), CompactSuffix, out long compact))
                compacts.Add(compact);
            else if (TryParse(Path.GetFileName(path), "", out long batch))
                _entries.Add(batch);
        }

        _compacted = compacts.Count > 0 ? compacts.Max() : -1;
        DropCompacted(compacts);
        foreach (string path in Directory.GetFiles(_directory, "*-" + _query + PendingSuffix))
            Undo(path);
        if (_compacted >= 0)
            _filesCompacted = Read(Entry(_compacted, CompactSuffix)).Count;
        _filesSince = _entries.Count;
    }

    /// <summary>The folder that is written to.</summary>
    internal string Root { get; }

    /// <summary>Where files are written before they get their names.</summary>
    internal string Temporary { get; }

    /// <summary>Whether the files of a batch are visible already.</summary>
    internal bool Contains(long batch) => batch <= _compacted || _entries.Contains(batch);

    /// <summary>The last batch of which files are visible; −1 if there is none.</summary>
    internal long Last => _entries.Count > 0 ? _entries.Max : _compacted;

    /// <summary>The files of a batch that are visible; none if it had no rows.</summary>
    internal IReadOnlyList<CommittedFile> FilesOf(long batch)
    {
        if (_entries.Contains(batch))
            return Read(Entry(batch, ""));
        return batch <= _compacted ? [.. Read(Entry(_compacted, CompactSuffix)).Where(file => file.BatchId == batch)] : [];
    }

    /// <summary>Gives the files their names and makes them visible.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="files">The files, each with where it was written.</param>
    /// <param name="reached">Called after each step.</param>
    internal void Commit(long batch, IReadOnlyList<(string Temporary, CommittedFile File)> files, Action<FileSinkStep> reached)
    {
        string pending = Entry(batch, PendingSuffix);
        DurableFile.Write(pending, LogText.Format(Kind, files.Select(file => Line(file.File))));
        reached(FileSinkStep.Pending);
        foreach ((string temporary, CommittedFile file) in files)
        {
            string path = Path.Combine(Root, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            reached(FileSinkStep.Named);
        }

        foreach (string directory in Directories(files))
            DurableFile.SyncDirectory(directory);
        reached(FileSinkStep.AllNamed);
        if (!DurableFile.TryLink(pending, Entry(batch, "")))
        {
            throw new InvalidOperationException(
                $"Batch {batch} has just been written to {Root} by somebody else: the query runs twice, or two of its sinks share the folder. Stop one run, or give each sink a folder of its own.");
        }

        reached(FileSinkStep.Visible);
        File.Delete(pending);
        _entries.Add(batch);
        _filesSince += files.Count;
        reached(FileSinkStep.Committed);
        Compact(batch);
        reached(FileSinkStep.Compacted);
    }

    /// <summary>Takes back the names that files of a batch got before its commit failed.</summary>
    internal void Undo(long batch)
    {
        string pending = Entry(batch, PendingSuffix);
        if (File.Exists(pending))
            Undo(pending);
    }

    /// <summary>The files of an entry.</summary>
    internal static List<CommittedFile> Read(string path)
    {
        string remedy = $"It says which files of its folder hold committed rows. Restore it from a copy; or move the data away and start with a new folder and a new checkpoint.";
        List<CommittedFile> files = [];
        string name = Path.GetFileName(path);
        Guid query = Guid.TryParseExact(name.AsSpan(name.IndexOf('-', StringComparison.Ordinal) + 1, 32), "N", out Guid parsed) ? parsed : Guid.Empty;
        foreach (string line in LogText.Read(path, Kind, remedy))
        {
            string[] parts = line.Split('\t');
            if (parts.Length != 4 || !TryNumber(parts[0], out long batch) || !TryNumber(parts[1], out long rows) || !TryNumber(parts[2], out long bytes))
                throw LogText.Damaged(path, $"the line '{line[..Math.Min(100, line.Length)]}' does not belong there", remedy);
            files.Add(new CommittedFile(LogText.Unescape(parts[3]), query, batch, rows, bytes));
        }

        return files;
    }

    /// <summary>Whether a file of the log is an entry, of one batch or of several, and of which query.</summary>
    internal static bool IsEntry(string name, out string query, out long batch, out bool compact)
    {
        compact = name.EndsWith(CompactSuffix, StringComparison.Ordinal);
        ReadOnlySpan<char> stem = compact ? name.AsSpan(0, name.Length - CompactSuffix.Length) : name;
        int dash = stem.IndexOf('-');
        query = dash < 0 ? "" : stem[(dash + 1)..].ToString();
        batch = 0;
        return dash > 0 && query.Length == 32 && TryNumber(stem[..dash], out batch);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Line(CommittedFile file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.BatchId}\t{file.Rows}\t{file.Bytes}\t{LogText.Escape(file.Path)}");

    /// <summary>The folders whose names changed, up to the root.</summary>
    private HashSet<string> Directories(IReadOnlyList<(string Temporary, CommittedFile File)> files)
    {
        HashSet<string> directories = new(StringComparer.Ordinal);
        foreach ((_, CommittedFile file) in files)
        {
            for (string? directory = Path.GetDirectoryName(Path.Combine(Root, file.Path)); directory is not null && directories.Add(directory) && directory != Root;)
                directory = Path.GetDirectoryName(directory);
        }

        return directories;
    }

    private void Undo(string pending)
    {
        if (TryParse(Path.GetFileName(pending), PendingSuffix, out long batch) && !Contains(batch))
        {
            foreach (CommittedFile file in Read(pending))
            {
                // A file whose folder was not even made has no name to take away.
                string path = Path.Combine(Root, file.Path);
                if (File.Exists(path))
                    File.Delete(path);
            }
        }

        File.Delete(pending);
    }

    private void Compact(long last)
    {
        if (_entries.Count < EntriesBeforeCompaction || (_filesSince * 10 < _filesCompacted && _entries.Count < MostEntries))
            return;
        List<CommittedFile> files = _compacted >= 0 ? Read(Entry(_compacted, CompactSuffix)) : [];
        foreach (long batch in _entries)
            files.AddRange(Read(Entry(batch, "")));
        DurableFile.Write(Entry(last, CompactSuffix), LogText.Format(Kind, files.Select(Line)));
        if (_compacted >= 0)
            File.Delete(Entry(_compacted, CompactSuffix));
        foreach (long batch in _entries)
            File.Delete(Entry(batch, ""));
        _entries.Clear();
        (_compacted, _filesCompacted, _filesSince) = (last, files.Count, 0);
    }

    /// <summary>
    /// Ends a merging of entries that a crash has cut short: what the newest merged entry holds already would be merged into the next one a second time.
    /// </summary>
    private void DropCompacted(List<long> compacts)
    {
        foreach (long compact in compacts.Where(one => one < _compacted))
            File.Delete(Entry(compact, CompactSuffix));
        foreach (long batch in _entries.Where(one => one <= _compacted).ToList())
        {
            File.Delete(Entry(batch, ""));
            _entries.Remove(batch);
        }
    }

    private string Entry(long batch, string suffix) => Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{batch}-{_query}{suffix}"));

    private bool TryParse(string name, string suffix, out long batch)
    {
        batch = 0;
        string end = "-" + _query + suffix;
        return name.EndsWith(end, StringComparison.Ordinal) && TryNumber(name.AsSpan(0, name.Length - end.Length), out batch);
    }
}

/// <summary>The steps of a commit; a test stops after one of them to stand for a crash.</summary>
internal enum FileSinkStep
{
    /// <summary>Rows were written to files without a name.</summary>
    Written,

    /// <summary>The files are on the disk.</summary>
    Synced,

    /// <summary>What is going to be committed is written down.</summary>
    Pending,

    /// <summary>One file has its name.</summary>
    Named,

    /// <summary>All files have their names.</summary>
    AllNamed,

    /// <summary>The entry of the batch is there.</summary>
    Visible,

    /// <summary>What was pending is gone.</summary>
    Committed,

    /// <summary>Entries were merged, if there were enough.</summary>
    Compacted,
}
