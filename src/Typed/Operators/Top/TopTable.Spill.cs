using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>Groups that leave the table because memory has no room for them, and come back.</content>
internal sealed unsafe partial class TopTable<TKey, TOrder, TOps>
{
    /// <summary>Lists the keys of rows that get into a group, and have none here; a key may be listed more than once.</summary>
    /// <param name="ops">Reads keys and orders.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="missing">Gets the keys.</param>
    public void ListMissing<TRows>(TOps ops, TRows rows, int count, SpillBatch missing)
        where TRows : struct, IRowSelection
    {
        uint* hashes = stackalloc uint[ChunkRows];
        if (_slots == null)
            Reserve(FewestSlots);
        for (int first = 0; first < count; first += ChunkRows)
        {
            int chunk = Math.Min(ChunkRows, count - first);
            for (int i = 0; i < chunk; i++)
            {
                ops.LoadKey(rows[first + i], out TKey key);
                hashes[i] = TOps.Hash(key);
                Prefetch(_slots + ((hashes[i] & _hashMask) >> _shift));
            }

            for (int i = 0; i < chunk; i++)
            {
                ops.LoadKey(rows[first + i], out TKey key);
                if (Find(key) >= 0 || !ops.TryLoadOrder(rows[first + i], out _))
                    continue;
                missing.Begin(0, 0, hashes[i]);
                TOps.SaveKey(key, missing.Writer);
                missing.End();
            }
        }
    }

    /// <summary>Says when a group that came back was last changed.</summary>
    /// <returns>Whether the present micro-batch has touched it: it is among the touched ones again.</returns>
    public bool Return(int group, uint epoch)
    {
        if (epoch == Epoch)
            Touch(group);
        else
            _records[group].Epoch = epoch;
        return epoch == Epoch;
    }

    /// <summary>Moves the groups together after some have left, and gives memory back.</summary>
    public void CompactAll()
    {
        EntryMoves moves = new(_entries, most);
        Compact(ref moves);
        long used = (long)Top * most * sizeof(TopEntry<TOrder>);
        if (_entryBuffer is null || (_entryBuffer.Capacity >= 4096 ? used * 2 > _entryBuffer.Capacity : Top > 0))
            return;
        NativeBuffer? smaller = null;
        if (Top > 0)
        {
            smaller = NativeBuffer.Rent(checked((nint)used));
            Buffer.MemoryCopy(_entryBuffer.Pointer, smaller.Pointer, smaller.Capacity, used);
        }

        _entryBuffer.Release();
        _entryBuffer = smaller;
        _entries = smaller is null ? null : (TopEntry<TOrder>*)smaller.Pointer;
    }

    /// <summary>The rows of a group move with it.</summary>
    private readonly struct EntryMoves(TopEntry<TOrder>* entries, int most) : IGroupMoves
    {
        public void Move(int from, int to) =>
            new Span<TopEntry<TOrder>>(entries + ((long)from * most), most).CopyTo(new Span<TopEntry<TOrder>>(entries + ((long)to * most), most));
    }
}
