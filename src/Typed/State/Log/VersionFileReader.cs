using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Typed.State;

/// <summary>
/// Reads a file of a version; nothing is used before its checksum was found right. What is damaged is read from the copy, if there is one. Whoever deletes the file
/// does not disturb it.
/// </summary>
internal sealed class VersionFileReader : IDisposable
{
    /// <summary>So much of an index is read at once while its checksum is not known to be right.</summary>
    internal const int IndexPieceBytes = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly VersionFileReader? _copy;

    private VersionFileReader(string path, SafeFileHandle file, VersionHeader header, VersionIndex index, long length, VersionFileReader? copy) =>
        (Path, _file, Header, Index, Length, _copy) = (path, file, header, index, length, copy);

    /// <summary>Where it is.</summary>
    internal string Path { get; }

    /// <summary>What its header says.</summary>
    internal VersionHeader Header { get; }

    /// <summary>What is where.</summary>
    internal VersionIndex Index { get; }

    /// <summary>How long it is.</summary>
    internal long Length { get; }

    /// <summary>What was found damaged, and read from the copy.</summary>
    internal StateDamagedException? Mended { get; private set; }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="StateDamagedException">It is missing, cut or changed.</exception>
    internal static (VersionHeader Header, long Length) ReadHeader(string path)
    {
        using SafeFileHandle file = Open(path);
        return (ReadHeader(file, path), LengthOf(file, path));
    }

    /// <summary>Opens a file: reads its header and its index.</summary>
    /// <exception cref="StateDamagedException">It is missing, cut or changed, and so is its copy if it has one.</exception>
    internal static VersionFileReader OpenFile(string path, bool hasCopy = false)
    {
        if (!hasCopy)
            return OpenOne(path, null);
        VersionFileReader? copy = null;
        try
        {
            copy = OpenOne(path + VersionHeader.CopyExtension, null);
        }
        catch (StateDamagedException)
        {
            // It is not needed as long as the file is whole.
            return OpenOne(path, null);
        }

        try
        {
            return OpenOne(path, copy);
        }
        catch (StateDamagedException e) when (!e.IsNewer)
        {
            copy.Mended = e;
            return copy;
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
        try
        {
            Read(section, bytes.AsSpan(0, section.Length));
        }
        catch (StateDamagedException e) when (_copy is not null)
        {
            _copy.Read(section, bytes.AsSpan(0, section.Length));
            Mended ??= e;
        }
    }

    /// <summary>Writes a copy of it, and verifies it meanwhile.</summary>
    /// <exception cref="StateDamagedException">It is cut or changed.</exception>
    internal void CopyTo(SafeFileHandle other, CancellationToken cancellation)
    {
        byte[] bytes = [];
        Verify(ref bytes, cancellation);
        bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(Length, DeltaWriter.SectionBytes));
        for (long at = 0; at < Length; at += bytes.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(bytes.Length, Length - at));
            Fill(_file, Path, piece, at);
            RandomAccess.Write(other, piece, at);
        }
    }

    /// <summary>Reads all sections.</summary>
    /// <exception cref="StateDamagedException">One is cut or changed.</exception>
    internal void Verify(ref byte[] bytes, CancellationToken cancellation = default)
    {
        foreach (OperatorIndex one in Index.Operators)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (Section section in one.Sections)
                Read(section, ref bytes);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _copy?.Dispose();
    }

    private static VersionFileReader OpenOne(string path, VersionFileReader? copy)
    {
        SafeFileHandle file = Open(path);
        try
        {
            VersionHeader header = ReadHeader(file, path);
            long length = LengthOf(file, path);
            VersionIndex index = ReadIndex(file, path, header, length);

            // Copies are of the same bytes: a file of another version under that name helps nobody.
            if (copy is not null && (copy.Header != header || copy.Length != length))
            {
                copy.Dispose();
                copy = null;
            }

            return new VersionFileReader(path, file, header, index, length, copy);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Read(in Section section, Span<byte> into)
    {
        Fill(_file, Path, into, section.Offset);
        if (Crc32C.Of(into) != section.Crc)
            throw new StateDamagedException(Path, $"the checksum of its {section.Length} bytes at {section.Offset} does not fit: they were changed");
    }

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
        if (!path.EndsWith(VersionHeader.CopyExtension, StringComparison.Ordinal))
            return VersionHeader.Read(bytes.AsSpan(0, length), path);
        try
        {
            return VersionHeader.Read(bytes.AsSpan(0, length), path[..^VersionHeader.CopyExtension.Length]);
        }
        catch (StateDamagedException e)
        {
            throw new StateDamagedException(path, e.Fault, e.IsNewer, e);
        }
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

        // A length that was changed may be that of nearly the whole file: there is no memory for so much before the checksum was found right, piece by piece.
        byte[] index = GC.AllocateUninitializedArray<byte>((int)Math.Min(indexLength, IndexPieceBytes));
        CheckIndex(file, path, header, end, indexLength, trailer, index);
        if (index.Length < indexLength)
        {
            index = GC.AllocateUninitializedArray<byte>((int)indexLength);
            CheckIndex(file, path, header, end, indexLength, trailer, index);
        }

        try
        {
            return VersionIndex.Read(new StateReader(index), end);
        }
        catch (InvalidDataException e)
        {
            throw new StateDamagedException(path, e.Message, innerException: e);
        }
    }

    /// <summary>Reads the index, piece by piece into the same bytes, and looks whether it is what was written.</summary>
    private static void CheckIndex(SafeFileHandle file, string path, VersionHeader header, long start, long length, ReadOnlySpan<byte> trailer, byte[] piece)
    {
        Crc32C crc = default;
        crc.Add(header.Format());
        for (long at = 0; at < length; at += piece.Length)
        {
            Span<byte> some = piece.AsSpan(0, (int)Math.Min(piece.Length, length - at));
            Fill(file, path, some, start + at);
            crc.Add(some);
        }

        crc.Add(trailer[..16]);
        if (crc.Value != BinaryPrimitives.ReadUInt32LittleEndian(trailer[16..]))
            throw new StateDamagedException(path, "the checksum of its index does not fit: it was changed");
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
