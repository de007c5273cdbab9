using System.Buffers.Binary;
using System.Globalization;

namespace Typed.State;

/// <summary>
/// The first bytes of a file of a version. A version N is what a file <c>N.base</c> holds, which is all of it; or what <c>N.delta</c> holds and the
/// version before, its parent. Such a file, little-endian:
/// <code>
/// 0    "TYPEDVER"        8 bytes
/// 8    format version    int32    here 3; 1 had whole snapshots, the index of 2 had no names of operators
/// 12   kind              int32    0: delta, 1: base
/// 16   batch             int64
/// 24   stamp             int64    drawn by lot: tells the version from another one of the same batch, as after a return to an older one
/// 32   batch of parent   int64    −1 for none; a base has none
/// 40   stamp of parent   int64
/// 48   CRC-32C           uint32   of bytes 0 to 47
/// 52   sections, one after the other: records of one shard of one operator (<see cref="RecordEncoder"/>), 1 MiB at most, or one record
///      index             <see cref="VersionIndex"/>
///      length of index   int64
///      length of file    int64
///      CRC-32C           uint32   of the header, the index and the two lengths
/// </code>
/// A file that several versions are made of may be there twice (StateLog.Copies). A base has the stamp of the version it is equal to, so that what comes after that version fits both.
/// </summary>
internal sealed record VersionHeader(bool IsBase, long Batch, long Stamp, long Parent, long ParentStamp)
{
    internal const int Length = 52;
    internal const int TrailerLength = 20;
    internal const long NoParent = -1;
    internal const string DeltaExtension = ".delta";
    internal const string BaseExtension = ".base";

    /// <summary>What the name of a copy has behind that of the file; its bytes are the same.</summary>
    internal const string CopyExtension = ".copy";
    internal const int FormatVersion = 3;
    private static readonly byte[] s_magic = "TYPEDVER"u8.ToArray();

    /// <summary>The name of the file.</summary>
    internal string FileName => NameOf(Batch, IsBase);

    /// <summary>The name of the file of a version.</summary>
    internal static string NameOf(long batch, bool isBase) => batch.ToString(CultureInfo.InvariantCulture) + (isBase ? BaseExtension : DeltaExtension);

    /// <summary>The version that a file belongs to by its name; null if it is none.</summary>
    internal static (long Batch, bool IsBase)? Named(string path)
    {
        string name = Path.GetFileName(path);
        return long.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out long batch)
            && (name == NameOf(batch, true) || name == NameOf(batch, false))
            ? (batch, name == NameOf(batch, true))
            : null;
    }

    internal byte[] Format()
    {
        byte[] bytes = new byte[Length];
        s_magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), IsBase ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Batch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Stamp);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Parent);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), ParentStamp);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48), Crc32C.Of(bytes.AsSpan(0, 48)));
        return bytes;
    }

    /// <exception cref="StateDamagedException">It is something else.</exception>
    internal static VersionHeader Read(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length < Length)
            throw new StateDamagedException(path, $"it was cut after {bytes.Length} bytes");
        if (!bytes.StartsWith(s_magic))
            throw new StateDamagedException(path, "it does not begin like a version of state; another program wrote it, or its first bytes changed");
        if (Crc32C.Of(bytes[..48]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]))
            throw new StateDamagedException(path, "the checksum of its header does not fit: it was changed");
        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != FormatVersion)
            throw new StateDamagedException(path, $"it has format version {version}, and this version of Typed reads version {FormatVersion}", isNewer: true);
        int kind = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        VersionHeader header = new(
            kind == 1,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
        if (kind is not (0 or 1) || header.Parent < NoParent || header.Parent >= header.Batch || (kind == 1 && header.Parent != NoParent))
            throw new StateDamagedException(path, $"its header makes no sense: {header} of kind {kind}");
        if (Named(path) is not { } name || name != (header.Batch, header.IsBase))
            throw new StateDamagedException(path, $"it holds the {(header.IsBase ? "base" : "changes")} of batch {header.Batch}, so it was renamed or copied");
        return header;
    }
}
