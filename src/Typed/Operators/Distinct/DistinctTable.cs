using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>A key as it lies in memory.</summary>
/// <typeparam name="TKey">The key.</typeparam>
internal struct DistinctEntry<TKey>
    where TKey : unmanaged
{
    /// <summary>The key.</summary>
    public TKey Key;

    /// <summary>
    /// The watermark that forgets the key, µs; <see cref="Free"/> where there is no key, <see cref="Never"/> for one that stays, and
    /// <see cref="Due"/> + a number of the batch for one that the present watermark had passed before it came: that one goes with its batch.
    /// </summary>
    public long Expiry;

    /// <summary>No key.</summary>
    public const long Free = long.MinValue;

    /// <summary>What the marks of keys that go with their batch begin at; no time is so small.</summary>
    public const long Due = long.MinValue + 1;

    /// <summary>A key that is kept for ever.</summary>
    public const long Never = long.MaxValue;
}

/// <summary>
/// The keys that were seen, each until a watermark passes its expiry.
/// </summary>
/// <remarks>
/// <code>
/// entries:  | key | expiry (8) |     any number of them, at most 5/8 in use, linear probing
/// wheel:    the expiries alone, so that what the watermark passes is counted without touching the entries
/// </code>
/// The key lies in the table itself, without a number or a hash beside it: a look-up is one cache miss, and those of a chunk of rows are fetched
/// at once. A key that has expired is not removed: it is known by its expiry, a new key may take its place, and the rest goes when the table is
/// next written anew. So nothing is done for each key that expires.
/// </remarks>
internal sealed unsafe class DistinctTable<TKey, TOps> : IDisposable
    where TKey : unmanaged
    where TOps : struct, IStoredKeys<TKey>
{
    private const int FewestEntries = 64;

    /// <summary>How many rows are looked up at once: their keys stay in the first cache.</summary>
    private const int ChunkRows = 256;

    private readonly uint _hashMask = GroupHash.Constant ? 0 : uint.MaxValue;
    private readonly ExpiryWheel? _wheel;
    private readonly uint[] _hashes = new uint[ChunkRows];
    private NativeBuffer? _keyBuffer;
    private NativeBuffer? _buffer;
    private DistinctEntry<TKey>* _entries;
    private long _capacity;

    /// <summary>Entries that hold a key, expired or not.</summary>
    private long _used;

    /// <summary>Keys that expired since the table was last written anew.</summary>
    private long _expired;

    /// <summary>The mark of keys that go with the present batch, and how many have it.</summary>
    private long _dueNow = DistinctEntry<TKey>.Due;
    private long _dueCount;
    private Arena _arena = new();

    /// <summary>An empty table.</summary>
    /// <param name="expires">Whether keys expire; otherwise no count of expiries is kept.</param>
    public DistinctTable(bool expires) => _wheel = expires ? new ExpiryWheel() : null;

    /// <summary>The number of keys that have not expired.</summary>
    public long Count { get; private set; }

    /// <summary>Keys that expire at or before it have expired.</summary>
    public long Watermark { get; private set; } = DistinctEntry<TKey>.Free;

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => (_buffer?.Capacity ?? 0) + (_wheel?.MemoryBytes ?? 0) + (TOps.KeyHasText ? _arena.CapacityBytes : 0);

    /// <summary>Adds the keys of rows of the batch to which <paramref name="ops"/> is bound, and names the rows whose key was not there.</summary>
    /// <param name="ops">Reads the keys.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="expiry">When the key of a row expires.</param>
    /// <param name="fresh">Gets the rows whose key is new; as long as the rows are many.</param>
    /// <returns>How many are new.</returns>
    public int Add<TRows, TExpiry>(TOps ops, TRows rows, int count, TExpiry expiry, int* fresh)
        where TRows : struct, IRowSelection
        where TExpiry : struct, IExpiry
    {
        _keyBuffer ??= NativeBuffer.Rent((nint)ChunkRows * sizeof(TKey));
        TKey* keys = (TKey*)_keyBuffer.Pointer;
        uint hashMask = _hashMask;
        long watermark = Watermark;
        long dueNow = _dueNow;
        int found = 0;
        fixed (uint* hashes = _hashes)
        {
            for (int first = 0; first < count; first += ChunkRows)
            {
                int chunk = Math.Min(ChunkRows, count - first);
                int before = found;
                MakeRoom(chunk);
                DistinctEntry<TKey>* entries = _entries;
                ulong capacity = (ulong)_capacity;
                DistinctEntry<TKey>* end = entries + capacity;
                for (int i = 0; i < chunk; i++)
                {
                    ops.LoadKey(rows[first + i], out keys[i]);
                    uint hash = TOps.Hash(keys[i]) & hashMask;
                    hashes[i] = hash;
                    if (Sse.IsSupported)
                        Sse.Prefetch0(entries + (long)((hash * capacity) >> 32));
                }

                for (int i = 0; i < chunk; i++)
                {
                    DistinctEntry<TKey>* at = entries + (long)((hashes[i] * capacity) >> 32);
                    DistinctEntry<TKey>* place = null;
                    while (true)
                    {
                        long expires = at->Expiry;
                        if (expires == DistinctEntry<TKey>.Free)
                        {
                            if (place == null)
                            {
                                place = at;
                                _used++;
                            }

                            break;
                        }

                        if (TOps.Same(keys[i], at->Key))
                        {
                            place = expires > watermark || expires == dueNow ? null : at;
                            break;
                        }

                        if (expires <= watermark && expires != dueNow && place == null)
                            place = at;
                        if (++at == end)
                            at = entries;
                    }

                    if (place == null)
                        continue;
                    int row = rows[first + i];
                    fresh[found++] = row;
                    Put(place, keys[i], expiry.Of(row));
                }

                Count += found - before;
            }
        }

        return found;
    }

    /// <summary>Lets keys expire.</summary>
    /// <returns>How many did.</returns>
    public long Expire(long watermark)
    {
        if (_wheel is null)
            return 0;
        long expired = _dueCount;
        _dueCount = 0;
        _dueNow++;
        if (watermark > Watermark)
        {
            expired += _wheel.Advance(watermark);
            Watermark = watermark;
        }

        Count -= expired;
        _expired += expired;

        // Written anew once more keys have expired than are left, which each of them pays for: a table that is too large by then gets smaller,
        // and what long strings held is given back.
        if (_expired > Count + 1024 && (TOps.KeyHasText || _capacity > Math.Max(FewestEntries, Count * 8)))
            Resize(Count);
        return expired;
    }

    /// <summary>Writes all keys that have not expired.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(Watermark);
        writer.Write(Count);
        for (long i = 0; i < _capacity; i++)
        {
            DistinctEntry<TKey>* entry = _entries + i;
            if (entry->Expiry <= Watermark)
                continue;
            TOps.SaveKey(entry->Key, writer);
            if (_wheel is not null)
                writer.Write(entry->Expiry);
        }
    }

    /// <summary>Replaces the keys by what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are cut short, or hold a key twice or one that has expired.</exception>
    public void Load(StateReader reader)
    {
        Clear();
        Watermark = reader.Read<long>();
        _wheel?.Reset(Watermark);
        long count = reader.Read<long>();
        if (count < 0 || count > reader.Left / (_wheel is null ? 1 : 1 + sizeof(long)))
            throw new InvalidDataException($"State is damaged: {count} keys cannot follow in {reader.Left} bytes.");
        Resize(count);
        for (long i = 0; i < count; i++)
        {
            TOps.LoadKey(reader, _arena, out TKey key);
            long expiry = _wheel is null ? DistinctEntry<TKey>.Never : reader.Read<long>();
            if (expiry <= Watermark)
                throw new InvalidDataException($"State is damaged: a key expired at {expiry}, which watermark {Watermark} has passed.");
            DistinctEntry<TKey>* at = Home(key);
            for (; at->Expiry != DistinctEntry<TKey>.Free; at = Next(at))
            {
                if (TOps.Same(key, at->Key))
                    throw new InvalidDataException("State is damaged: a key appears twice.");
            }

            _used++;
            at->Key = key;
            at->Expiry = expiry;
            if (expiry != DistinctEntry<TKey>.Never)
                _wheel?.Add(expiry);
        }

        Count = count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _keyBuffer?.Release();
        _keyBuffer = null;
        _wheel?.Dispose();
        _arena.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(DistinctEntry<TKey>* place, in TKey key, long expiry)
    {
        place->Key = key;
        if (TOps.KeyHasText)
            TOps.OwnKey(ref place->Key, _arena);
        place->Expiry = expiry;
        if (expiry <= Watermark)
        {
            place->Expiry = _dueNow;
            _dueCount++;
        }
        else if (expiry != DistinctEntry<TKey>.Never)
        {
            _wheel!.Add(expiry);
        }
    }

    private DistinctEntry<TKey>* Home(in TKey key) => _entries + (long)(((TOps.Hash(key) & _hashMask) * (ulong)_capacity) >> 32);

    private DistinctEntry<TKey>* Next(DistinctEntry<TKey>* entry) => entry + 1 == _entries + _capacity ? _entries : entry + 1;

    /// <summary>Sees to it that so many keys more do not fill the table above its limit: expired ones make room, or the table doubles.</summary>
    private void MakeRoom(int more)
    {
        if ((_used + more) * 8 <= _capacity * 5)
            return;
        if ((Count + more) * 2 <= _capacity)
            Clean();
        else
            Resize(Count + more);
    }

    /// <summary>
    /// Removes the keys that have expired, in one pass from a free entry on. A key that stays moves to the first free entry from its home on; that
    /// is its own or an earlier one, so each finds its place among those that were placed before.
    /// </summary>
    private void Clean()
    {
        DistinctEntry<TKey>* end = _entries + _capacity;
        DistinctEntry<TKey>* first = _entries;
        while (first->Expiry != DistinctEntry<TKey>.Free)
            first++;
        Arena arena = BeginKeys();
        long kept = 0;
        DistinctEntry<TKey>* at = first;
        while (true)
        {
            if (++at == end)
                at = _entries;
            if (at == first)
                break;
            long expires = at->Expiry;
            if (expires == DistinctEntry<TKey>.Free)
                continue;
            at->Expiry = DistinctEntry<TKey>.Free;
            if (expires <= Watermark && expires != _dueNow)
                continue;
            DistinctEntry<TKey>* to = Home(at->Key);
            while (to->Expiry != DistinctEntry<TKey>.Free)
                to = Next(to);
            if (to != at)
                to->Key = at->Key;
            to->Expiry = expires;
            if (arena != _arena)
                TOps.OwnKey(ref to->Key, _arena);
            kept++;
        }

        EndKeys(arena, kept);
    }

    /// <summary>Writes the keys that have not expired into a table with room for so many.</summary>
    private void Resize(long keys)
    {
        long wanted = Math.Max(FewestEntries, keys * 2);
        NativeBuffer buffer = NativeBuffer.Rent(checked((nint)wanted * sizeof(DistinctEntry<TKey>)));
        DistinctEntry<TKey>* old = _entries;
        long oldCapacity = _capacity;
        _entries = (DistinctEntry<TKey>*)buffer.Pointer;
        _capacity = buffer.Capacity / sizeof(DistinctEntry<TKey>);
        for (long i = 0; i < _capacity; i++)
            _entries[i].Expiry = DistinctEntry<TKey>.Free;
        Arena arena = BeginKeys();
        long kept = 0;
        for (long i = 0; i < oldCapacity; i++)
        {
            DistinctEntry<TKey>* entry = old + i;
            if (entry->Expiry <= Watermark && entry->Expiry != _dueNow)
                continue;
            DistinctEntry<TKey>* at = Home(entry->Key);
            while (at->Expiry != DistinctEntry<TKey>.Free)
                at = Next(at);
            *at = *entry;
            if (arena != _arena)
                TOps.OwnKey(ref at->Key, _arena);
            kept++;
        }

        EndKeys(arena, kept);
        _buffer?.Release();
        _buffer = buffer;
    }

    /// <summary>Begins another arena if that would give back what expired keys held.</summary>
    /// <returns>The one so far.</returns>
    private Arena BeginKeys()
    {
        Arena arena = _arena;
        if (TOps.KeyHasText && _expired > 0)
            _arena = new Arena();
        return arena;
    }

    private void EndKeys(Arena arena, long kept)
    {
        if (arena != _arena)
            arena.Dispose();
        _used = kept;
        _expired = 0;
    }

    private void Clear()
    {
        _buffer?.Release();
        _buffer = null;
        _entries = null;
        (_capacity, _used, _expired, _dueCount, Count) = (0, 0, 0, 0, 0);
        _arena.Reset();
    }
}
