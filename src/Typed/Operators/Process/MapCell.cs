namespace Typed.Operators;

/// <summary>An entry of a map as it lies in memory; key and value follow, and the next entry at the next multiple of eight bytes.</summary>
internal unsafe struct MapEntry
{
    /// <summary>When it expires, µs; 0 for never.</summary>
    public long Expiry;

    /// <summary>Greater than that of all entries that were there when it was added: the order of the entries, also after a recovery.</summary>
    public long Sequence;

    /// <summary>The hash of the key.</summary>
    public uint Hash;

    /// <summary>How long the key is.</summary>
    public int KeyLength;

    /// <summary>How long the value is; <see cref="Removed"/> for an entry that was removed.</summary>
    public int ValueLength;

    /// <summary>How many bytes the entry takes, with key and value.</summary>
    public int Size;

    /// <summary>Where the next changed entry is, if this one is changed; 0 for none.</summary>
    public int NextChanged;

    /// <summary>Whether it is stored, perhaps with another value, and whether it has changed since.</summary>
    public MapEntryFlags Flags;

    /// <summary>No length.</summary>
    public const int Removed = -1;

    public static byte* KeyOf(MapEntry* entry) => (byte*)(entry + 1);

    public static byte* ValueOf(MapEntry* entry) => KeyOf(entry) + entry->KeyLength;
}

/// <summary>What is known of an entry of a map.</summary>
[Flags]
internal enum MapEntryFlags
{
    None = 0,
    Stored = 1,
    Changed = 2,
}

/// <summary>
/// Entries of a map in the order in which they were written, so that those which expire first are in front, with an index once there are many.
/// </summary>
/// <remarks>
/// <code>
/// cell:  | header (40) | entry | entry | …                an entry that is written again goes to the end, its old place is marked as removed
/// index: | place of an entry in the cell (4) | …          a power of two of them, at most half full, 0 = empty, linear probing
/// </code>
/// </remarks>
internal static unsafe partial class MapCell
{
    private const int FewestIndexed = 9;
    private const int MostPlacesWithoutIndex = 16;

    /// <summary>The first entry, removed or not; null at the end.</summary>
    public static MapEntry* First(in StateCell cell) => At(cell, cell.IsEmpty ? 0 : HeaderOf(cell)->Start);

    /// <summary>The entry behind another one; null at the end.</summary>
    public static MapEntry* Next(in StateCell cell, MapEntry* entry) => At(cell, (int)((byte*)entry - cell.Pointer) + entry->Size);

    /// <summary>How many entries are not removed.</summary>
    public static int CountOf(in StateCell cell) => cell.IsEmpty ? 0 : HeaderOf(cell)->Count;

    /// <summary>The entry of a key; null if there is none.</summary>
    public static MapEntry* Find(in StateCell cell, byte* key, int length, uint hash)
    {
        if (cell.IsEmpty)
            return null;
        Header* header = HeaderOf(cell);
        if (header->Index == null)
        {
            for (MapEntry* entry = First(cell); entry != null; entry = Next(cell, entry))
            {
                if (Is(entry, key, length, hash))
                    return entry;
            }

            return null;
        }

        int mask = (1 << (header->IndexClass - 2)) - 1;
        for (int at = (int)hash & mask; header->Index[at] != 0; at = (at + 1) & mask)
        {
            MapEntry* entry = At(cell, header->Index[at]);
            if (Is(entry, key, length, hash))
                return entry;
        }

        return null;
    }

    /// <summary>Adds an entry whose key is not there.</summary>
    public static MapEntry* Add(ref StateCell cell, byte* key, int keyLength, uint hash, ReadOnlySpan<byte> value, long expiry, StateHeap heap)
    {
        int size = checked((sizeof(MapEntry) + keyLength + value.Length + 7) & ~7);
        if (cell.IsEmpty)
        {
            cell.Reserve(sizeof(Header) + size, heap);
            cell.Length = sizeof(Header);
            *HeaderOf(cell) = new Header { Start = sizeof(Header), NextSequence = 1 };
        }

        if (checked(cell.Length + size) > cell.Capacity || HeaderOf(cell)->Places >= IndexLimit(cell))
            Rebuild(ref cell, size, heap);
        MapEntry* entry = (MapEntry*)(cell.Pointer + cell.Length);
        *entry = new MapEntry { Expiry = expiry, Sequence = HeaderOf(cell)->NextSequence++, Hash = hash, KeyLength = keyLength, ValueLength = value.Length, Size = size };
        new ReadOnlySpan<byte>(key, keyLength).CopyTo(new Span<byte>(MapEntry.KeyOf(entry), keyLength));
        value.CopyTo(new Span<byte>(MapEntry.ValueOf(entry), value.Length));
        Header* header = HeaderOf(cell);
        if (header->Index != null)
            Place(header, hash, cell.Length);
        cell.Length += size;
        header->Count++;
        header->Places++;
        return entry;
    }

