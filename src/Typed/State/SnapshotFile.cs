using System.Buffers.Binary;
using System.Text;

namespace Typed.State;

/// <summary>
/// The layout of a snapshot, little-endian:
/// <code>
/// 0   "TYPEDSNP"   8 bytes
/// 8   version      int32
/// 12  parts        int32
/// 16  batch        int64
/// 24  length       int64   of the whole file
/// 32  parts: name (int32 length, UTF-8), schema (the same), bytes (int64 length, bytes)
/// end CRC-32C      uint32  of all before
/// </code>
/// </summary>
internal static class SnapshotFile
{
    private const int Version = 1;
    private const int HeaderLength = 32;
    private const int TrailerLength = 4;
    private static readonly byte[] Magic = "TYPEDSNP"u8.ToArray();

    internal static void Write(Stream stream, long batchId, IReadOnlyList<StatePart> parts)
    {
        long length = HeaderLength + TrailerLength;
        foreach (StatePart part in parts)
            length += sizeof(int) + Encoding.UTF8.GetByteCount(part.Name) + sizeof(int) + Encoding.UTF8.GetByteCount(part.Schema) + sizeof(long) + part.Bytes.Length;
        if (length > Array.MaxLength)
            throw new NotSupportedException($"The state of the query has {length} bytes in batch {batchId}; a snapshot holds at most {Array.MaxLength}. Nothing is lost: the snapshot before is whole. Let state go sooner (a shorter delay or bound, a TTL), or split the pipeline.");
        Crc32C crc = default;
        Span<byte> header = stackalloc byte[HeaderLength];
        Span<byte> count = stackalloc byte[sizeof(long)];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], parts.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], batchId);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], length);
        Write(stream, ref crc, header);
        foreach (StatePart part in parts)
        {
            WriteText(stream, ref crc, part.Name);
            WriteText(stream, ref crc, part.Schema);
            BinaryPrimitives.WriteInt64LittleEndian(count, part.Bytes.Length);
            Write(stream, ref crc, count);
            Write(stream, ref crc, part.Bytes.Span);
        }

        Span<byte> trailer = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, crc.Value);
        stream.Write(trailer);
    }

    /// <summary>Reads a snapshot; nothing of it is used before its checksum has been tested.</summary>
    /// <exception cref="StateDamagedException">It is cut, changed, of another batch or newer.</exception>
    internal static IReadOnlyList<StatePart> Read(ReadOnlyMemory<byte> file, long batchId, string path)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < HeaderLength + TrailerLength)
            throw new StateDamagedException(path, $"it was cut after {bytes.Length} bytes");
        if (!bytes.StartsWith(Magic))
            throw new StateDamagedException(path, "it does not begin like a snapshot; another program wrote it, or its first bytes changed");
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        if (length > bytes.Length)
            throw new StateDamagedException(path, $"it was cut after {bytes.Length} of {length} bytes, or its header changed");
        if (Crc32C.Of(bytes[..^TrailerLength]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^TrailerLength..]))
            throw new StateDamagedException(path, "its checksum does not fit: it was changed");
        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != Version)
            throw new StateDamagedException(path, $"it has format version {version}, and this version of Typed reads up to {Version}", isNewer: true);
        long batch = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        if (batch != batchId)
            throw new StateDamagedException(path, $"it holds the state after batch {batch}, so it was renamed or copied");
        try
        {
            return ReadParts(new StateReader(file[HeaderLength..^TrailerLength]), file[HeaderLength..^TrailerLength], BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        }
        catch (InvalidDataException e)
        {
            throw new StateDamagedException(path, e.Message, innerException: e);
        }
    }

    private static List<StatePart> ReadParts(StateReader reader, ReadOnlyMemory<byte> body, int count)
    {
        List<StatePart> parts = [];
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString() ?? throw new InvalidDataException("the name of a part is null");
            string schema = reader.ReadString() ?? throw new InvalidDataException("the schema of a part is null");
            long length = reader.Read<long>();
            if (length < 0 || length > reader.Left)
                throw new InvalidDataException($"a part of {length} bytes cannot follow, {reader.Left} are left");
            int start = body.Length - reader.Left;
            reader.ReadRaw((int)length);
            parts.Add(new StatePart(name, schema, body.Slice(start, (int)length)));
        }

        if (reader.Left != 0)
            throw new InvalidDataException($"{reader.Left} bytes are left over");
        return parts;
    }

    private static void WriteText(Stream stream, ref Crc32C crc, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Write(stream, ref crc, length);
        Write(stream, ref crc, bytes);
    }

    private static void Write(Stream stream, ref Crc32C crc, ReadOnlySpan<byte> bytes)
    {
        crc.Add(bytes);
        stream.Write(bytes);
    }
}
