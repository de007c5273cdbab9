using System.Globalization;
using Typed.Connect;

namespace Typed.Files;

/// <summary>
/// Which files belong to which offset: entry n holds the files of the n-th batch of files, so that a batch can be read again and no file
/// is taken twice. Kept in the checkpoint, one file for each entry and now and then one that replaces all before it:
/// <code>
/// sources/0/12.compact     entries 0 to 12, of which files that are too old to come again may be missing
/// sources/0/13             typed-seen-files 1
///                          root /landing
///                          13 ⇥ 638711000000000000 ⇥ 1234 ⇥ 2025/01/04/a.json
///                          crc32c 1a2b3c4d
/// </code>
/// </summary>
internal sealed class SeenFilesLog
{
    private const string Kind = "typed-seen-files";
    private const string CompactSuffix = ".compact";
    private const int EntriesBeforeCompaction = 10;
    private const int MostEntries = 500;
    private const string SetBack = "or set the checkpoint back to a batch before it, 'typed checkpoint check' says to which; ";
    private readonly string? _directory;
    private readonly string _root;
    private readonly SortedDictionary<long, List<FileEntry>> _entries = [];
    private long _compacted = -1;
    private long _filesCompacted;
    private long _filesSince;

    /// <summary>Opens the log.</summary>
    /// <param name="directory">Where it is kept; null keeps it in memory.</param>
    /// <param name="root">The folder that the files are found below.</param>
    /// <param name="damaged">Takes the files of the last entries if they are damaged, and the log ends before them; null if they are not to be left out.</param>
    /// <exception cref="InvalidDataException">A file of the log is damaged or missing.</exception>
    internal SeenFilesLog(string? directory, string root, List<DamagedEntry>? damaged = null)
    {
        _directory = directory;
        _root = root;
        if (directory is not null && Directory.Exists(directory))
            Load(directory, damaged);
    }

    /// <summary>The number of the last entry; −1 if there is none.</summary>
    internal long Last { get; private set; } = -1;

    /// <summary>The folder that an earlier run had found the files below, if it was another one.</summary>
    internal string? EarlierRoot { get; private set; }

    /// <summary>All files of all entries.</summary>
    internal IEnumerable<FileEntry> Files => _entries.Values.SelectMany(files => files);

    /// <summary>The files of an entry, in the order in which they are read.</summary>
    internal IReadOnlyList<FileEntry> this[long number] => _entries.TryGetValue(number, out List<FileEntry>? files) ? files : [];

    /// <summary>The number of the entry that an offset says; −1 for the beginning.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="source">The source, for messages.</param>
    /// <exception cref="InvalidDataException">It is no such offset, or the log ends before it.</exception>
    internal long Position(string? offset, string source)
    {
        long position = offset is null ? -1 : RowOffset.Parse(offset, source);
        if (position <= Last)
            return position;
        throw new InvalidDataException(
            $"The checkpoint stands at entry {position} of {source}, but the record of the files that were read, "
            + $"{_directory ?? "which was not kept"}, {(Last < 0 ? "is missing" : $"ends at entry {Last}")}. Restore the folder from a copy of the checkpoint; "
            + $"{(Last < 0 ? "" : SetBack)}or start with a new checkpoint, which reads all files again.");
    }

    /// <summary>Adds an entry; it is durable when the call returns.</summary>
    internal void Add(List<FileEntry> files)
    {
        long number = Last + 1;
        if (_directory is not null)
        {
            string path = Path.Combine(_directory, Name(number));
            if (!DurableFile.TryCreate(path, LogText.Format(Kind, Lines([new(number, files)]))))
            {
                throw new InvalidOperationException(
                    $"The file {path} has just been written by somebody else: two queries use one checkpoint. Give each query a checkpoint of its own.");
            }
        }

        _entries[number] = files;
        Last = number;
        _filesSince += files.Count;
    }

    /// <summary>Replaces the files of the entries by one, if there are enough of them. Files for which <paramref name="forget"/> holds are dropped up to <paramref name="done"/>.</summary>
    internal void Compact(long done, Func<FileEntry, bool> forget)
    {
        long since = Last - _compacted;
        if (_directory is null || since < EntriesBeforeCompaction || (_filesSince * 10 < _filesCompacted && since < MostEntries))
            return;
        foreach ((long number, List<FileEntry> files) in _entries)
        {
            if (number <= done)
                files.RemoveAll(file => forget(file));
        }

        DurableFile.Write(Path.Combine(_directory, Name(Last) + CompactSuffix), LogText.Format(Kind, Lines(_entries)));
        long before = _compacted;
        (_compacted, _filesSince, _filesCompacted) = (Last, 0, Files.LongCount());
        if (before >= 0)
            File.Delete(Path.Combine(_directory, Name(before) + CompactSuffix));
        for (long number = before + 1; number <= Last; number++)
            File.Delete(Path.Combine(_directory, Name(number)));
    }

