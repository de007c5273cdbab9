using Typed.Execution;

namespace Typed.State;

/// <content>
/// Copies: a file that more than one version is made of is there twice, so that no single damaged file takes all versions that are kept with it. The newest delta alone has none
/// yet: without it there is the version before. A copy is made of what is read back from the file, beside the loop, so each file is also verified once; and no file goes
/// for the sake of a new base before the base has its copy. What is found damaged while the other one is whole is made anew from that when the query has begun: by then its files
/// were read by the start, and its copies are looked through beside the loop and beside what is written.
/// </content>
internal sealed partial class StateLog
{
    private const string OnlyBefore = "The state in memory is whole, and the query goes on. A start would have to take a version from before that file, so none is forgotten any more, and sources and logs keep what is needed for it: keep a copy of the checkpoint, then stop the query and start it again.";

    private readonly HashSet<string> _notCopied = [];
    private readonly HashSet<string> _mended = [];
    private volatile bool _isDamaged;

    /// <summary>Whether files that several versions need are there twice.</summary>
    internal bool Copies { get; set; }

    /// <summary>Says what was found damaged while the query runs and is of no consequence yet.</summary>
    internal Action<string>? Warn { get; set; }

    /// <summary>
    /// Whether a file was found damaged that versions are made of and that has no copy: those from it on cannot be read, so those before it are what a start needs.
    /// </summary>
    internal bool IsDamaged => _isDamaged;

    /// <summary>Notes a file that was found damaged when a version was read, and of which the copy was read.</summary>
    internal void NoteMended(string path) => _mended.Add(path);

    /// <summary>
    /// Looks through the copies of what a version is made of, and makes anew what of both is damaged: a copy from its file, which was read when the version was loaded; a file that was
    /// found damaged then from its copy.
    /// </summary>
    /// <remarks>It may take as long as reading the state does, and runs beside the loop and beside what is written meanwhile. What cannot be made anew stays as it is.</remarks>
    internal void Mend(long version, CancellationToken cancellation)
    {
        if (!Copies)
            return;
        IReadOnlyList<VersionFile> files;
        lock (_lock)
        {
            files = _catalog.Chain(version);
            _compacting.AddRange(files);
        }

        try
        {
            foreach (VersionFile file in files)
                Mend(file, cancellation);
        }
        finally
        {
            lock (_lock)
                _compacting.Clear();
        }
    }

    private void Mend(VersionFile file, CancellationToken cancellation)
    {
        bool isMended = _mended.Contains(file.Path);
        try
        {
            if (FaultOfCopy(file, cancellation) is { } fault)
            {
                Warn?.Invoke(isMended
                    ? $"{fault.Message} It is the copy of a file that is damaged elsewhere: a start takes each piece from where it is whole, until a base takes the place of both."
                    : $"{fault.Message} It is a copy, and is made anew.");
                if (!isMended && !TryCopy(file, OnlyBefore, cancellation))
                    _isDamaged = true;
            }
            else if (isMended)
            {
                MakeAnew(file, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn?.Invoke($"'{file.Path}' and its copy are not both whole, and the damaged one could not be made anew: {ErrorText.Sentence(e)} It stays as it is, the query goes on, and a start reads the whole one. Make room, or give the process the right to write there; the next start tries again.");
        }
    }

    private void MakeAnew(VersionFile file, CancellationToken cancellation)
    {
        try
        {
            using VersionFileReader copy = VersionFileReader.OpenFile(file.Path + VersionHeader.CopyExtension);
            _directory.Replace(System.IO.Path.GetFileName(file.Path), to => copy.CopyTo(to, cancellation));
        }
        catch (StateDamagedException e)
        {
            // It was whole a moment ago.
            _isDamaged = true;
            Warn?.Invoke($"{e.Message} {OnlyBefore}");
        }
    }

    private static StateDamagedException? FaultOfCopy(VersionFile file, CancellationToken cancellation)
    {
        string path = file.Path + VersionHeader.CopyExtension;
        if (!File.Exists(path))
            return null;
        try
        {
            using VersionFileReader copy = VersionFileReader.OpenFile(path);
            byte[] bytes = [];

            // What is left of another file of that name is replaced when the file gets its copy.
            if (copy.Header == file.Header)
                copy.Verify(ref bytes, cancellation);
            return null;
        }
        catch (StateDamagedException e)
        {
            return e;
        }
    }

    private void CopyShared(long newest)
    {
        if (!Copies)
            return;
        List<VersionFile> files;
        lock (_lock)
            files = [.. _catalog.Chain(newest).Skip(1).Where(file => !file.HasCopy && !_notCopied.Contains(file.Path))];
        foreach (VersionFile file in files)
        {
            if (!TryCopy(file, OnlyBefore, default))
                _isDamaged = true;
        }
    }

    /// <returns>Whether the file was whole.</returns>
    private bool TryCopy(VersionFile file, string otherwise, CancellationToken cancellation)
    {
        try
        {
            using VersionFileReader from = VersionFileReader.OpenFile(file.Path);
            _directory.Replace(CopyOf(file), to => from.CopyTo(to, cancellation));
            lock (_lock)
                _catalog.AddCopy(file);
            return true;
        }
        catch (StateDamagedException e)
        {
            lock (_lock)
                _notCopied.Add(file.Path);
            Warn?.Invoke($"{e.Message} {otherwise}");
            return false;
        }
    }

    private static string CopyOf(VersionFile file) => System.IO.Path.GetFileName(file.Path) + VersionHeader.CopyExtension;
}
