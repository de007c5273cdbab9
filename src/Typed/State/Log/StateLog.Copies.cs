namespace Typed.State;

/// <content>
/// Copies: a file that more than one version is made of is there twice, so that no single damaged file takes all versions that are kept with it. The newest delta alone has none
/// yet: without it there is the version before. A copy is made of what is read back from the file, beside the loop, so each file is also verified once; and no file goes
/// for the sake of a new base before the base has its copy.
/// </content>
internal sealed partial class StateLog
{
    private readonly HashSet<string> _notCopied = [];

    /// <summary>Whether files that several versions need are there twice.</summary>
    internal bool Copies { get; set; }

    /// <summary>Says what was found damaged while the query runs and is of no consequence yet.</summary>
    internal Action<string>? Warn { get; set; }

    /// <summary>
    /// Whether a file was found damaged that versions are made of and that has no copy: those from it on cannot be read, so those before it are what a start needs.
    /// </summary>
    internal bool IsDamaged { get; private set; }

    private void CopyShared(long newest)
    {
        if (!Copies)
            return;
        List<VersionFile> files;
        lock (_lock)
            files = [.. _catalog.Chain(newest).Skip(1).Where(file => !file.HasCopy && !_notCopied.Contains(file.Path))];
        foreach (VersionFile file in files)
            IsDamaged |= !TryCopy(
                file,
                "The state in memory is whole, and the query goes on. A start would have to take a version from before that file, so none is forgotten any more, and sources and logs keep what is needed for it: keep a copy of the checkpoint, then stop the query and start it again.",
                default);
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
