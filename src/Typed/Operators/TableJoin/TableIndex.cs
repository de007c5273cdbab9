using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>A table by its keys: built once for each version of the table, then only read.</summary>
/// <remarks>
/// <code>
/// slots:    | hash (32) | key number + 1 (32) |   open addressing, 0 = free; the place is taken from the top of the hash
/// entries:  | the key   | its first row       |   by key number
/// next:     the next row with the same key    |   by row; −1 at the end. Rows of a key come in the order of the table.
/// </code>
/// </remarks>
internal sealed unsafe class TableIndex<TKey, TJoin> : IDisposable
    where TKey : unmanaged
    where TJoin : struct, ITableJoin<TKey>
{
    // Slots and entries beyond this do not stay in the second-level cache, so that fetching ahead pays.
    private const int CachedKeys = 8192;
    private const int Chunk = 64;

    private readonly uint _hashMask = GroupHash.Constant ? 0 : uint.MaxValue;
    private NativeBuffer? _slotBuffer;
    private NativeBuffer? _entryBuffer;
    private NativeBuffer? _nextBuffer;
    private ulong* _slots;
    private Entry* _entries;
    private int* _next;
    private int _shift;
    private uint _mask;
    private int _keys;

    /// <summary>Whether no two rows have the same key.</summary>
    public bool IsUnique { get; private set; }

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => (_slotBuffer?.Capacity ?? 0) + (_entryBuffer?.Capacity ?? 0) + (_nextBuffer?.Capacity ?? 0);

    /// <summary>Indexes the rows of a table.</summary>
    public void Build(ref TJoin join, ColumnBatch table)
    {
        Dispose();
        int rows = table.Length;
        uint slots = BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, Math.Min(rows, 1 << 29))) * 2;
        _slotBuffer = NativeBuffer.Rent((nint)slots * sizeof(ulong));
        _entryBuffer = NativeBuffer.Rent((nint)Math.Max(1, rows) * sizeof(Entry));
        _nextBuffer = NativeBuffer.Rent((nint)Math.Max(1, rows) * sizeof(int));
        _slots = (ulong*)_slotBuffer.Pointer;
        _entries = (Entry*)_entryBuffer.Pointer;
        _next = (int*)_nextBuffer.Pointer;
        NativeMemory.Clear(_slots, (nuint)slots * sizeof(ulong));
        _shift = 32 - BitOperations.Log2(slots);
        _mask = slots - 1;
        _keys = 0;
        int matched = 0;
        TKey* keys = stackalloc TKey[Chunk];
        int* found = stackalloc int[Chunk];

        // From the last row to the first, so that each chain is in the order of the table.
        for (int end = rows; end > 0; end -= Math.Min(Chunk, end))
        {
            int start = Math.Max(0, end - Chunk);
            join.ReadTableKeys(table, start, new Span<TKey>(keys, end - start), new Span<int>(found, end - start));
            for (int i = end - start - 1; i >= 0; i--)
            {
                if (found[i] < 0)
                    continue;
                int number = FindOrAdd(keys[i]);
                _next[start + i] = _entries[number].First;
                _entries[number].First = start + i;
                matched++;
            }
        }

        IsUnique = matched == _keys;
    }

    /// <summary>The first row of the table for each row of a batch of the stream; −1 where no key is equal.</summary>
    /// <param name="join">The join.</param>
    /// <param name="stream">The batch.</param>
    /// <param name="first">Room for one row number each.</param>
    /// <returns>How many have one.</returns>
    public int Find(ref TJoin join, ColumnBatch stream, int* first)
    {
        int rows = stream.Length;
        if (_keys == 0)
        {
            new Span<int>(first, rows).Fill(-1);
            return 0;
        }

        bool ahead = _keys > CachedKeys && Sse.IsSupported;
        TKey* keys = stackalloc TKey[Chunk];
        uint* hashes = stackalloc uint[Chunk];
        int found = 0;
        for (int start = 0; start < rows; start += Chunk)
        {
            int count = Math.Min(Chunk, rows - start);
            join.ReadStreamKeys(stream, start, new Span<TKey>(keys, count), new Span<int>(first + start, count));
            for (int i = 0; i < count; i++)
                hashes[i] = TJoin.Hash(keys[i]) & _hashMask;
            if (ahead)
                FetchAhead(hashes, count);
            for (int i = start; i < start + count; i++)
            {
                if (first[i] < 0)
                    continue;
                int match = Find(keys[i - start], hashes[i - start]);
                first[i] = match;
                found += match >= 0 ? 1 : 0;
            }
        }

        return found;
    }

    /// <summary>The row after <paramref name="row"/> with the same key; −1 for none.</summary>
    public int Next(int row) => _next[row];

    /// <inheritdoc/>
    public void Dispose()
    {
        _slotBuffer?.Release();
        _entryBuffer?.Release();
        _nextBuffer?.Release();
        (_slotBuffer, _entryBuffer, _nextBuffer, _keys) = (null, null, null, 0);
    }

    // First the slots of all rows, then the entries that those name: by then the slots have come.
    private void FetchAhead(uint* hashes, int count)
    {
        for (int i = 0; i < count; i++)
            Sse.Prefetch0(_slots + (hashes[i] >> _shift));
        for (int i = 0; i < count; i++)
            Sse.Prefetch0(_entries + Math.Max(0, (int)(uint)_slots[hashes[i] >> _shift] - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(in TKey key, uint hash)
    {
        for (uint place = hash >> _shift; ; place = (place + 1) & _mask)
        {
            ulong slot = _slots[place];
            if (slot == 0)
                return -1;
            if ((uint)(slot >> 32) != hash)
                continue;
            Entry* entry = _entries + ((uint)slot - 1);
            if (TJoin.Same(entry->Key, key))
                return entry->First;
        }
    }

    private int FindOrAdd(in TKey key)
    {
        uint hash = TJoin.Hash(key) & _hashMask;
        for (uint place = hash >> _shift; ; place = (place + 1) & _mask)
        {
            ulong slot = _slots[place];
            if (slot == 0)
            {
                _entries[_keys] = new Entry { Key = key, First = -1 };
                _slots[place] = ((ulong)hash << 32) | (uint)(_keys + 1);
                return _keys++;
            }

            if ((uint)(slot >> 32) == hash && TJoin.Same(_entries[(uint)slot - 1].Key, key))
                return (int)(uint)slot - 1;
        }
    }

    private struct Entry
    {
        public TKey Key;
        public int First;
    }
}
