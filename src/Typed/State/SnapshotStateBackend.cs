using System.Globalization;

namespace Typed.State;

/// <summary>
/// The backend for state that fits into memory: the operators hold it, and each version is one file <c>state/N.snapshot</c> with a
/// checksum, written whole, flushed and given its name by a rename.
/// </summary>
public sealed class SnapshotStateBackend : IStateBackend
{
    private const string Extension = ".snapshot";
    private readonly DurableDirectory _directory;
    private readonly SortedSet<long> _versions = [];

    /// <summary>Opens a folder of snapshots; makes it if it is not there.</summary>
    public SnapshotStateBackend(string directory)
    {
        _directory = new DurableDirectory(directory);
        _directory.DeleteTemporaries();
        foreach (string file in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out long batch))
                _versions.Add(batch);
        }
    }

    /// <inheritdoc/>
    public string Description => $"snapshots in '{_directory.Path}'";

    /// <inheritdoc/>
    public IReadOnlyList<long> Versions => [.. _versions];

    /// <inheritdoc/>
    public void Save(long batchId, IReadOnlyList<StatePart> parts)
    {
        _directory.Replace(Name(batchId), stream => SnapshotFile.Write(stream, batchId, parts));
        _versions.Add(batchId);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StatePart> Load(long batchId)
    {
        string path = Path.Combine(_directory.Path, Name(batchId));
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (IOException e)
        {
            throw new StateDamagedException(path, e is FileNotFoundException ? "it is missing" : e.Message, innerException: e);
        }

        return SnapshotFile.Read(bytes, batchId, path);
    }

    /// <inheritdoc/>
    public void Forget(long below)
    {
        while (_versions.Count > 0 && _versions.Min < below)
        {
            File.Delete(Path.Combine(_directory.Path, Name(_versions.Min)));
            _versions.Remove(_versions.Min);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static string Name(long batchId) => batchId.ToString(CultureInfo.InvariantCulture) + Extension;
}
