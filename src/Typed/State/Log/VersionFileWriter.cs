using Microsoft.Win32.SafeHandles;

namespace Typed.State;

/// <summary>Writes a file of a version: sections as they come, the index, and the header at last (<see cref="VersionHeader"/>).</summary>
internal sealed class VersionFileWriter(SafeFileHandle file)
{
    private readonly List<ReadOnlyMemory<byte>> _waiting = [];
    private readonly List<(int Number, Section Section)> _sections = [];
    private long _written = VersionHeader.Length;
    private long _end = VersionHeader.Length;

    /// <summary>Adds a section of an operator; its bytes have to stay until <see cref="Flush"/>.</summary>
    internal void Add(int number, byte shard, int records, ReadOnlyMemory<byte> bytes)
    {
        Note(number, shard, records, bytes.Length, Crc32C.Of(bytes.Span));
        _waiting.Add(bytes);
    }

    /// <summary>Adds a section in two pieces.</summary>
    internal void Add(int number, byte shard, int records, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> rest)
    {
        Crc32C crc = default;
        crc.Add(first.Span);
        crc.Add(rest.Span);
        Note(number, shard, records, checked(first.Length + rest.Length), crc.Value);
        _waiting.Add(first);
        _waiting.Add(rest);
    }

    /// <summary>Writes what was added.</summary>
    internal void Flush()
    {
        if (_waiting.Count == 0)
            return;
        RandomAccess.Write(file, _waiting, _written);
        foreach (ReadOnlyMemory<byte> piece in _waiting)
            _written += piece.Length;
        _waiting.Clear();
    }

    /// <summary>Writes the index and the header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="note">What the query notes.</param>
    /// <param name="operators">The operators, without their sections.</param>
    /// <returns>The length of the file.</returns>
    internal long End(VersionHeader header, ReadOnlySpan<byte> note, IReadOnlyList<OperatorIndex> operators)
    {
        byte[] first = header.Format();
        StateWriter index = new();
        VersionIndex.Write(index, note, operators, _sections);
        long indexLength = index.Length;
        long length = _end + indexLength + VersionHeader.TrailerLength;
        index.Write(indexLength);
        index.Write(length);
        Crc32C crc = default;
        crc.Add(first);
        crc.Add(index.Written.Span);
        index.Write(crc.Value);
        _waiting.Add(index.Written);
        Flush();
        RandomAccess.Write(file, first, 0);
        return length;
    }

    private void Note(int number, byte shard, int records, int length, uint crc)
    {
        _sections.Add((number, new Section(_end, shard, records, length, crc)));
        _end += length;
    }
}
