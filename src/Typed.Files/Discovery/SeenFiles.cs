namespace Typed.Files;

/// <summary>
/// The files that were taken (semantics 14.1, 14.3). What is older than the newest file seen by more than the greatest age is forgotten at
/// a purge, and from then on nothing as old is new.
/// </summary>
internal sealed class SeenFiles(long maxAgeTicks, bool fileNameOnly)
{
    private readonly Dictionary<string, FileEntry> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private long _newestTicks;
    private long _purgeTicks;

    internal int Count => _files.Count;

    internal void Add(FileEntry file)
    {
        _files[Key(file)] = file;
        _newestTicks = Math.Max(_newestTicks, file.ModifiedTicks);
    }

    internal bool IsNew(FileEntry file) => file.ModifiedTicks >= _purgeTicks && !_files.ContainsKey(Key(file));

    /// <summary>Whether a file that was taken is not what it was then; said once for each file.</summary>
    internal bool WasRewritten(FileEntry file) =>
        _files.TryGetValue(Key(file), out FileEntry seen) && seen.Path == file.Path
        && (seen.ModifiedTicks != file.ModifiedTicks || seen.Length != file.Length) && _reported.Add(file.Path);

    /// <summary>Forgets the files that are too old to come again.</summary>
    internal void Purge()
    {
        _purgeTicks = Math.Max(_purgeTicks, _newestTicks - Math.Min(maxAgeTicks, _newestTicks));
        foreach ((string key, FileEntry file) in _files)
        {
            if (file.ModifiedTicks < _purgeTicks)
                _files.Remove(key);
        }
    }

    /// <summary>Whether a purge has forgotten, or would forget, the file.</summary>
    internal bool IsPurged(FileEntry file) => file.ModifiedTicks < _purgeTicks;

    private string Key(FileEntry file) => fileNameOnly ? file.Path[(file.Path.LastIndexOf('/') + 1)..] : file.Path;
}
