using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>A stored row as the index sees it; its columns lie in the batch of the bucket.</summary>
internal struct JoinEntry<TKey>
    where TKey : unmanaged
{
    /// <summary>The row has left the state.</summary>
    public const int Dead = 1;

    /// <summary>A match has been found.</summary>
    public const int Matched = 2;

    public TKey Key;

    /// <summary>The time that puts the row into its bucket, µs; 0 in the bucket of rows without one.</summary>
    public long Time;

    /// <summary>The row before with the same key; −1 for none.</summary>
    public int Next;

    /// <summary>One more than the number of the row before in the same slice; 0 for none.</summary>
    public int NextInSlice;

    public int Flags;
}

/// <summary>The rows of a batch that look for a match: keys, hashes and times by row, and which rows.</summary>
internal readonly unsafe struct JoinProbe<TKey>(TKey* keys, uint* hashes, long* times, int* found, int* rows, int count, long least, long greatest)
    where TKey : unmanaged
{
    public readonly TKey* Keys = keys;
    public readonly uint* Hashes = hashes;
    public readonly long* Times = times;
    public readonly int* Found = found;
    public readonly int* Rows = rows;
    public readonly int Count = count;

    /// <summary>Stored time − time of the row, µs: the least and the greatest that are of interest.</summary>
    public readonly long Least = least;
    public readonly long Greatest = greatest;
}

/// <summary>How far a search has come: it stops when the room for pairs is full.</summary>
internal struct JoinCursor()
{
    public int Position = 0;
    public int Fetched = 0;
    public int Row = 0;
    public int Chain = -1;
    public int Before = -1;
}

