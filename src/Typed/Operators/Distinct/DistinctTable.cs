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
    /// The watermark that forgets the key, µs; <see cref="Free"/> where there is no key, <see cref="Never"/> for one that stays, in a table
    /// where no key expires the number of the micro-batch that it came with, and
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
internal sealed unsafe partial class DistinctTable<TKey, TOps> : IDisposable
    where TKey : unmanaged
    where TOps : struct, IStoredKeys<TKey>
{
    private const int FewestEntries = 64;

    /// <summary>How many rows are looked up at once: their keys stay in the first cache.</summary>
    private const int ChunkRows = 256;

    private readonly uint _hashMask = GroupHash.Constant ? 0 : uint.MaxValue;
    private readonly ExpiryWheel? _wheel;
    private readonly bool _expiryIsInKey;
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

    /// <summary>The number of the micro-batch: instead of an expiry where keys are kept for ever, to know which came first.</summary>
    public long Generation { get; private set; }
    private Arena _arena = new();

    /// <summary>An empty table.</summary>
    /// <param name="expires">Whether keys expire; otherwise no count of expiries is kept.</param>
    /// <param name="expiryIsInKey">Whether a key always expires at the same time, as that is one of its fields.</param>
    /// <param name="early">Gives what takes keys that are written ahead of the next snapshot; null where nothing is stored.</param>
    public DistinctTable(bool expires, bool expiryIsInKey, Func<StateChanges?> early)
    {
        _early = early;
        _wheel = expires ? new ExpiryWheel() : null;
        _expiryIsInKey = expiryIsInKey;
    }

    /// <summary>The number of keys that have not expired.</summary>
    public long Count { get; private set; }

    /// <summary>Keys that expire at or before it have expired.</summary>
    public long Watermark { get; private set; } = DistinctEntry<TKey>.Free;

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => (_buffer?.Capacity ?? 0) + (_wheel?.MemoryBytes ?? 0) + (TOps.KeyHasText ? _arena.CapacityBytes : 0) + ((long)_fresh.Count * sizeof(int));

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
        _keyBuffer ??= NativeBuffer.Rent((nint)ChunkRows * (sizeof(TKey) + sizeof(nint)));
        TKey* keys = (TKey*)_keyBuffer.Pointer;
        nint* places = (nint*)(keys + ChunkRows);
        if (HasSpilled)
            Fetch(ops, rows, count, expiry);
        uint hashMask = _hashMask;
        long watermark = Watermark;
        long dueNow = _dueNow;
        int found = 0;
        fixed (uint* hashes = _hashes)
        {
            for (int first = 0; first < count; first += ChunkRows)
            {
                int chunk = Math.Min(ChunkRows, count - first);
                nint* nextPlace = places;
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
                    *nextPlace++ = (nint)place;
                    Put(place, keys[i], expiry.Of(row), typeof(TExpiry) != typeof(NoExpiry));
                }

                int added = (int)(nextPlace - places);
                Count += added;
                if (_tracks)
                    Note(places, added);
            }
        }

        return found;
    }

    /// <summary>Lets keys expire.</summary>
    /// <returns>How many did.</returns>
    public long Expire(long watermark)
    {
        Generation++;
        if (_wheel is null)
            return 0;
        long expired = _dueCount;
        _dueCount = 0;
        _dueNow++;
        if (watermark > Watermark)
        {
            expired += _wheel.Advance(watermark);
            Watermark = watermark;
            DropPassed();
        }

        Count -= expired;
        _expired += expired;

        // Written anew once more keys have expired than are left, which each of them pays for: a table that is too large by then gets smaller,
        // and what long strings held is given back.
        if (_expired > Count + 1024 && (TOps.KeyHasText || _capacity > Math.Max(FewestEntries, Count * 8)))
            Resize(Hot());
        return expired;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The area may have been disposed already.
        _area = null;
        Clear();
        _keyBuffer?.Release();
        _keyBuffer = null;
        _wheel?.Dispose();
        _fresh.Dispose();
        _missing.Dispose();
        _arena.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(DistinctEntry<TKey>* place, in TKey key, long expiry, bool expires)
    {
        place->Key = key;
        if (TOps.KeyHasText)
            TOps.OwnKey(ref place->Key, _arena);
        place->Expiry = expiry;
        if (!expires)
            return;
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

    private void Clear()
    {
        _buffer?.Release();
        _buffer = null;
        _entries = null;
        (_capacity, _used, _expired, _dueCount, Count) = (0, 0, 0, 0, 0);
        _fresh.Clear();
        _parts.Clear();
        _arena.Reset();
    }
}
