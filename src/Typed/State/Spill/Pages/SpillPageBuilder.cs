using System.Buffers.Binary;

namespace Typed.State;

/// <summary>Packs entries of one bucket into pages and writes those.</summary>
internal sealed class SpillPageBuilder
{
    /// <summary>A page is written when it has so many bytes: about what a disk reads at once. One entry may be longer.</summary>
    internal const int Full = 4096;
    private byte[] _entries = new byte[2 * Full];
    private byte[] _page = new byte[2 * Full];
    private readonly List<int> _ends = [];
    private readonly List<ushort> _fingerprints = [];
    private int _length;
    private bool _due;

    internal int Count => _ends.Count;

    /// <summary>Whether the next entry of so many bytes belongs into another page, or has a due time where the others have none.</summary>
    internal bool IsFullFor(int bytes, bool due) => Count > 0 && (_length + bytes + ((_ends.Count + 1) * sizeof(int)) > Full || due != _due);

    internal void Add(ulong hash, long due, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _due = due != SpillArea.NeverDue;
        long end = (long)_length + sizeof(long) + sizeof(int) + key.Length + value.Length;
        if (end + SpillPageBytes.HeaderLength + ((_ends.Count + 1) * sizeof(int)) > Array.MaxLength)
            throw new NotSupportedException($"An entry of state has a key of {key.Length} bytes and a value of {value.Length}; so many do not go into a page. Keep less for a key, or let it go sooner.");
        if (end > _entries.Length)
            Array.Resize(ref _entries, (int)Math.Min(Array.MaxLength, Math.Max(end, _entries.Length * 2L)));
        if (_due)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_entries.AsSpan(_length), due);
            _length += sizeof(long);
        }

        BinaryPrimitives.WriteInt32LittleEndian(_entries.AsSpan(_length), key.Length);
        _length += sizeof(int);
        key.CopyTo(_entries.AsSpan(_length));
        _length += key.Length;
        value.CopyTo(_entries.AsSpan(_length));
        _length += value.Length;
        _ends.Add(_length);
        _fingerprints.Add(SpillKey.Fingerprint(hash));
    }

    /// <summary>Writes the page, if it has entries, and gives it to their bucket.</summary>
    /// <returns>Its length.</returns>
    internal int Flush(IPageStore store, SpillBucket bucket)
    {
        if (_ends.Count == 0)
            return 0;
        int first = SpillPageBytes.HeaderLength + (_ends.Count * sizeof(int));
        int length = checked(first + _length);
        if (length > _page.Length)
            _page = new byte[(int)Math.Min(Array.MaxLength, Math.Max(length, _page.Length * 2L))];
        Span<byte> page = _page.AsSpan(0, length);
        for (int i = 0; i < _ends.Count; i++)
            BinaryPrimitives.WriteInt32LittleEndian(page[(SpillPageBytes.HeaderLength + (i * sizeof(int)))..], first + _ends[i]);
        _entries.AsSpan(0, _length).CopyTo(page[first..]);
        SpillPageBytes.WriteHeader(page, _ends.Count, _due);
        bucket.Add(store.Write(page), length, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_fingerprints));
        Clear();
        return length;
    }

    /// <summary>Starts again; gives the memory back that a long entry needed.</summary>
    internal void Clear()
    {
        _ends.Clear();
        _fingerprints.Clear();
        _length = 0;
        if (_entries.Length > 64 * Full)
            (_entries, _page) = (new byte[2 * Full], new byte[2 * Full]);
    }
}
