namespace Typed.Files;

/// <summary>The messages of file sources.</summary>
internal static class FileErrors
{
    internal static QueryStartException FolderMissing(FileListing listing, string name) => new(
        "source-path-missing",
        $"There is no file and no folder {listing.Root}, which '{name}' is to read ({listing.Path}). Create it, even if it is an empty folder, or correct the path.");

    internal static FileNotFoundException FileMissing(string path, Exception inner) => new(
        $"The file {path} was there when its batch was planned and is gone now, so the batch cannot be read. Put it back and start the query again; "
        + $"if its rows are not wanted, set {nameof(FileSourceOptions.IgnoreMissingFiles)}.", path, inner);

    internal static IOException Unreadable(string path, Exception inner) => new(
        $"The file {path} could not be read: {inner.Message} Nothing of its batch was written; start the query again when the file can be read.", inner);
}
