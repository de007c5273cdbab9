using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>A group as it lies in memory.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">What is kept for it: an accumulator, or several.</typeparam>
internal struct GroupRecord<TKey, TAcc>
    where TKey : unmanaged
    where TAcc : unmanaged
{
    /// <summary>The key.</summary>
    public TKey Key;

    /// <summary>What is kept for it.</summary>
    public TAcc Acc;

    /// <summary>The micro-batch that last changed the group; <see cref="Dead"/> for one that was removed.</summary>
    public uint Epoch;

    /// <summary>No micro-batch.</summary>
    public const uint Dead = uint.MaxValue;
}

/// <summary>
/// Groups by key in a hash table that grows. A group has a number that never changes, from 0; numbers of removed groups are used again.
/// What is kept for a group, and how rows come to it, is up to the tables that derive from this one.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">What is kept for a key.</typeparam>
/// <typeparam name="TKeys">How a key is hashed, compared and copied.</typeparam>
/// <remarks>
/// <code>
/// slots:    | hash (32) | group number + 1 (32) |   a power of two of them, at most half full, many of them ¾, 0 = empty, linear probing
/// records:  | key | accumulator | epoch |           by group number
/// marks:    | changed (64) | stored (64) |          two bits for each group, once something was stored
/// touched:  group numbers, those that the present micro-batch changed
/// </code>
/// The slot is taken from the top bits of the hash. Key and accumulator are side by side, so a row costs at most two cache misses;
/// in a table larger than the cache both are prefetched for a chunk of rows at a time.
/// </remarks>
internal abstract unsafe partial class KeyTable<TKey, TAcc, TKeys> : IDisposable
    where TKey : unmanaged
    where TAcc : unmanaged
    where TKeys : struct, IGroupKeys<TKey>
{
    private protected const int FewestSlots = 16;

    /// <summary>For how many rows room to touch groups is made ahead.</summary>
    private protected const int MostRowsAtOnce = 1 << 16;

    /// <summary>Above so many bytes of slots and records a table is taken to be outside of the near caches.</summary>
    private const long CachedBytes = 384 << 10;
    private protected readonly uint _hashMask = GroupHash.Constant ? 0 : uint.MaxValue;
    private protected ulong* _slots;
    private protected GroupRecord<TKey, TAcc>* _records;
    private protected int* _touched;
    private protected int _shift;
    private protected uint _mask;
    private NativeBuffer? _freeBuffer;
    private int _free;
    private long _removed;

    /// <summary>One more than the greatest group number: the number of groups if none was removed.</summary>
    public int Top { get; private protected set; }

    /// <summary>The number of groups.</summary>
    public int Count => Top - _free;

    /// <summary>How many groups a similar table had: room for so many is made once there are many.</summary>
    public int ExpectedGroups { get; set; }

    /// <summary>How many group numbers are free to be used again; new groups take <see cref="FreeAt"/> of the last of them.</summary>
    public int FreeCount => _free;

    /// <summary>The micro-batch that rows are counted for.</summary>
    public uint Epoch { get; private set; }

    /// <summary>How many groups this micro-batch has changed.</summary>
    public int TouchedCount { get; private protected set; }

    /// <summary>How many groups there were when the micro-batch began; newer ones have greater numbers, as long as none is removed.</summary>
    public int TopBefore { get; private protected set; }

    /// <summary>How many rows were added.</summary>
    public long Rows { get; private protected set; }

    /// <summary>What keys and accumulators point to.</summary>
    public Arena Arena { get; private set; } = new();

    /// <summary>The groups by number.</summary>
    public GroupRecord<TKey, TAcc>* Records => _records;

    /// <summary>The numbers of the groups that this micro-batch has changed.</summary>
    public ReadOnlySpan<int> Touched => new(_touched, TouchedCount);

    /// <summary>Whether a group number has a group.</summary>
    public bool IsThere(int group) => _records[group].Epoch != GroupRecord<TKey, TAcc>.Dead;

    /// <summary>The micro-batch that last changed a group.</summary>
    public uint EpochOf(int group) => _records[group].Epoch;

    /// <summary>Whether what is kept for a group points to memory outside of it.</summary>
    private protected abstract bool HasCells { get; }

    /// <summary>Whether it is worth the trouble to fetch slots and groups ahead of their use.</summary>
    private protected bool IsLarge => (_mask + 1L) * sizeof(ulong) + ((long)Top * sizeof(GroupRecord<TKey, TAcc>)) > CachedBytes;

    /// <summary>Starts to count for a micro-batch, unless that was done.</summary>
    /// <returns>Whether it was not.</returns>
    public bool BeginEpoch(uint epoch)
    {
        if (Epoch == epoch)
            return false;
        NoteTouched();
        Epoch = epoch;
        _noted = 0;
        TouchedCount = 0;
        TopBefore = Top;
        return true;
    }

    /// <summary>Makes room for so many groups in all.</summary>
    public void Reserve(int groups)
    {
        if (groups > _capacity)
            GrowRecords(groups);
        long slots = SlotsFor(groups);
        if (_slots == null || slots > (long)_mask + 1)
            GrowSlots(slots);
    }

    /// <summary>Forgets all groups; keeps the memory if it was used well.</summary>
    public virtual void Clear()
    {
        Epoch = 0;
        TouchedCount = 0;
        TopBefore = 0;
        (_tracks, _noted) = (false, 0);
        _peak = Math.Max(_peak, Top);
        if (_slots != null && (long)Top * 16 < _mask)
            Free();
        else if (_slots != null)
            new Span<byte>(_slots, checked((int)((_mask + 1L) * sizeof(ulong)))).Clear();
        Top = 0;
        Rows = 0;
        _free = 0;
        _removed = 0;
        Arena.Reset();
    }

    /// <summary>The number of a group; −1 if there is none.</summary>
    public int Find(in TKey key)
    {
        if (Top == 0)
            return -1;
        if (typeof(TKey) == typeof(NoKey))
            return 0;
        uint hash = TKeys.Hash(key) & _hashMask;
        for (uint at = hash >> _shift; ; at = (at + 1) & _mask)
        {
            ulong slot = _slots[at];
            if ((uint)slot == 0)
                return -1;
            int group = (int)(uint)slot - 1;
            if ((uint)(slot >> 32) == hash && TKeys.Same(key, _records[group].Key))
                return group;
        }
    }

    /// <summary>The number of a group, which is made if there is none.</summary>
    public int FindOrAdd(in TKey key, in TAcc initial, bool ownKey, out bool added)
    {
        int group = Find(key);
        added = group < 0;
        return added ? Insert(key, initial, typeof(TKey) == typeof(NoKey) ? 0 : TKeys.Hash(key) & _hashMask, ownKey) : group;
    }

    /// <summary>Adds a group whose key is this table's own.</summary>
    /// <returns>Its number; −1 if it is here already.</returns>
    private protected int AddNew(in TKey key, in TAcc initial, uint hash)
    {
        if (typeof(TKey) == typeof(NoKey))
            return Top > 0 ? -1 : Insert(key, initial, 0, ownKey: false);
        if (Top > 0)
        {
            for (uint at = hash >> _shift; (uint)_slots[at] != 0; at = (at + 1) & _mask)
            {
                if ((uint)(_slots[at] >> 32) == hash && TKeys.Same(key, _records[(uint)_slots[at] - 1].Key))
                    return -1;
            }
        }

        return Insert(key, initial, hash, ownKey: false);
    }

    /// <summary>Removes a group. Its key and cells stay in the arena until <see cref="Clear"/>.</summary>
    public void Remove(int group)
    {
        Unmark(group);
        uint hash = TKeys.Hash(_records[group].Key) & _hashMask;
        uint at = hash >> _shift;
        while ((uint)_slots[at] != (uint)group + 1)
            at = (at + 1) & _mask;

        // Entries behind move up, so that no tombstone is needed: each as long as it does not get in front of its home.
        uint hole = at;
        for (uint next = (at + 1) & _mask; (uint)_slots[next] != 0; next = (next + 1) & _mask)
        {
            uint home = (uint)(_slots[next] >> 32) >> _shift;
            if (((next - home) & _mask) >= ((next - hole) & _mask))
            {
                _slots[hole] = _slots[next];
                hole = next;
            }
        }

        _slots[hole] = 0;
        _records[group].Epoch = GroupRecord<TKey, TAcc>.Dead;
        if (_freeBuffer is null || (_free + 1L) * sizeof(int) > _freeBuffer.Capacity)
            _freeBuffer = Enlarge(_freeBuffer, Math.Max(256, (_free + 1L) * 2 * sizeof(int)), (long)_free * sizeof(int));
        ((int*)_freeBuffer.Pointer)[_free++] = group;
        _removed++;
    }

    /// <summary>A group number that is free, or was until a new group took it.</summary>
    public int FreeAt(int index) => ((int*)_freeBuffer!.Pointer)[index];

    /// <summary>Marks a group as changed.</summary>
    public void Touch(int group)
    {
        GroupRecord<TKey, TAcc>* record = _records + group;
        if (record->Epoch == Epoch)
            return;
        record->Epoch = Epoch;
        EnsureTouched(1);
        _touched[TouchedCount++] = group;
    }

    /// <summary>
    /// Moves what keys and groups point to into fresh memory once more was removed than is left, so that what the removed ones held is
    /// given back at a constant cost for each.
    /// </summary>
    public void CompactIfWasteful()
    {
        if (_removed < 1024 + Count || !(TKeys.KeyHasText || HasCells))
            return;
        _removed = 0;
        MoveToFreshArena();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Free();
        Top = 0;
        _free = 0;
        TouchedCount = 0;
        Arena.Dispose();
    }

    /// <summary>Moves what is kept for a group, where that points outside of it, into <see cref="Arena"/>.</summary>
    private protected abstract void OwnCells(ref TAcc acc);

    /// <summary>Says that something else than a group has left memory behind in <see cref="Arena"/>.</summary>
    private protected void CountWaste() => _removed++;

    /// <summary>Fetches a slot or a group into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected int Insert(in TKey key, in TAcc initial, uint hash, bool ownKey)
    {
        int group;
        if (_free > 0)
        {
            group = ((int*)_freeBuffer!.Pointer)[--_free];
        }
        else
        {
            if (Top >= _capacity || Top >= _most)
                MakeRoom();
            group = Top++;
        }

        GroupRecord<TKey, TAcc>* record = _records + group;
        record->Key = key;
        if (TKeys.KeyHasText && ownKey)
            TKeys.OwnKey(ref record->Key, Arena);
        record->Acc = initial;
        record->Epoch = 0;
        Place(_slots, _shift, _mask, hash, group);
        return group;
    }
}
