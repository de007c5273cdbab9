namespace Typed.State;

/// <summary>
/// Looks into the versions of a query without disturbing it: it locks nothing, writes nothing, and what the query deletes meanwhile is looked for again
/// in what has taken its place.
/// </summary>
internal sealed class StateFolder
{
    private const int Attempts = 20;
    private readonly VersionCatalog _catalog;

    /// <summary>Looks into a folder of versions, <c>state</c> of a checkpoint.</summary>
    /// <exception cref="StateDamagedException">It holds snapshots of an earlier format.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal StateFolder(string path)
    {
        Path = path;
        _catalog = new VersionCatalog(path);
        Refresh();
    }

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>The versions of which there is a file, ascending; whether one can be read shows when it is opened.</summary>
    internal IReadOnlyList<long> Versions => _catalog.Versions;

    /// <summary>The files, the oldest first; one whose header is damaged has a fault.</summary>
    internal IReadOnlyList<VersionFile> Files => _catalog.Files;

    /// <summary>Looks again.</summary>
    internal void Refresh() => _catalog.Scan();

    /// <summary>The files that make a version, the newest first.</summary>
    /// <exception cref="StateDamagedException">One is missing or damaged.</exception>
    internal IReadOnlyList<VersionFile> FilesOf(long version) => _catalog.Chain(version);

    /// <summary>Opens a version. What it is made of stays readable until it is disposed of, also if the query deletes it.</summary>
    /// <exception cref="StateDamagedException">It is missing or damaged; files that vanish between two looks do not count.</exception>
    internal LogVersion Open(long version)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return _catalog.Open(version);
            }
            catch (StateDamagedException) when (attempt < Attempts && HasChanged())
            {
                // Versions were put together since the folder was looked at: the next attempt sees what they have become.
            }
        }
    }

    /// <summary>How many records and bytes each shard of an operator has in a version, over all its files.</summary>
    internal static (long Records, long Bytes)[] Shards(LogVersion version, int number)
    {
        (long Records, long Bytes)[] shards = new (long, long)[Shard.Count];
        foreach (VersionFileReader file in version.Files)
        {
            foreach (Section section in file.Index.Operators[number].Sections)
                shards[section.Shard] = (shards[section.Shard].Records + section.Records, shards[section.Shard].Bytes + section.Length);
        }

        return shards;
    }

    /// <summary>Shows all entries of an operator in a version, shard by shard.</summary>
    /// <exception cref="StateDamagedException">A file is damaged.</exception>
    internal static void ReadAll(LogVersion version, int number, IStateTarget target)
    {
        for (int shard = 0; shard < Shard.Count; shard++)
            version.Read(number, (byte)shard, target);
    }

    private bool HasChanged()
    {
        HashSet<(string, VersionHeader?)> before = [.. _catalog.Files.Select(file => (file.Path, file.Header))];
        Refresh();
        return !before.SetEquals(_catalog.Files.Select(file => (file.Path, file.Header)));
    }
}
