namespace Typed.State;

/// <summary>
/// The backend on disk. A folder of files (<see cref="VersionHeader"/>): each version adds one with what has changed, so what is written follows the
/// change and not the state; from time to time they are put together into one (<c>Compact</c>). Files appear whole or not at all, and stay as they
/// are until no version that is kept is made of them.
/// </summary>
internal sealed partial class StateLog : IStateBackend
{
    private readonly DurableDirectory _directory;
    private readonly VersionCatalog _catalog;
    private readonly DeltaWriter _writer = new();
    private readonly Lock _lock = new();
    private NextVersion? _next;
    private long _below;

    /// <summary>Opens a folder of versions; makes it if it is not there.</summary>
    /// <exception cref="StateDamagedException">It holds snapshots of an earlier format.</exception>
    internal StateLog(string directory)
    {
        _directory = new DurableDirectory(directory);
        try
        {
            _directory.DeleteTemporaries();
            _catalog = new VersionCatalog(directory);
            _catalog.Scan();
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>The folder.</summary>
    internal string Path => _directory.Path;

    /// <summary>Called between steps; a test lets the process die there, on the thread that writes.</summary>
    internal Action<StateLogStep, long>? Reached { get; set; }

    /// <inheritdoc/>
    public string Description => $"versions in '{_directory.Path}'";

    /// <inheritdoc/>
    public IReadOnlyList<long> Versions
    {
        get
        {
            lock (_lock)
                return [.. _catalog.Versions.Where(version => version >= _below)];
        }
    }

    /// <inheritdoc/>
    public void Save(StateVersion version)
    {
        VersionHeader? parent = null;
        lock (_lock)
        {
            if (version.Parent is long number)
                parent = _catalog.HeaderOf(number) ?? throw new InvalidOperationException($"Version {number}, which {version.BatchId} is to go on from, is not there.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(version.BatchId);
        if (version.Parent >= version.BatchId)
            throw new InvalidOperationException($"Version {version.BatchId} cannot go on from {version.Parent}.");
        VersionHeader header = new(false, version.BatchId, Random.Shared.NextInt64(), parent?.Batch ?? VersionHeader.NoParent, parent?.Stamp ?? 0);
        using NextVersion next = _next ?? new NextVersion(_directory);
        _next = null;
        for (int i = 0; i < version.Operators.Count; i++)
            _writer.Write(next.Writer, i, version.Operators[i].Changes);
        long length = next.Writer.End(header, version.Note.Span, [.. version.Operators.Select(one => new OperatorIndex(one.Shape, one.Head))]);

        // A copy of what had the name before would be taken for this one, if this one were damaged.
        _directory.Delete(header.FileName + VersionHeader.CopyExtension);
        next.File.Name(header.FileName, isNamed => Reached?.Invoke(isNamed ? StateLogStep.DeltaNamed : StateLogStep.DeltaWritten, header.Batch));
        lock (_lock)
        {
            _catalog.Add(header, length);
            if (_below > header.Batch)
                _below = header.Batch;
            DeleteUnneeded(file => OfAnotherLife(file, header));
        }

        CopyShared(header.Batch);
    }

    /// <inheritdoc/>
    public StoredVersion Open(long batchId)
    {
        lock (_lock)
        {
            return batchId >= _below
                ? _catalog.Open(batchId)
                : throw new StateDamagedException(System.IO.Path.Combine(Path, VersionHeader.NameOf(batchId, isBase: false)), "the version was forgotten");
        }
    }

    /// <inheritdoc/>
    public void Forget(long below)
    {
        lock (_lock)
        {
            _below = Math.Max(_below, below);
            HashSet<VersionFile> needed = Needed();
            if (_catalog.Files.All(needed.Contains))
                return;
            Reached?.Invoke(StateLogStep.BeforeFilesDeleted, _catalog.Versions[^1]);
            DeleteUnneeded(file => !needed.Contains(file));
        }
    }

    /// <inheritdoc/>
    public void SavePart(int number, StateChanges changes)
    {
        _next ??= new NextVersion(_directory);
        _writer.Write(_next.Writer, number, changes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _next?.Dispose();
        _next = null;
        _directory.Dispose();
    }

    // What was written after the parent in a life that was given up: damaged, or beyond the end of the logs. Nothing goes on from it any longer.
    private static bool OfAnotherLife(VersionFile file, VersionHeader newest)
    {
        (long batch, bool isBase) = VersionHeader.Named(file.Path)!.Value;
        return batch > newest.Batch || (batch > newest.Parent && batch < newest.Batch) || (batch == newest.Batch && isBase);
    }

    private HashSet<VersionFile> Needed()
    {
        HashSet<VersionFile> needed = [.. _compacting];
        foreach (long version in _catalog.Versions.Where(version => version >= _below))
        {
            try
            {
                needed.UnionWith(_catalog.Chain(version));
            }
            catch (StateDamagedException)
            {
                // It cannot be read, and perhaps others can: what there is of it stays until it is forgotten.
                needed.UnionWith(_catalog.Files.Where(file => VersionHeader.Named(file.Path)!.Value.Batch <= version));
            }
        }

        return needed;
    }

    private void DeleteUnneeded(Func<VersionFile, bool> which)
    {
        // The newest first: a version never lacks a file below one that is there.
        foreach (VersionFile file in _catalog.Files.Where(which).Reverse().ToList())
        {
            File.Delete(file.Path + VersionHeader.CopyExtension);
            File.Delete(file.Path);
            _catalog.Remove(file);
        }
    }

    /// <summary>The file of a version of which parts are written before the rest is known. It has no name yet, and goes with the process.</summary>
    private sealed class NextVersion : IDisposable
    {
        internal NextVersion(DurableDirectory directory)
        {
            File = directory.Begin("next" + VersionHeader.DeltaExtension);
            Writer = new VersionFileWriter(File.Handle);
        }

        internal DurableDirectory.UnnamedFile File { get; }

        internal VersionFileWriter Writer { get; }

        public void Dispose() => File.Dispose();
    }
}
