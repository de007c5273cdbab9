using System.Numerics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>What is kept beside the key of a group.</summary>
internal struct TopGroup<TOrder>
    where TOrder : unmanaged
{
    /// <summary>The order of its last row: what comes behind it does not get in once the group is full.</summary>
    public TOrder Least;

    /// <summary>The time of the last batch that had a row for it, µs; 0 where that does not matter.</summary>
    public long Seen;

    /// <summary>How many rows it has.</summary>
    public int Count;

    /// <summary>Whether rows of it still lie in the batch that they came with.</summary>
    public bool IsPending;
}

/// <summary>A row of a group.</summary>
internal struct TopEntry<TOrder>
    where TOrder : unmanaged
{
    /// <summary>What it is ordered by.</summary>
    public TOrder Order;

    /// <summary>Where it is stored; below zero, the complement of its place in the present batch.</summary>
    public int Row;
}

/// <summary>
/// The first rows of each group, in order.
/// <code>
/// groups:   | key | least order, last seen, count | epoch |       by group number, in a hash table
/// entries:  | order | row |  × most                               by group number, the first row first
/// </code>
/// A row that does not get into a full group costs its look-up and a comparison with what lies beside the key. What gets in is stored when the
/// batch is through: a row that others of its own batch push out again is never copied.
/// </summary>
internal sealed unsafe partial class TopTable<TKey, TOrder, TOps>(int most, bool latestFirst, bool keepsTime) : KeyTable<TKey, TopGroup<TOrder>, TOps>
    where TKey : unmanaged
    where TOrder : unmanaged, IBinaryInteger<TOrder>
    where TOps : struct, ITopRows<TKey, TOrder>
{
    private const int ChunkRows = 256;
    private readonly RowList _pending = new();
    private NativeBuffer? _entryBuffer;
    private TopEntry<TOrder>* _entries;

    /// <summary>Rows without an order, in all.</summary>
    public long NullOrders { get; private set; }

    /// <summary>Rows that did not get in, in all.</summary>
    public long Rejected { get; private set; }

    /// <summary>Rows that got in, in all.</summary>
    public long Accepted { get; private set; }

    /// <summary>Rows that others pushed out, in all.</summary>
    public long Displaced { get; private set; }

    /// <summary>The groups that have rows in the present batch.</summary>
    public ReadOnlySpan<int> Pending => _pending.Span;

    /// <inheritdoc/>
    public override long MemoryBytes => base.MemoryBytes + (_entryBuffer?.Capacity ?? 0);

    /// <inheritdoc/>
    private protected override bool HasCells => false;

    /// <summary>The rows of a group, the first one first.</summary>
    public TopEntry<TOrder>* Entries(int group) => _entries + ((long)group * most);

    /// <summary>Takes rows of the batch to which <paramref name="ops"/> is bound.</summary>
    /// <param name="ops">Reads keys and orders.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="now">The time of the batch, µs.</param>
    /// <param name="added">Gets the groups that are new.</param>
    public void Add<TRows>(TOps ops, TRows rows, int count, long now, RowList added)
        where TRows : struct, IRowSelection
    {
        TKey* keys = stackalloc TKey[ChunkRows];
        uint* hashes = stackalloc uint[ChunkRows];
        int* groups = stackalloc int[ChunkRows];
        if (_slots == null)
            Reserve(FewestSlots);
        for (int first = 0; first < count; first += ChunkRows)
        {
            int chunk = Math.Min(ChunkRows, count - first);
            bool large = IsLarge;
            for (int i = 0; i < chunk; i++)
            {
                ops.LoadKey(rows[first + i], out keys[i]);
                hashes[i] = TOps.Hash(keys[i]) & _hashMask;
                if (large)
                    Prefetch(_slots + (hashes[i] >> _shift));
            }

            for (int i = 0; i < chunk; i++)
            {
                groups[i] = Guess(hashes[i]);
                if (large)
                    Prefetch(_records + Math.Max(groups[i], 0));
            }

            for (int i = 0; i < chunk; i++)
            {
                int row = rows[first + i];
                if (!ops.TryLoadOrder(row, out TOrder order))
                {
                    NullOrders++;
                    continue;
                }

                int group = groups[i];
                if (group < 0 || !TOps.Same(keys[i], _records[group].Key))
                {
                    // New, or new a moment ago in this chunk, or another key with the same hash.
                    group = Find(keys[i]);
                    if (group < 0)
                    {
                        group = Open(keys[i], hashes[i]);
                        added.Add(group);
                    }
                }

                if (keepsTime && _records[group].Acc.Seen != now)
                {
                    _records[group].Acc.Seen = now;
                    MarkChanged(group);
                }

                Offer(group, order, row);
            }
        }
    }

    /// <summary>Makes a group that was stored.</summary>
    /// <returns>Its number; −1 if there is one with this key.</returns>
    public int Restore(in TKey key, long seen)
    {
        int group = FindOrAdd(key, new TopGroup<TOrder> { Seen = seen }, ownKey: false, out bool added);
        if (!added)
            return -1;
        MakeEntries(group);
        return group;
    }

    /// <summary>Says that all rows of the present batch that got in are stored.</summary>
    public void ClearPending()
    {
        foreach (int group in _pending.Span)
            _records[group].Acc.IsPending = false;
        _pending.Clear();
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        _pending.Clear();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _pending.Dispose();
        _entryBuffer?.Release();
        _entryBuffer = null;
        _entries = null;
    }

    /// <inheritdoc/>
    private protected override void OwnCells(ref TopGroup<TOrder> acc)
    {
    }

    /// <summary>The first group whose key has the hash; −1 if there is none.</summary>
    private int Guess(uint hash)
    {
        for (uint at = hash >> _shift; ; at = (at + 1) & _mask)
        {
            ulong slot = _slots[at];
            if ((uint)slot == 0 || (uint)(slot >> 32) == hash)
                return (int)(uint)slot - 1;
        }
    }

    private int Open(in TKey key, uint hash)
    {
        int group = Insert(key, default, hash, ownKey: true);
        MakeEntries(group);
        return group;
    }

    private void MakeEntries(int group)
    {
        long size = (long)most * sizeof(TopEntry<TOrder>);
        if (_entryBuffer is not null && (group + 1L) * size <= _entryBuffer.Capacity)
            return;
        _entryBuffer = Enlarge(_entryBuffer, Math.Max(1024, (group + 1L) * size), _entryBuffer is null ? 0 : group * size);
        _entries = (TopEntry<TOrder>*)_entryBuffer.Pointer;
    }

    private void Offer(int group, TOrder order, int row)
    {
        ref TopGroup<TOrder> acc = ref _records[group].Acc;
        int count = acc.Count;
        TopEntry<TOrder>* entries = Entries(group);
        if (count == most)
        {
            if (!IsBefore(order, acc.Least))
            {
                Rejected++;
                return;
            }

            count--;
            Displaced++;
        }

        int at = count;
        for (; at > 0 && IsBefore(order, entries[at - 1].Order); at--)
            entries[at] = entries[at - 1];
        entries[at] = new TopEntry<TOrder> { Order = order, Row = ~row };
        acc.Count = count + 1;
        acc.Least = entries[count].Order;
        Accepted++;
        Touch(group);
        if (acc.IsPending)
            return;
        acc.IsPending = true;
        _pending.Add(group);
    }

    private bool IsBefore(TOrder order, TOrder other) => order > other || (latestFirst && order == other);
}
