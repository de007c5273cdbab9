using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Typed.State;

/// <summary>Reads a file of a version; nothing is used before its checksum was found right. Whoever deletes the file does not disturb it.</summary>
internal sealed class VersionFileReader : IDisposable
{
    private readonly SafeFileHandle _file;

    private VersionFileReader(string path, SafeFileHandle file, VersionHeader header, VersionIndex index, long length) =>
        (Path, _file, Header, Index, Length) = (path, file, header, index, length);

    /// <summary>Where it is.</summary>
    internal string Path { get; }

    /// <summary>What its header says.</summary>
    internal VersionHeader Header { get; }

    /// <summary>What is where.</summary>
    internal VersionIndex Index { get; }

    /// <summary>How long it is.</summary>
    internal long Length { get; }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="StateDamagedException">It is missing, cut or changed.</exception>
    internal static (VersionHeader Header, long Length) ReadHeader(string path)
    {
        using SafeFileHandle file = Open(path);
        return (ReadHeader(file, path), LengthOf(file, path));
    }

    /// <summary>Opens a file: reads its header and its index.</summary>
    /// <exception cref="StateDamagedException">It is missing, cut or changed.</exception>
    internal static VersionFileReader OpenFile(string path)
    {
        SafeFileHandle file = Open(path);
        try
        {
            VersionHeader header = ReadHeader(file, path);
            long length = LengthOf(file, path);
            return new VersionFileReader(path, file, header, ReadIndex(file, path, header, length), length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a section.</summary>
    /// <param name="section">Which.</param>
    /// <param name="bytes">Takes it; made larger if need be.</param>
    /// <exception cref="StateDamagedException">It is cut or changed.</exception>
    internal void Read(in Section section, ref byte[] bytes)
    {
        if (bytes.Length < section.Length)
            bytes = GC.AllocateUninitializedArray<byte>(Math.Max(section.Length, (int)Math.Min(Array.MaxLength, 2L * bytes.Length)));
        Span<byte> into = bytes.AsSpan(0, section.Length);
        Fill(_file, Path, into, section.Offset);
        if (Crc32C.Of(into) != section.Crc)
            throw new StateDamagedException(Path, $"the checksum of its {section.Length} bytes at {section.Offset} does not fit: they were changed");
    }

    /// <summary>Reads all sections.</summary>
    /// <exception cref="StateDamagedException">One is cut or changed.</exception>
    internal void Verify(ref byte[] bytes)
    {
        foreach (OperatorIndex one in Index.Operators)
        {
            foreach (Section section in one.Sections)
                Read(section, ref bytes);
        }
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDamagedException(path, e is FileNotFoundException or DirectoryNotFoundException ? "it is missing" : e.Message, innerException: e);
        }
    }

    private static VersionHeader ReadHeader(SafeFileHandle file, string path)
    {
        byte[] bytes = new byte[VersionHeader.Length];
        int length = (int)Math.Min(bytes.Length, LengthOf(file, path));
        Fill(file, path, bytes.AsSpan(0, length), 0);
        return VersionHeader.Read(bytes.AsSpan(0, length), path);
    }

    private static VersionIndex ReadIndex(SafeFileHandle file, string path, VersionHeader header, long length)
    {
        Span<byte> trailer = stackalloc byte[VersionHeader.TrailerLength];
        if (length < VersionHeader.Length + trailer.Length)
            throw new StateDamagedException(path, $"it was cut after {length} bytes");
        Fill(file, path, trailer, length - trailer.Length);
        long indexLength = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        long end = length - trailer.Length - indexLength;
        if (BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]) != length || indexLength < 0 || end < VersionHeader.Length || indexLength > Array.MaxLength)
            throw new StateDamagedException(path, $"its end is not that of a version of state; it was cut after {length} bytes, or its last bytes changed");
        byte[] index = GC.AllocateUninitializedArray<byte>((int)indexLength);
        Fill(file, path, index, end);
        Crc32C crc = default;
        crc.Add(header.Format());
        crc.Add(index);
        crc.Add(trailer[..16]);
        if (crc.Value != BinaryPrimitives.ReadUInt32LittleEndian(trailer[16..]))
            throw new StateDamagedException(path, "the checksum of its index does not fit: it was changed");
        try
        {
            return VersionIndex.Read(new StateReader(index), end);
        }
        catch (InvalidDataException e)
        {
            throw new StateDamagedException(path, e.Message, innerException: e);
        }
    }

    private static long LengthOf(SafeFileHandle file, string path)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (IOException e)
        {
            throw new StateDamagedException(path, e.Message, innerException: e);
        }
    }

    private static void Fill(SafeFileHandle file, string path, Span<byte> into, long offset)
    {
        try
        {
            for (int read; into.Length > 0; into = into[read..], offset += read)
            {
                read = RandomAccess.Read(file, into, offset);
                if (read == 0)
                    throw new StateDamagedException(path, $"it was cut after {offset} bytes");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDamagedException(path, e.Message, innerException: e);
        }
    }
}
