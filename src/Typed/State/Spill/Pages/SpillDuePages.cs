using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>Pages of items that say which entries have to be back when, all of them full.</summary>
/// <remarks>
/// <code>
/// 0   CRC-32C   uint32   of all behind it
/// 4   items     int32
/// 8   for each: due (int64), part (int64), hash (uint64)
/// </code>
/// </remarks>
internal sealed class SpillDuePages(Func<IPageStore> store, Func<string, Exception> damaged) : IPageTarget
{
    /// <summary>How many items a page has.</summary>
    internal const int Items = 168;

    /// <summary>How many pages are read at once.</summary>
    internal const int PagesAtOnce = 32;

    /// <summary>What an item adds to a page.</summary>
    internal const int ItemBytes = 3 * sizeof(long);
    private const int HeaderLength = 8;
    private readonly byte[] _page = new byte[HeaderLength + (Items * ItemBytes)];
    private List<SpillDue>? _target;

    /// <summary>Writes a page.</summary>
    /// <returns>Its number in the store.</returns>
    internal int Write(ReadOnlySpan<SpillDue> items)
    {
        MemoryMarshal.AsBytes(items).CopyTo(_page.AsSpan(HeaderLength));
        BinaryPrimitives.WriteInt32LittleEndian(_page.AsSpan(sizeof(uint)), items.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_page, Crc32C.Of(_page.AsSpan(sizeof(uint))));
        return store().Write(_page);
    }

    /// <summary>Reads pages.</summary>
    internal void Read(ReadOnlySpan<int> pages, List<SpillDue> target)
    {
        if (pages.Length == 0)
            return;
        _target = target;
        store().Read(pages, this);
        _target = null;
    }

    internal void Delete(int page) => store().Delete(page);

    void IPageTarget.Take(int index, byte[] bytes, int start, int length)
    {
        ReadOnlySpan<byte> page = bytes.AsSpan(start, length);
        if (length != _page.Length)
            throw damaged($"a page of {_page.Length} bytes has {length}");
        if (Crc32C.Of(page[sizeof(uint)..]) != BinaryPrimitives.ReadUInt32LittleEndian(page))
            throw damaged("the checksum of a page does not fit: it was changed");
        foreach (SpillDue item in MemoryMarshal.Cast<byte, SpillDue>(page[HeaderLength..]))
            _target!.Add(item);
    }
}
