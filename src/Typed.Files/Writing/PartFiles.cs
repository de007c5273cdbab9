using System.Buffers;
using System.Globalization;
using System.Text;
using Typed.Columns;

namespace Typed.Files;

/// <summary>
/// The files of one batch while they are written: one for each folder, and a further one when it has reached its size. Rows are
/// collected and appended in pieces, so that no number of folders keeps more than one file open.
/// </summary>
internal sealed class PartFiles(string temporary, string query, RowFormat format, long targetBytes)
{
    private const int PieceBytes = 256 << 10;
    private readonly Dictionary<byte[], Part> _open = new(FolderComparer.Instance);
    private readonly List<Part> _parts = [];
    private readonly Stack<ArrayBufferWriter<byte>> _buffers = new();
    private long _batchId;

    /// <summary>How many folders the batch has.</summary>
    internal int Folders => _open.Count;

    internal void Begin(long batchId)
    {
        _batchId = batchId;
        foreach (Part part in _parts)
            GiveBack(part);
        _parts.Clear();
        _open.Clear();
    }

    internal void Add(ReadOnlySpan<byte> folder, ColumnBatch batch, int row)
    {
        Dictionary<byte[], Part>.AlternateLookup<ReadOnlySpan<byte>> lookup = _open.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(folder, out Part? part) || part.Bytes + part.Buffer.WrittenCount >= targetBytes)
        {
            if (part is not null)
                Append(part);
            lookup[folder] = part = NewPart(Encoding.UTF8.GetString(folder));
        }

        format.WriteRow(batch, row, part.Buffer);
        part.Rows++;
        if (part.Buffer.WrittenCount >= PieceBytes)
            Append(part);
    }

    /// <summary>Writes what is left, waits until all is on the disk, and says which files there are.</summary>
    internal List<(string Temporary, CommittedFile File)> Finish(Guid queryId)
    {
        List<(string, CommittedFile)> files = [];
        foreach (Part part in _parts)
        {
            Append(part, flush: true);
            files.Add((part.Temporary, new CommittedFile(part.Path, queryId, _batchId, part.Rows, part.Bytes)));
        }

        return files;
    }

    /// <summary>Deletes the files.</summary>
    internal void Delete()
    {
        foreach (Part part in _parts)
            File.Delete(part.Temporary);
        Begin(_batchId);
    }

    private Part NewPart(string folder)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"part-{_batchId:D6}-{_parts.Count:D4}-{query[..8]}{format.Extension}");
        Part part = new(folder + name, System.IO.Path.Combine(temporary, name), _buffers.TryPop(out ArrayBufferWriter<byte>? buffer) ? buffer : new());
        format.WriteHeader(part.Buffer);
        _parts.Add(part);
        return part;
    }

    private void Append(Part part, bool flush = false)
    {
        using (FileStream file = new(part.Temporary, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(part.Buffer.WrittenSpan);
            if (flush)
                file.Flush(flushToDisk: true);
        }

        part.Bytes += part.Buffer.WrittenCount;
        part.Buffer.ResetWrittenCount();
    }

    private void GiveBack(Part part)
    {
        part.Buffer.ResetWrittenCount();
        if (_buffers.Count < 64)
            _buffers.Push(part.Buffer);
    }

    private sealed class Part(string path, string temporary, ArrayBufferWriter<byte> buffer)
    {
        internal string Path { get; } = path;

        internal string Temporary { get; } = temporary;

        internal ArrayBufferWriter<byte> Buffer { get; } = buffer;

        internal long Rows { get; set; }

        internal long Bytes { get; set; }
    }

    /// <summary>Finds a folder by its bytes without making an array of them.</summary>
    private sealed class FolderComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static readonly FolderComparer Instance = new();

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
