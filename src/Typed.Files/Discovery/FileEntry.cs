namespace Typed.Files;

/// <summary>A file as it was when it was found.</summary>
/// <param name="Path">The path below the folder of the source, with <c>/</c> between its parts.</param>
/// <param name="ModifiedTicks">When it was last modified: UTC ticks.</param>
/// <param name="Length">The number of bytes.</param>
internal readonly record struct FileEntry(string Path, long ModifiedTicks, long Length)
{
    internal DateTimeOffset Modified => new(ModifiedTicks, TimeSpan.Zero);
}