    /// <summary>Removes an entry. An empty map keeps nothing.</summary>
    public static void Remove(ref StateCell cell, MapEntry* entry, StateHeap heap)
    {
        entry->ValueLength = MapEntry.Removed;
        if (--HeaderOf(cell)->Count == 0)
            Free(ref cell, heap);
    }

    /// <summary>Moves the start behind entries in front that are removed.</summary>
    public static void SkipRemoved(in StateCell cell)
    {
        MapEntry* first = First(cell);
        while (first != null && first->ValueLength == MapEntry.Removed)
            first = Next(cell, first);
        HeaderOf(cell)->Start = (int)((byte*)first - cell.Pointer);
    }

    /// <summary>Gives the memory back.</summary>
    public static void Free(ref StateCell cell, StateHeap heap)
    {
        FreeIndex(HeaderOf(cell), heap);
        cell.Free(heap);
    }

    /// <summary>Above how many places, removed ones included, the map is arranged anew.</summary>
    private static int IndexLimit(in StateCell cell)
    {
        Header* header = HeaderOf(cell);
        return header->Index == null ? MostPlacesWithoutIndex : 1 << (header->IndexClass - 3);
    }

    /// <summary>Copies the entries that are left to a piece with room for as many again and makes the index for it.</summary>
    private static void Rebuild(ref StateCell cell, int more, StateHeap heap)
    {
        Header* header = HeaderOf(cell);
        long bytes = sizeof(Header);
        for (MapEntry* entry = First(cell); entry != null; entry = Next(cell, entry))
            bytes += entry->ValueLength == MapEntry.Removed ? 0 : entry->Size;
        StateCell fresh = Like(header, bytes + more + ((bytes - sizeof(Header)) / 2), heap);
        for (MapEntry* entry = First(cell); entry != null; entry = Next(cell, entry))
        {
            if (entry->ValueLength != MapEntry.Removed)
                Copy(entry, ref fresh);
        }

        FreeIndex(header, heap);
        cell.Free(heap);
        cell = fresh;
    }

    /// <summary>A map that is to get all entries of another one.</summary>
    private static StateCell Like(Header* header, long bytes, StateHeap heap)
    {
        StateCell fresh = default;
        fresh.Reserve((int)Math.Min(int.MaxValue, bytes), heap);
        fresh.Length = sizeof(Header);
        Header* to = HeaderOf(fresh);
        *to = new Header { Start = sizeof(Header), Count = header->Count, Places = header->Count, NextSequence = header->NextSequence };
        if (header->Count + 1 >= FewestIndexed)
        {
            to->IndexClass = StateHeap.ClassOf(checked((header->Count + 1) * 4 * sizeof(int)));
            to->Index = (int*)heap.Allocate(to->IndexClass);
            new Span<byte>(to->Index, 1 << to->IndexClass).Clear();
        }

        return fresh;
    }

    private static void Copy(MapEntry* entry, ref StateCell to)
    {
        Header* header = HeaderOf(to);
        if (header->Index != null)
            Place(header, entry->Hash, to.Length);
        MapEntry* copy = (MapEntry*)(to.Pointer + to.Length);
        new ReadOnlySpan<byte>(entry, entry->Size).CopyTo(new Span<byte>(copy, entry->Size));
        if ((copy->Flags & MapEntryFlags.Changed) != 0)
            (copy->NextChanged, header->FirstChanged) = (header->FirstChanged, to.Length);
        to.Length += entry->Size;
    }

    private static void Place(Header* header, uint hash, int place)
    {
        int mask = (1 << (header->IndexClass - 2)) - 1;
        int at = (int)hash & mask;
        while (header->Index[at] != 0)
            at = (at + 1) & mask;
        header->Index[at] = place;
    }

    private static bool Is(MapEntry* entry, byte* key, int length, uint hash) =>
        entry->Hash == hash && entry->KeyLength == length && entry->ValueLength != MapEntry.Removed
        && new ReadOnlySpan<byte>(MapEntry.KeyOf(entry), length).SequenceEqual(new ReadOnlySpan<byte>(key, length));

    private static void FreeIndex(Header* header, StateHeap heap)
    {
        if (header->Index != null)
            heap.Free((byte*)header->Index, header->IndexClass);
        header->Index = null;
    }

    private static MapEntry* At(in StateCell cell, int place) => place >= cell.Length ? null : (MapEntry*)(cell.Pointer + place);

    private static Header* HeaderOf(in StateCell cell) => (Header*)cell.Pointer;

    private struct Header
    {
        public int* Index;
        public int IndexClass;

        /// <summary>Entries that are not removed.</summary>
        public int Count;

        /// <summary>Entries with those that are removed.</summary>
        public int Places;

        /// <summary>Where the first entry is.</summary>
        public int Start;

        /// <summary>Where a changed entry is, from which the others are reached; 0 for none.</summary>
        public int FirstChanged;

        /// <summary>What the next entry gets.</summary>
        public long NextSequence;
    }
}
