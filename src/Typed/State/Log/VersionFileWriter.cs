using Microsoft.Win32.SafeHandles;

namespace Typed.State;

/// <summary>Writes a file of a version: the header, sections as they come, the index (<see cref="VersionHeader"/>).</summary>
internal sealed class VersionFileWriter
{
    private readonly SafeFileHandle _file;
    private readonly byte[] _header;
    private readonly List<ReadOnlyMemory<byte>> _waiting = [];
    private readonly List<OperatorIndex> _operators = [];
    private long _written;
    private long _end = VersionHeader.Length;

    internal VersionFileWriter(SafeFileHandle file, VersionHeader header)
    {
        (_file, _header) = (file, header.Format());
        _waiting.Add(_header);
    }

    /// <summary>Begins the records of the next operator.</summary>
    internal void Begin(string name, string kind, string schema, string layout, StateHead head) => _operators.Add(new OperatorIndex(name, kind, schema, layout, head));

    /// <summary>Adds a section; its bytes have to stay until <see cref="Flush"/>.</summary>
    internal void Add(byte shard, int records, ReadOnlyMemory<byte> bytes)
    {
        Note(shard, records, bytes.Length, Crc32C.Of(bytes.Span));
        _waiting.Add(bytes);
    }

    /// <summary>Adds a section in two pieces.</summary>
    internal void Add(byte shard, int records, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> rest)
    {
        Crc32C crc = default;
        crc.Add(first.Span);
        crc.Add(rest.Span);
        Note(shard, records, checked(first.Length + rest.Length), crc.Value);
        _waiting.Add(first);
        _waiting.Add(rest);
    }

    /// <summary>Writes what was added.</summary>
    internal void Flush()
    {
        if (_waiting.Count == 0)
            return;
        RandomAccess.Write(_file, _waiting, _written);
        foreach (ReadOnlyMemory<byte> piece in _waiting)
            _written += piece.Length;
        _waiting.Clear();
    }

    /// <summary>Writes the index.</summary>
    /// <returns>The length of the file.</returns>
    internal long End(ReadOnlySpan<byte> note)
    {
        StateWriter index = new();
        VersionIndex.Write(index, note, _operators);
        long indexLength = index.Length;
        long length = _end + indexLength + VersionHeader.TrailerLength;
        index.Write(indexLength);
        index.Write(length);
        Crc32C crc = default;
        crc.Add(_header);
        crc.Add(index.Written.Span);
        index.Write(crc.Value);
        _waiting.Add(index.Written);
        Flush();
        return length;
    }

    private void Note(byte shard, int records, int length, uint crc)
    {
        _operators[^1].Sections.Add(new Section(_end, shard, records, length, crc));
        _end += length;
    }
}
