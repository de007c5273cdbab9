using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Typed.Columns;

namespace Typed.Operators;

/// <content>The hash index: from a key to the newest row that has it, and the search for matches.</content>
internal sealed unsafe partial class JoinBucket<TKey, TJoin>
{
    // The searched arrays of fewer rows than this stay in the second-level cache, so that fetching ahead does not pay.
    private const int CachedRows = 4096;

    /// <summary>Goes on with a search: writes pairs of a row of the probe and a stored row with equal keys, near enough in time.</summary>
    /// <returns>How many were written; fewer than there is room for if the search is done.</returns>
    public int Search(in JoinProbe<TKey> probe, bool onlyFirst, ref JoinCursor cursor, int* rows, int* stored, int room)
    {
        int count = 0;
        JoinEntry<TKey>* entries = _entries;
        ulong span = (ulong)(probe.Greatest - probe.Least);
        while (true)
        {
            while (cursor.Chain >= 0)
            {
                JoinEntry<TKey>* entry = entries + cursor.Chain;
                if ((entry->Flags & JoinEntry<TKey>.Dead) != 0)
                {
                    // A chain does not grow longer than the rows that are held.
                    cursor.Chain = entry->Next;
                    if (cursor.Before >= 0)
                        entries[cursor.Before].Next = cursor.Chain;
                    continue;
                }

                if ((ulong)(entry->Time - probe.Times[cursor.Row] - probe.Least) <= span)
                {
                    if (count == room)
                        return count;
                    rows[count] = cursor.Row;
                    stored[count++] = cursor.Chain;
                    if (onlyFirst)
                    {
                        cursor.Chain = -1;
                        break;
                    }
                }

                cursor.Before = cursor.Chain;
                cursor.Chain = entry->Next;
            }

            if (cursor.Position == probe.Count)
                return count;
            if (cursor.Position == cursor.Fetched)
            {
                FetchAhead(probe, cursor.Fetched, Math.Min(Chunk, probe.Count - cursor.Fetched));
                cursor.Fetched += Chunk;
            }

            cursor.Row = probe.Rows[cursor.Position++];
            cursor.Before = -1;
            if (probe.Found[cursor.Row] >= 0)
                cursor.Chain = Find(probe.Keys[cursor.Row], probe.Hashes[cursor.Row]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LinkKey(JoinEntry<TKey>* entry, int number, in TKey key, uint hash)
    {
        for (uint place = hash >> _shift; ; place = (place + 1) & _mask)
        {
            ulong slot = _slots[place];
            if (slot == 0)
            {
                entry->Key = key;
                if (TJoin.KeyHasText)
                    TJoin.OwnKey(ref entry->Key, _arena ??= new Arena());
                _keys++;
            }
            else
            {
                if ((uint)(slot >> 32) != hash)
                    continue;
                JoinEntry<TKey>* first = _entries + ((uint)slot - 1);
                if (!TJoin.Same(first->Key, key))
                    continue;
                entry->Key = first->Key;
                entry->Next = (first->Flags & JoinEntry<TKey>.Dead) != 0 ? first->Next : (int)(uint)slot - 1;
            }

            _slots[place] = ((ulong)hash << 32) | (uint)(number + 1);
            return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(in TKey key, uint hash)
    {
        for (uint place = hash >> _shift; ; place = (place + 1) & _mask)
        {
            ulong slot = _slots[place];
            if (slot == 0)
                return -1;
            if ((uint)(slot >> 32) == hash && TJoin.Same(_entries[(uint)slot - 1].Key, key))
                return (int)(uint)slot - 1;
        }
    }

    // First the slots of a chunk of rows, then the entries that those name: by then the slots have come.
    private void FetchAhead(in JoinProbe<TKey> probe, int from, int count)
    {
        if (Rows < CachedRows || !Sse.IsSupported)
            return;
        for (int i = from; i < from + count; i++)
            Sse.Prefetch0(_slots + (probe.Hashes[probe.Rows[i]] >> _shift));
        for (int i = from; i < from + count; i++)
            Sse.Prefetch0(_entries + Math.Max(0, (int)(uint)_slots[probe.Hashes[probe.Rows[i]] >> _shift] - 1));
    }

    private void GrowSlots(long slots)
    {
        NativeBuffer buffer = NativeBuffer.Rent(checked((nint)(Math.Max(slots, 256) * sizeof(ulong))));
        slots = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(slots, 256));
        ulong* fresh = (ulong*)buffer.Pointer;
        NativeMemory.Clear(fresh, (nuint)(slots * sizeof(ulong)));
        int shift = 32 - BitOperations.Log2((ulong)slots);
        uint mask = (uint)(slots - 1);
        if (_slots != null)
        {
            for (long i = 0; i <= _mask; i++)
            {
                ulong slot = _slots[i];
                if (slot == 0)
                    continue;
                uint place = (uint)(slot >> 32) >> shift;
                while (fresh[place] != 0)
                    place = (place + 1) & mask;
                fresh[place] = slot;
            }

            _slotBuffer!.Release();
        }

        _slots = fresh;
        (_slotBuffer, _shift, _mask) = (buffer, shift, mask);
    }
}
