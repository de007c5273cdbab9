namespace Typed.State;

/// <summary>
/// Putting together: the base and the changes of the newest version become one base of that version, shard by shard, without what was removed or lies
/// below a floor. It needs memory for the changes of one shard. The new base takes the place of the files below it when the versions are forgotten
/// that are made of them, so a crash at any moment costs nothing but the work.
/// </summary>
internal sealed partial class StateLog
{
    private readonly List<VersionFile> _compacting = [];

    /// <summary>Changes of fewer bytes in all are not worth a base.</summary>
    internal long CompactionBytes { get; set; } = 8 << 20;

    /// <summary>So many files are a version at most where the base is small; a large base bears more, so that writing it anew costs each version 4 MiB or less.</summary>
    internal int CompactionFiles { get; set; } = 64;

    /// <inheritdoc/>
    public bool WantsCompaction
    {
        get
        {
            const long bytesPerFile = 4 << 20;
            const int filesAtMost = 400;
            lock (_lock)
            {
                if (_catalog.Versions is not [.., long newest])
                    return false;
                IReadOnlyList<VersionFile> chain = _catalog.Chain(newest);
                long root = chain[^1].Length;
                long changes = chain.Sum(file => file.Length) - root;
                return (changes > root && changes > CompactionBytes) || chain.Count > Math.Min(CompactionFiles + (root / bytesPerFile), Math.Max(CompactionFiles, filesAtMost));
            }
        }
    }

    /// <inheritdoc/>
    public void Compact(CancellationToken cancellation)
    {
        LogVersion version;
        lock (_lock)
        {
            if (_compacting.Count > 0)
                throw new InvalidOperationException("Versions are being put together already.");
            if (_catalog.Versions is not [.., long newest])
                return;
            IReadOnlyList<VersionFile> chain = _catalog.Chain(newest);
            if (chain is [{ Header.IsBase: true }])
                return;

            // What another process began and did not verify makes room, lest it be deleted later, when the new one has its name.
            DeleteUnneeded(file => VersionHeader.Named(file.Path) == (newest, true));
            version = _catalog.Open(newest);
            _compacting.AddRange(chain);
        }

        try
        {
            using (version)
                TryWriteBase(version, version.Files[0].Header.Stamp, null, cancellation);
        }
        finally
        {
            lock (_lock)
                _compacting.Clear();
        }
    }

    /// <returns>Whether it is whole; if not, it is gone.</returns>
    private bool TryWriteBase(LogVersion version, long stamp, IReadOnlyList<StateRewriting>? anew, CancellationToken cancellation)
    {
        VersionHeader header = new(true, version.BatchId, stamp, VersionHeader.NoParent, 0);
        long length = 0;
        _directory.Replace(
            header.FileName,
            file =>
            {
                VersionFileWriter writer = new(file);
                List<OperatorIndex> operators = [];
                for (int i = 0; i < (anew?.Count ?? version.Operators.Count); i++)
                {
                    int stored = anew?[i].Stored ?? i;
                    operators.Add(new OperatorIndex(anew?[i].Present ?? version.Operators[i].Shape, anew?[i].Head ?? version.Operators[i].Head));
                    SectionWriter sections = new(writer, i);
                    IStateTarget target = anew?[i].Tables.Into(sections) ?? sections;
                    for (int shard = 0; shard < Shard.Count; shard++)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        version.Read(stored, (byte)shard, target);
                    }

                    sections.Flush();
                }

                length = writer.End(header, version.Note.Span, operators);
            },
            isNamed => Reached?.Invoke(isNamed ? StateLogStep.BaseNamed : StateLogStep.BaseWritten, header.Batch));

        // Until the base is read back and there twice, what it is made of stays, and is what the version is read from.
        VersionFile file = new(System.IO.Path.Combine(Path, header.FileName), header, length, false, null);
        if (Copies && !TryCopy(file, "It was put together a moment ago and is given up; what it was made of is there still.", cancellation))
        {
            File.Delete(file.Path);
            return false;
        }

        lock (_lock)
            _catalog.Add(header, length, Copies);
        return true;
    }
}
