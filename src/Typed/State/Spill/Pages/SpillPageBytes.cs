using System.Buffers.Binary;

namespace Typed.State;

/// <summary>
/// The bytes of a page, little-endian:
/// <code>
/// 0   CRC-32C    uint32   of all behind it
/// 4   length     int32    of the whole page
/// 8   entries    int32
/// 12  due        int32    8 if each entry begins with its due time (int64), else 0
/// 16  ends       int32[entries]   where each entry ends
///     entries: due (if there is one) | length of the key (int32) | key | value
/// </code>
/// </summary>
internal static class SpillPageBytes
{
    internal const int HeaderLength = 16;
    private const int LengthAt = 4;
    private const int EntriesAt = 8;
    private const int DueAt = 12;

    internal static void WriteHeader(Span<byte> page, int entries, bool due)
    {
        BinaryPrimitives.WriteInt32LittleEndian(page[LengthAt..], page.Length);
        BinaryPrimitives.WriteInt32LittleEndian(page[EntriesAt..], entries);
        BinaryPrimitives.WriteInt32LittleEndian(page[DueAt..], due ? sizeof(long) : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(page, Crc32C.Of(page[LengthAt..]));
    }

    /// <summary>Tests a page; nothing of it is used before.</summary>
    /// <param name="page">The page.</param>
    /// <param name="entries">How many entries it has to have.</param>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    internal static string? Fault(ReadOnlySpan<byte> page, int entries)
    {
        if (page.Length < HeaderLength)
            return $"a page was cut after {page.Length} bytes";
        int length = BinaryPrimitives.ReadInt32LittleEndian(page[LengthAt..]);
        if (Crc32C.Of(page[LengthAt..]) != BinaryPrimitives.ReadUInt32LittleEndian(page))
            return length == page.Length ? "the checksum of a page does not fit: it was changed" : $"a page of {page.Length} bytes says that it has {length}";
        int stored = BinaryPrimitives.ReadInt32LittleEndian(page[EntriesAt..]);
        return length == page.Length && stored == entries ? null : $"a page has {stored} entries in {length} bytes, where one with {entries} in {page.Length} was written";
    }

    /// <summary>Where an entry of a page that was tested lies.</summary>
    internal static SpillEntryBytes Entry(ReadOnlySpan<byte> page, int entry)
    {
        int entries = BinaryPrimitives.ReadInt32LittleEndian(page[EntriesAt..]);
        int dueBytes = BinaryPrimitives.ReadInt32LittleEndian(page[DueAt..]);
        int start = entry == 0 ? HeaderLength + (entries * sizeof(int)) : BinaryPrimitives.ReadInt32LittleEndian(page[(HeaderLength + ((entry - 1) * sizeof(int)))..]);
        int end = BinaryPrimitives.ReadInt32LittleEndian(page[(HeaderLength + (entry * sizeof(int)))..]);
        long due = dueBytes == 0 ? SpillArea.NeverDue : BinaryPrimitives.ReadInt64LittleEndian(page[start..]);
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(page[(start + dueBytes)..]);
        int key = start + dueBytes + sizeof(int);
        return new SpillEntryBytes(due, key, keyLength, key + keyLength, end - key - keyLength);
    }
}

/// <summary>Where the bytes of an entry lie in its page.</summary>
internal readonly record struct SpillEntryBytes(long Due, int Key, int KeyLength, int Value, int ValueLength);
