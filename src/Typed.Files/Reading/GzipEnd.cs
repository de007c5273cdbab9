using System.Buffers.Binary;
using System.IO.Compression;

namespace Typed.Files;

/// <summary>
/// Finds out whether a gzip file was cut off, which <see cref="GZipStream"/> takes for its end. The last four bytes of a whole file are the
/// length, modulo 2³², of what is packed in its last member.
/// </summary>
internal static class GzipEnd
{
    private const int TrailerBytes = 8;
    private const int HeaderBytes = 10;

    /// <summary>Whether the file is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="unpackedBytes">How many bytes it gave in all.</param>
    internal static bool IsWhole(string path, long unpackedBytes)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length < HeaderBytes + TrailerBytes)
            return false;
        Span<byte> last = stackalloc byte[4];
        file.Seek(-4, SeekOrigin.End);
        file.ReadExactly(last);
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(last);
        return (uint)unpackedBytes == expected || LastMemberHas(file, expected);
    }

    /// <summary>Looks from the end for the beginning of a member that unpacks to the length; only files of several members come here.</summary>
    private static bool LastMemberHas(FileStream file, uint expected)
    {
        byte[] piece = new byte[64 << 10];
        ReadOnlySpan<byte> magic = [0x1F, 0x8B, 0x08];
        for (long end = file.Length; end > magic.Length; end -= piece.Length - magic.Length)
        {
            long start = Math.Max(0, end - piece.Length);
            file.Seek(start, SeekOrigin.Begin);
            Span<byte> read = piece.AsSpan(0, (int)(end - start));
            file.ReadExactly(read);
            for (int at = read.LastIndexOf(magic); at >= 0; at = read[..at].LastIndexOf(magic))
            {
                if (start + at > 0 && Unpacks(file, start + at, expected))
                    return true;
            }
        }

        return false;
    }

    private static bool Unpacks(FileStream file, long start, uint expected)
    {
        file.Seek(start, SeekOrigin.Begin);
        using GZipStream member = new(file, CompressionMode.Decompress, leaveOpen: true);
        byte[] piece = new byte[64 << 10];
        long length = 0;
        try
        {
            for (int read = member.Read(piece); read > 0; read = member.Read(piece))
                length += read;
        }
        catch (InvalidDataException)
        {
            // These three bytes were not the beginning of a member.
            return false;
        }

        return (uint)length == expected;
    }
}
