using System.Numerics;
using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <content>
/// The memory of the table. A small table is at most half full; in one of more than 2²⁰ slots a probe misses the cache as often when it is ¾ full, and
/// half of the slots are saved. Records of a large table lie in memory twice as large as that of before, of which only as much is there as
/// was written; when they move there, what has been moved is given back piece by piece. So no table is there twice.
/// </content>
internal abstract unsafe partial class KeyTable<TKey, TAcc, TKeys>
{
    private const long HalfFullSlots = 1 << 20;

    /// <summary>From so many bytes on a buffer has memory only where it was written, and is given back to the system, not kept for others.</summary>
    private const long LargeBytes = 16 << 20;
    private NativeBuffer? _slotBuffer;
    private NativeBuffer? _recordBuffer;
    private NativeBuffer? _touchedBuffer;
    private int _capacity;
    private int _most;

    /// <summary>How many records were written at most since the buffer was new.</summary>
    private int _peak;

    /// <summary>Bytes in use.</summary>
    public virtual long MemoryBytes => (_slotBuffer?.Capacity ?? 0) + RecordBytes + (_touchedBuffer?.Capacity ?? 0)
        + (_freeBuffer?.Capacity ?? 0) + (_markBuffer?.Capacity ?? 0) + Arena.CapacityBytes;

    private long RecordBytes => (long)Math.Max(_peak, Top) * sizeof(GroupRecord<TKey, TAcc>);

    /// <summary>
    /// Makes room to touch so many more groups, as far as there are groups, and for one place that is written before it is known whether it
    /// counts. Room for groups that are new among them is made with them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void EnsureTouched(int more)
    {
        long most = Math.Min(TouchedCount + (long)more, _capacity) + 1;
        if (_touchedBuffer is null || most * sizeof(int) > _touchedBuffer.Capacity)
            GrowTouched(most);
    }

    private protected static void Place(ulong* slots, int shift, uint mask, uint hash, int group)
    {
        uint at = hash >> shift;
        while ((uint)slots[at] != 0)
            at = (at + 1) & mask;
        slots[at] = ((ulong)hash << 32) | ((uint)group + 1);
    }

    private static long SlotsFor(int groups)
    {
        long slots = Math.Max(2 * FewestSlots, (long)BitOperations.RoundUpToPowerOf2((uint)groups));
        return MostIn(slots) >= groups ? slots : slots * 2;
    }

    private static int MostIn(long slots) => (int)Math.Min(int.MaxValue / 2, slots <= HalfFullSlots ? slots / 2 : slots / 4 * 3);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom()
    {
        if (Top >= 1024 && ExpectedGroups > Top)
        {
            Reserve(ExpectedGroups);
            return;
        }

        if (Top >= _capacity)
            GrowRecords(checked(Math.Max(Math.Max(Top + 1, FewestSlots), Math.Min(Top * 2, int.MaxValue / 2))));
        if (Top >= _most)
            GrowSlots(SlotsFor(Top + 1));
    }

    private void GrowRecords(int groups)
    {
        int size = sizeof(GroupRecord<TKey, TAcc>);
        _recordBuffer = Enlarge(_recordBuffer, (long)groups * size, (long)Top * size);
        SetRecords();
        EnsureTouched(MostRowsAtOnce);
        if (_tracks)
            EnsureMarks(_capacity);
    }

    private void SetRecords()
    {
        _records = (GroupRecord<TKey, TAcc>*)_recordBuffer!.Pointer;
        _capacity = (int)Math.Min(_recordBuffer.Capacity / sizeof(GroupRecord<TKey, TAcc>), int.MaxValue / 2);
        _peak = Top;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowTouched(long groups)
    {
        _touchedBuffer = Enlarge(_touchedBuffer, groups * sizeof(int), (long)TouchedCount * sizeof(int));
        _touched = (int*)_touchedBuffer.Pointer;
    }

    private void GrowSlots(long slots)
    {
        ulong* before = _slots;
        uint last = _mask;
        NativeBuffer? old = _slotBuffer;
        _slotBuffer = null;
        ClearSlots(slots);
        if (before != null)
        {
            for (long i = 0; i <= last; i++)
            {
                ulong slot = before[i];
                if ((uint)slot != 0)
                    Place(_slots, _shift, _mask, (uint)(slot >> 32), (int)(uint)slot - 1);
            }
        }

        GiveUp(old);
    }

    // Empty slots, in the memory of those before if that is of the same size.
    private void ClearSlots(long slots)
    {
        long bytes = slots * sizeof(ulong);
        if (_slotBuffer is not null && slots != _mask + 1L)
        {
            GiveUp(_slotBuffer);
            _slotBuffer = null;
        }

        _slotBuffer ??= NativeBuffer.Rent(checked((nint)bytes));
        _slots = (ulong*)_slotBuffer.Pointer;
        System.Runtime.InteropServices.NativeMemory.Clear(_slots, (nuint)bytes);
        _shift = 32 - BitOperations.Log2((ulong)slots);
        _mask = (uint)(slots - 1);
        _most = MostIn(slots);
    }

    private void Free()
    {
        GiveUp(_slotBuffer);
        GiveUp(_recordBuffer);
        GiveUp(_touchedBuffer);
        GiveUp(_freeBuffer);
        GiveUp(_markBuffer);
        (_slotBuffer, _recordBuffer, _touchedBuffer, _freeBuffer, _markBuffer) = (null, null, null, null, null);
        _slots = null;
        _records = null;
        _touched = null;
        _marks = null;
        (_tracks, _noted) = (false, 0);
        (_capacity, _most, _peak) = (0, 0, 0);
        _mask = 0;
    }

    // What is above the records that there are; a buffer of which half is not needed goes.
    private void GiveBackRecords(int topBefore)
    {
        long bytes = (long)Top * sizeof(GroupRecord<TKey, TAcc>);
        if (_recordBuffer!.Capacity >= 4096 && bytes * 2 <= _recordBuffer.Capacity)
        {
            NativeBuffer smaller = NativeBuffer.Rent(checked((nint)bytes));
            Move(_recordBuffer, smaller, bytes);
            _recordBuffer = smaller;
            SetRecords();
            return;
        }

        long written = (long)Math.Max(_peak, topBefore) * sizeof(GroupRecord<TKey, TAcc>);
        _recordBuffer.GiveBackPages((nint)bytes, (nint)(written - bytes));
        _peak = Top;
    }

    private static void GiveUp(NativeBuffer? buffer)
    {
        if (buffer is null)
            return;
        if (buffer.Capacity >= LargeBytes)
            buffer.Discard();
        else
            buffer.Release();
    }

    private protected static NativeBuffer Enlarge(NativeBuffer? buffer, long bytes, long used)
    {
        if (buffer is not null && buffer.Capacity >= bytes)
            return buffer;
        NativeBuffer larger = NativeBuffer.Rent(checked((nint)bytes));
        if (buffer is not null)
            Move(buffer, larger, used);
        return larger;
    }

    private static void Move(NativeBuffer buffer, NativeBuffer other, long used)
    {
        const int Piece = 4 << 20;
        for (long at = 0; at < used; at += Piece)
        {
            Buffer.MemoryCopy(buffer.Pointer + at, other.Pointer + at, other.Capacity - at, Math.Min(Piece, used - at));
            if (buffer.Capacity >= LargeBytes)
                buffer.GiveBackPages((nint)at, Piece);
        }

        GiveUp(buffer);
    }
}