/// <summary>
/// The stored rows of one side of a join in one stretch of time: dropped as a whole when the state watermark has passed it.
/// </summary>
/// <remarks>
/// <code>
/// slots:    | hash (32) | row + 1 (32) |     one for each key, open addressing, 0 = free; the newest row with the key
/// entries:  | key | time | next row with the key | next row in the slice | flags |     by row
/// slices:   | row + 1 |     256 of equal width: where the watermark cuts a bucket, it visits the slices it has passed, no others
/// columns:  an append-only batch, by row
/// </code>
/// Rows of the slice that the watermark is in lie in a heap by time, so that each batch costs as much as it lets go.
/// </remarks>
internal sealed unsafe class JoinBucket<TKey, TJoin> : IDisposable
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>
{
    /// <summary>A bucket is cut into so many slices, as a power of two.</summary>
    public const int SliceBits = 8;

    // The searched arrays of fewer rows than this stay in the second-level cache, so that fetching ahead does not pay.
    private const int CachedRows = 4096;
    private const int Slices = 1 << SliceBits;
    private const int Chunk = 64;

    private readonly BatchPool _pool;
    private NativeBuffer? _slotBuffer;
    private NativeBuffer? _entryBuffer;
    private NativeBuffer? _sliceBuffer;
    private Arena? _arena;
    private TimeHeap? _cut;
    private ulong* _slots;
    private JoinEntry<TKey>* _entries;
    private int* _slices;
    private int _shift;
    private uint _mask;
    private int _keys;
    private int _capacity;
    private int _firstSlice;
    private int _sliceShift;

    public JoinBucket(BatchPool pool) => _pool = pool;

    /// <summary>The number of its stretch of time; <see cref="JoinStore{TKey,TJoin}.Untimed"/> for rows without time.</summary>
    public long Number { get; private set; }

    /// <summary>The columns of the rows, those that have left included.</summary>
    public ColumnBatch Columns { get; private set; } = null!;

    /// <summary>How many rows were appended.</summary>
    public int Rows { get; private set; }

    /// <summary>How many of them are held.</summary>
    public int Live { get; private set; }

    /// <summary>How many of those have found a match.</summary>
    public int LiveMatched { get; private set; }

    /// <summary>The rows.</summary>
    public JoinEntry<TKey>* Entries => _entries;

    /// <summary>Bytes in use, those of the columns included.</summary>
    public long MemoryBytes => (_slotBuffer?.Capacity ?? 0) + (_entryBuffer?.Capacity ?? 0) + (_sliceBuffer?.Capacity ?? 0)
        + (_arena?.CapacityBytes ?? 0) + (_cut?.MemoryBytes ?? 0);

    /// <summary>Empties the bucket for a stretch of time.</summary>
    /// <param name="number">The number of the stretch.</param>
    /// <param name="timeShift">A stretch is two to this many µs long; −1 for a bucket of rows without time.</param>
    public void Open(long number, int timeShift)
    {
        Number = number;
        Columns = _pool.Rent();
        (Rows, Live, LiveMatched, _keys) = (0, 0, 0, 0);
        _sliceShift = timeShift - SliceBits;
        _firstSlice = Slices;
        if (timeShift >= 0)
        {
            _sliceBuffer ??= NativeBuffer.Rent(Slices * sizeof(int));
            _slices = (int*)_sliceBuffer.Pointer;
            new Span<int>(_slices, Slices).Clear();
        }

        if (_slots != null)
            NativeMemory.Clear(_slots, (nuint)(_mask + 1L) * sizeof(ulong));
        else
            GrowSlots(16);
    }

    /// <summary>Gives the columns back and forgets the rows; the memory of the index is kept if it was used well.</summary>
    public void Close()
    {
        Columns.Release();
        Columns = null!;
        _arena?.Reset();
        _cut?.Clear();
        if (Rows * 8L < _capacity)
            FreeIndex();
    }

    /// <summary>Appends rows of a batch.</summary>
    /// <param name="probe">The rows.</param>
    /// <param name="matched">By row: whether it has found a match.</param>
    /// <param name="source">The columns.</param>
    /// <param name="start">The row in <paramref name="source"/> of row 0.</param>
    /// <param name="stored">Which columns.</param>
    /// <param name="picks">Room for a number for each row.</param>
    public void Append(in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks)
    {
        int count = probe.Count;
        if (Rows + count > _capacity)
            GrowEntries(Rows + count);
        bool isRange = probe.Rows[count - 1] - probe.Rows[0] == count - 1;
        if (isRange)
        {
            foreach (int column in stored)
                Columns[column].AppendRange(source[column], start + probe.Rows[0], count);
        }
        else
        {
            for (int i = 0; i < count; i++)
                picks[i] = start + probe.Rows[i];
            foreach (int column in stored)
                Columns[column].Gather(source[column], new ReadOnlySpan<int>(picks, count));
        }

        for (int from = 0; from < count; from += Chunk)
            AppendChunk(probe, matched, from, Math.Min(Chunk, count - from));
        Columns.Length = Rows;
    }

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

    /// <summary>Remembers that a row has found a match.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Match(int row)
    {
        int flags = _entries[row].Flags;
        _entries[row].Flags = flags | JoinEntry<TKey>.Matched;
        LiveMatched += (flags & JoinEntry<TKey>.Matched) == 0 ? 1 : 0;
    }

    /// <summary>Lets a row go, unless it went before.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(int row)
    {
        JoinEntry<TKey>* entry = _entries + row;
        if ((entry->Flags & JoinEntry<TKey>.Dead) != 0)
            return false;
        entry->Flags |= JoinEntry<TKey>.Dead;
        Live--;
        LiveMatched -= (entry->Flags & JoinEntry<TKey>.Matched) != 0 ? 1 : 0;
        return true;
    }

    /// <summary>Lets all rows up to a time inside of the bucket's stretch go, and lists them.</summary>
    public void Cut(long time, RowList removed)
    {
        int last = (int)(time >> _sliceShift) & (Slices - 1);
        for (int slice = _firstSlice; slice < last; slice++)
        {
            for (int row = _slices[slice] - 1; row >= 0; row = _entries[row].NextInSlice - 1)
                RemoveTo(row, removed);
            _slices[slice] = 0;
        }

        // The slice that the time is in.
        for (int row = _slices[last] - 1; row >= 0; row = _entries[row].NextInSlice - 1)
            (_cut ??= new TimeHeap()).Push(_entries[row].Time, row);
        _slices[last] = 0;
        _firstSlice = last + 1;
        while (_cut is { Count: > 0 } && _cut.FirstTime <= time)
            RemoveTo(_cut.Pop().Group, removed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FreeIndex();
        _sliceBuffer?.Release();
        _sliceBuffer = null;
        _arena?.Dispose();
        _cut?.Dispose();
    }

    private void RemoveTo(int row, RowList removed)
    {
        if (Remove(row))
            removed.Add(row);
    }

    private void AppendChunk(in JoinProbe<TKey> probe, byte* matched, int from, int count)
    {
        if ((_keys + count) * 2L > _mask + 1L)
            GrowSlots(((long)_mask + 1) * 2);
        FetchAhead(probe, from, count);
        int number = Rows;
        JoinEntry<TKey>* entry = _entries + number;
        for (int i = from; i < from + count; i++, entry++, number++)
        {
            int row = probe.Rows[i];
            bool isMatched = matched[row] != 0;
            entry->Time = probe.Times[row];
            entry->Flags = isMatched ? JoinEntry<TKey>.Matched : 0;
            entry->Next = -1;
            entry->NextInSlice = 0;
            LiveMatched += isMatched ? 1 : 0;
            if (_sliceShift >= 0)
                LinkSlice(entry, number);
            if (probe.Found[row] >= 0)
                LinkKey(entry, number, probe.Keys[row], probe.Hashes[row]);
        }

        Rows += count;
        Live += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LinkSlice(JoinEntry<TKey>* entry, int number)
    {
        int slice = (int)(entry->Time >> _sliceShift) & (Slices - 1);
        entry->NextInSlice = _slices[slice];
        _slices[slice] = number + 1;
        _firstSlice = Math.Min(_firstSlice, slice);
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

    private void GrowEntries(int rows)
    {
        int size = sizeof(JoinEntry<TKey>);
        NativeBuffer larger = NativeBuffer.Rent(checked((nint)Math.Max(64, rows) * size));
        if (_entryBuffer is not null)
        {
            Buffer.MemoryCopy(_entries, larger.Pointer, larger.Capacity, (long)Rows * size);
            _entryBuffer.Release();
        }

        _entryBuffer = larger;
        _entries = (JoinEntry<TKey>*)larger.Pointer;
        _capacity = (int)Math.Min(larger.Capacity / size, int.MaxValue / 2);
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

    private void FreeIndex()
    {
        _slotBuffer?.Release();
        _entryBuffer?.Release();
        _slots = null;
        _entries = null;
        (_slotBuffer, _entryBuffer, _capacity, _mask) = (null, null, 0, 0);
    }
}