    private static string Name(long number) => number.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Lines(IEnumerable<KeyValuePair<long, List<FileEntry>>> entries) => entries
        .SelectMany(entry => entry.Value.Select(file => string.Create(
            CultureInfo.InvariantCulture, $"{entry.Key}\t{file.ModifiedTicks}\t{file.Length}\t{LogText.Escape(file.Path)}")))
        .Prepend("root " + LogText.Escape(_root));

    private void Load(string directory, List<DamagedEntry>? damaged)
    {
        List<long> single = [];
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            string name = Path.GetFileName(path);
            if (name.EndsWith(CompactSuffix, StringComparison.Ordinal))
            {
                if (long.TryParse(name.AsSpan(0, name.Length - CompactSuffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long compact))
                    _compacted = Math.Max(_compacted, compact);
            }
            else if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                single.Add(number);
            }
        }

        if (_compacted >= 0 && FaultOf(directory, Name(_compacted) + CompactSuffix, 0, _compacted) is { } lost)
            throw lost.Thrown(Remedy(""));
        _filesCompacted = Files.LongCount();
        Last = _compacted;
        long[] numbers = [.. single.Where(number => number > _compacted).Order()];
        for (int i = 0; i < numbers.Length; i++)
        {
            DamagedEntry? fault = numbers[i] == Last + 1
                ? FaultOf(directory, Name(numbers[i]), numbers[i], numbers[i])
                : new DamagedEntry(Path.Combine(directory, Name(Last + 1)), $"it is missing, although entry {numbers[i]} is there");
            if (fault is not { } found)
            {
                Last = numbers[i];
                continue;
            }

            // What a whole entry behind it says cannot be had otherwise, so the log does not end before it. Where none is whole, it may not be such a log.
            if (Last < 0 || DamagedFrom(directory, numbers[i..]) is not { } all)
                throw found.Thrown(Remedy(""));
            if (damaged is null)
                throw found.Thrown(Remedy(SetBack));
            damaged.AddRange(all);
            break;
        }

        _filesSince = Files.LongCount() - _filesCompacted;
    }

    private static string Remedy(string between) =>
        $"It says which files were read. Restore it from a copy of the checkpoint; {between}or start with a new checkpoint, which reads all files again.";

    /// <summary>The damaged ones of these entries; null if one of them is whole.</summary>
    private static List<DamagedEntry>? DamagedFrom(string directory, long[] numbers)
    {
        List<DamagedEntry> damaged = [];
        SeenFilesLog other = new(null, root: "");
        foreach (long number in numbers)
        {
            if (other.FaultOf(directory, Name(number), number, number) is not { } fault)
                return null;
            damaged.Add(fault);
        }

        return damaged;
    }

    private DamagedEntry? FaultOf(string directory, string name, long first, long last)
    {
        string path = Path.Combine(directory, name);
        if (LogText.FaultOf(path, Kind, out string[] lines) is { } fault)
            return new DamagedEntry(path, fault);
        foreach (string line in lines)
        {
            if (line.StartsWith("root ", StringComparison.Ordinal))
            {
                string root = LogText.Unescape(line[5..]);
                EarlierRoot = root == _root ? null : root;
                continue;
            }

            string[] parts = line.Split('\t');
            if (parts.Length != 4 || !TryNumber(parts[0], out long number) || !TryNumber(parts[1], out long modified)
                || !TryNumber(parts[2], out long length) || number < first || number > last)
            {
                // Others of its lines may have been taken.
                _entries.Remove(last);
                return new DamagedEntry(path, $"the line '{line[..Math.Min(100, line.Length)]}' does not belong there");
            }

            if (!_entries.TryGetValue(number, out List<FileEntry>? files))
                _entries[number] = files = [];
            files.Add(new FileEntry(LogText.Unescape(parts[3]), modified, length));
        }

        return null;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>A file of a log that cannot be used.</summary>
/// <param name="Path">The file.</param>
/// <param name="What">What is wrong with it.</param>
internal readonly record struct DamagedEntry(string Path, string What)
{
    /// <summary>The exception that says so.</summary>
    internal InvalidDataException Thrown(string remedy) => LogText.Damaged(Path, What, remedy);
}
