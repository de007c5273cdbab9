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
                throw new StateDamagedException(file, $"it is a snapshot of format version 1, and this version of Typed reads version {VersionHeader.FormatVersion}; go on with the Typed that wrote it, or begin with a new checkpoint");
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
    internal void Add(VersionHeader header, long length, bool hasCopy = false)
    {
        Put(header.Batch, header.IsBase, new VersionFile(Path.Combine(path, header.FileName), header, length, hasCopy, null));
        if (header.IsBase)
            _versions[header.Batch].IsBaseDone = true;
    }

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
    internal VersionHeader? HeaderOf(long batch) => _versions.GetValueOrDefault(batch)?.Newest(anyBase: true)?.Header;

    /// <summary>The files that make a version, the newest first. The last one is a base, or has no parent.</summary>
    /// <exception cref="StateDamagedException">One of them is missing or damaged.</exception>
    internal IReadOnlyList<VersionFile> Chain(long batch)
    {
        List<VersionFile> chain = [];
        if (TryChain(batch, anyBase: false, chain) is null)
            return chain;

        // A base that nothing was verified of is better than changes of which some are missing.
        return TryChain(batch, anyBase: true, chain) is { } fault ? throw fault : chain;
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
                VersionFileReader reader = VersionFileReader.OpenFile(file.Path, file.HasCopy);
                readers.Add(reader);
                if (reader.Header != file.Header)
                    throw new StateDamagedException(reader.Path, "it is of another version than before: somebody changes it");
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

    private StateDamagedException? TryChain(long batch, bool anyBase, List<VersionFile> chain)
    {
        chain.Clear();
        if (_versions.GetValueOrDefault(batch)?.Newest(anyBase) is not { } file)
            return Missing(batch);
        while (true)
        {
            chain.Add(file);
            if (file.Fault is { } fault)
                return fault;
            VersionHeader header = file.Header!;
            if (header.Parent == VersionHeader.NoParent)
                return null;
            if (_versions.GetValueOrDefault(header.Parent)?.Of(header.ParentStamp, anyBase) is not { } before)
                return Missing(header.Parent, because: file.Path);
            file = before;
        }
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

        /// <summary>
        /// Whether this process has made the base and the copy that it is to have. One that it found without a copy may be of a process that died, or was ended, before the base was
        /// verified: then the changes are there still, each of them twice, and they are the version.
        /// </summary>
        internal bool IsBaseDone { get; set; }

        /// <summary>The file to read the version from. Where the stamps differ the changes are the version: they have replaced the base, or the base was to replace them.</summary>
        internal VersionFile? Newest(bool anyBase) => Base is { Header: { } whole } && (Delta?.Header is null || IsOf(whole.Stamp, anyBase)) ? Base : Delta ?? Base;

        internal VersionFile? Of(long stamp, bool anyBase) =>
            Base?.Header?.Stamp == stamp && (Delta?.Header?.Stamp != stamp || IsOf(stamp, anyBase)) ? Base
            : Delta?.Fault is not null || Delta?.Header?.Stamp == stamp ? Delta
            : null;

        private bool IsOf(long stamp, bool anyBase) => Delta?.Header?.Stamp == stamp && (anyBase || IsBaseDone || Base!.HasCopy);

        internal void Remove(VersionFile file)
        {
            if (Base == file)
                (Base, IsBaseDone) = (null, false);
            if (Delta == file)
                Delta = null;
        }
    }
}

/// <summary>A file of a version.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Header">What its header says; null if that is damaged.</param>
/// <param name="Length">How long it is.</param>
/// <param name="HasCopy">Whether there is a copy of it beside it, as far as the headers tell. What is left of another file of that name is none.</param>
/// <param name="Fault">Why the header cannot be used.</param>
internal sealed record VersionFile(string Path, VersionHeader? Header, long Length, bool HasCopy, StateDamagedException? Fault)
{
    internal static VersionFile At(string path)
    {
        (VersionHeader Header, long Length)? copy = null;
        string pathOfCopy = path + VersionHeader.CopyExtension;
        if (File.Exists(pathOfCopy))
        {
            try
            {
                copy = VersionFileReader.ReadHeader(pathOfCopy);
            }
            catch (StateDamagedException)
            {
                // It is made again as soon as more than one version needs it.
            }
        }

        try
        {
            (VersionHeader header, long length) = VersionFileReader.ReadHeader(path);
            return new VersionFile(path, header, length, copy?.Header == header, null);
        }
        catch (StateDamagedException e) when (copy is not null && !e.IsNewer)
        {
            return new VersionFile(path, copy.Value.Header, copy.Value.Length, true, null);
        }
        catch (StateDamagedException e)
        {
            return new VersionFile(path, null, 0, false, e);
        }
    }
}
