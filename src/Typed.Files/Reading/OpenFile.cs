using System.IO.Compression;
using Typed.Schema;

namespace Typed.Files;

/// <summary>A file that is being read; <c>.gz</c> is unpacked.</summary>
internal sealed class OpenFile : IDisposable
{
    private readonly Stream _content;

    private long _given;

    private OpenFile(string path, FileEntry entry, Stream content) => (Path, Entry, _content) = (path, entry, content);

    internal string Path { get; }

    internal FileEntry Entry { get; }

    internal RecordOrigin Origin => new(Path, Columns.Instant.ToMicros(Entry.Modified));

    internal static OpenFile Open(string path, FileEntry entry)
    {
        // Without a buffer of its own: readers take large pieces straight into native memory.
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        bool packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        return new OpenFile(path, entry, packed ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    /// <summary>Reads the next bytes; 0 at the end.</summary>
    /// <exception cref="IOException">The file cannot be read, or what is packed in it is damaged.</exception>
    internal int Read(Span<byte> to)
    {
        try
        {
            int read = _content.Read(to);
            _given += read;
            if (read == 0 && to.Length > 0 && _content is GZipStream && Entry.Length > 0 && !GzipEnd.IsWhole(Path, _given))
                throw new InvalidDataException("The packed data was cut off.");
            return read;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw FileErrors.Unreadable(Path, failure);
        }
    }

    public void Dispose() => _content.Dispose();
}
