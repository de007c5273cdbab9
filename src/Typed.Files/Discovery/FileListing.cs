using System.IO.Enumeration;

namespace Typed.Files;

/// <summary>Finds the files of a source: below a folder, by a pattern, or a single one.</summary>
internal sealed class FileListing
{
    private readonly GlobPattern? _pattern;
    private readonly GlobPattern? _glob;
    private readonly bool _recursive;
    private readonly CommittedFiles _committed;

    /// <summary>Finds files.</summary>
    /// <param name="path">A folder, a file, or a path with wildcards.</param>
    /// <param name="glob">A further pattern.</param>
    /// <param name="recursive">Whether to look into folders below.</param>
    internal FileListing(string path, string? glob, bool recursive)
    {
        Path = path;
        string full = System.IO.Path.GetFullPath(path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
        _glob = glob is null ? null : new GlobPattern(glob.Replace('\\', '/'));
        if (GlobPattern.HasWildcard(path) && !Directory.Exists(full) && !File.Exists(full))
        {
            int wildcard = full.AsSpan().IndexOfAny("*?[{");
            int slash = full.LastIndexOf('/', wildcard);
            Root = slash == 0 ? "/" : full[..slash];
            string pattern = full[(slash + 1)..];
            _recursive = recursive || pattern.Contains('/', StringComparison.Ordinal);
            _pattern = new GlobPattern(pattern);
        }
        else if (File.Exists(full))
        {
            Root = System.IO.Path.GetDirectoryName(full)!.Replace(System.IO.Path.DirectorySeparatorChar, '/');
            SingleFile = System.IO.Path.GetFileName(full);
        }
        else
        {
            Root = full.Length > 1 ? full.TrimEnd('/') : full;
            _recursive = recursive || (glob?.Contains('/', StringComparison.Ordinal) ?? false);
        }

        // A folder that a file sink writes is read as its log says, so that no row is seen twice or before its batch is committed.
        _committed = new CommittedFiles(Root);
    }

    /// <summary>The path as the user wrote it.</summary>
    internal string Path { get; }

    /// <summary>The folder that the paths of the files are relative to.</summary>
    internal string Root { get; }

    /// <summary>The name of the file, if the path names one.</summary>
    internal string? SingleFile { get; }

    internal string FullPath(FileEntry file) => System.IO.Path.Combine(Root, file.Path);

    /// <summary>The files that are there now, in no order.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    internal List<FileEntry> List()
    {
        if (SingleFile is not null)
        {
            FileInfo file = new(System.IO.Path.Combine(Root, SingleFile));
            return file.Exists ? [new FileEntry(SingleFile, file.LastWriteTimeUtc.Ticks, file.Length)] : [];
        }

        HashSet<string>? committed = _committed.Exists ? [.. _committed.List().Select(file => file.Path)] : null;
        int rootLength = Root.EndsWith('/') ? Root.Length : Root.Length + 1;
        FileSystemEnumerable<FileEntry> found = new(
            Root,
            (ref FileSystemEntry entry) => new FileEntry(RelativePath(ref entry, rootLength), entry.LastWriteTimeUtc.UtcTicks, entry.Length),
            new EnumerationOptions { RecurseSubdirectories = _recursive || committed is not null, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsHidden(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsHidden(entry.FileName),
        };
        List<FileEntry> files = [];
        foreach (FileEntry file in found)
        {
            if ((_pattern?.Matches(file.Path) ?? true) && (_glob?.Matches(file.Path) ?? true) && (committed?.Contains(file.Path) ?? true))
                files.Add(file);
        }

        return files;
    }

    private static string RelativePath(ref FileSystemEntry entry, int rootLength) =>
        entry.ToFullPath()[rootLength..].Replace(System.IO.Path.DirectorySeparatorChar, '/');

    /// <summary>Names that begin with a dot or an underscore are not data, save for folders of a partition as <c>_date=2025-01-04</c>.</summary>
    private static bool IsHidden(ReadOnlySpan<char> name) => name[0] == '.' || (name[0] == '_' && !name.Contains('='));
}
