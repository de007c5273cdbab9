namespace Typed.State;

/// <summary>The files of versions in a folder, as their headers say, and which of them make a version. One thread at a time.</summary>
internal sealed class VersionCatalog(string path)
{
    private readonly SortedDictionary<long, VersionFiles> _versions = [];

    /// <summary>The versions of which there is a file, ascending.</summary>
    internal IReadOnlyList<long> Versions => [.. _versions.Keys];

    /// <summary>All files, the oldest first.</summary>
    internal IReadOnlyList<VersionFile> Files => [.. _versions.Values.SelectMany(version => version.All)];

    /// <summary>Looks into the folder.</summary>
    /// <exception cref="StateDamagedException">It holds snapshots of an earlier format.</exception>
    internal void Scan()
    {
        _versions.Clear();
        foreach (string file in Directory.EnumerateFiles(path))
        {
            if (file.EndsWith(".snapshot", StringComparison.Ordinal))
                throw new StateDamagedException(file, "it is a snapshot of format version 1, and this version of Typed reads version 2; go on with the Typed that wrote it, or begin with a new checkpoint");
            string original = file.EndsWith(VersionHeader.CopyExtension, StringComparison.Ordinal) ? file[..^VersionHeader.CopyExtension.Length] : file;
            if (VersionHeader.Named(original) is { } name && !Has(name.Batch, name.IsBase))
                Put(name.Batch, name.IsBase, VersionFile.At(original));
        }
    }

    /// <summary>Notes that a file has a copy.</summary>
    internal void AddCopy(VersionFile file)
    {
        (long batch, bool isBase) = VersionHeader.Named(file.Path)!.Value;
        if (Has(batch, isBase))
            Put(batch, isBase, file with { HasCopy = true });
    }

    /// <summary>Adds a file that was written.</summary>
    internal void Add(VersionHeader header, long length, bool hasCopy = false) =>
        Put(header.Batch, header.IsBase, new VersionFile(Path.Combine(path, header.FileName), header, length, hasCopy, null));

    /// <summary>Takes a file out.</summary>
    internal void Remove(VersionFile file)
    {
        if (VersionHeader.Named(file.Path) is not { } name || !_versions.TryGetValue(name.Batch, out VersionFiles? version))
            return;
        version.Remove(file);
        if (version.All.Count == 0)
            _versions.Remove(name.Batch);
    }

    /// <summary>The header of a version; null if there is none that is whole.</summary>
    internal VersionHeader? HeaderOf(long batch) => _versions.GetValueOrDefault(batch)?.Newest?.Header;

    /// <summary>The files that make a version, the newest first. The last one is a base, or has no parent.</summary>
    /// <exception cref="StateDamagedException">One of them is missing or damaged.</exception>
    internal IReadOnlyList<VersionFile> Chain(long batch)
    {
        VersionFile file = _versions.GetValueOrDefault(batch)?.Newest ?? throw Missing(batch);
        List<VersionFile> chain = [file];
        while (true)
        {
            if (file.Fault is { } fault)
                throw fault;
            VersionHeader header = file.Header!;
            if (header.Parent == VersionHeader.NoParent)
                return chain;
            file = _versions.GetValueOrDefault(header.Parent)?.Of(header.ParentStamp) ?? throw Missing(header.Parent, because: file.Path);
            chain.Add(file);
        }
    }

    /// <summary>Opens a version.</summary>
    /// <exception cref="StateDamagedException">It is missing or damaged; all its damaged files are named.</exception>
    internal LogVersion Open(long batch)
    {
        List<VersionFileReader> readers = [];
        List<StateDamagedException> faults = [];
        foreach (VersionFile file in Chain(batch))
        {
            try
            {
                readers.Add(VersionFileReader.OpenFile(file.Path, file.HasCopy));
            }
            catch (StateDamagedException e)
            {
                faults.Add(e);
            }
        }

        if (faults.Count == 0)
        {
            VersionFileReader newest = readers[0];
            faults.AddRange(readers
                .Where(each => !each.Index.Operators.Select(one => one.Shape.Kind).SequenceEqual(newest.Index.Operators.Select(one => one.Shape.Kind)))
                .Select(each => new StateDamagedException(each.Path, $"its operators are not those of '{newest.Path}', which goes on from it")));
        }

        if (faults.Count == 0)
            return new LogVersion(readers);
        foreach (VersionFileReader reader in readers)
            reader.Dispose();
        throw faults.Count == 1
            ? faults[0]
            : new StateDamagedException(path, string.Join("; ", faults.Select(fault => $"'{fault.Path}': {fault.Fault}")), faults.Exists(fault => fault.IsNewer), faults[0]);
    }

    private StateDamagedException Missing(long batch, string? because = null)
    {
        string name = Path.Combine(path, VersionHeader.NameOf(batch, isBase: false));
        return because is null
            ? new StateDamagedException(name, "it is missing")
            : new StateDamagedException(name, $"it is missing, or is not the one that '{because}' goes on from");
    }

    private bool Has(long batch, bool isBase) => _versions.TryGetValue(batch, out VersionFiles? version) && (isBase ? version.Base : version.Delta) is not null;

    private void Put(long batch, bool isBase, VersionFile file)
    {
        if (!_versions.TryGetValue(batch, out VersionFiles? version))
            _versions[batch] = version = new VersionFiles();
        if (isBase)
            version.Base = file;
        else
            version.Delta = file;
    }

    /// <summary>The files of one version: what changed, what it is as a whole, or both.</summary>
    private sealed class VersionFiles
    {
        internal VersionFile? Delta { get; set; }

        internal VersionFile? Base { get; set; }

        internal IReadOnlyList<VersionFile> All => [.. ((VersionFile?[])[Base, Delta]).OfType<VersionFile>()];

        /// <summary>The file to read the version from. A base of another stamp is older than the changes, which have replaced it.</summary>
        internal VersionFile? Newest => Base is { Header: { } whole } && (Delta?.Header is null || Delta.Header.Stamp == whole.Stamp) ? Base : Delta ?? Base;

        internal VersionFile? Of(long stamp) => Base?.Header?.Stamp == stamp ? Base : Delta?.Fault is not null || Delta?.Header?.Stamp == stamp ? Delta : null;

        internal void Remove(VersionFile file)
        {
            if (Base == file)
                Base = null;
            if (Delta == file)
                Delta = null;
        }
    }
}

/// <summary>A file of a version.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Header">What its header says; null if that is damaged.</param>
/// <param name="Length">How long it is.</param>
/// <param name="HasCopy">Whether there is a copy beside it.</param>
/// <param name="Fault">Why the header cannot be used.</param>
internal sealed record VersionFile(string Path, VersionHeader? Header, long Length, bool HasCopy, StateDamagedException? Fault)
{
    internal static VersionFile At(string path)
    {
        bool hasCopy = File.Exists(path + VersionHeader.CopyExtension);
        try
        {
            (VersionHeader header, long length) = VersionFileReader.ReadHeader(path, hasCopy);
            return new VersionFile(path, header, length, hasCopy, null);
        }
        catch (StateDamagedException e)
        {
            return new VersionFile(path, null, 0, hasCopy, e);
        }
    }
}
