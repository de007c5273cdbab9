using System.Runtime.Intrinsics.X86;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Keys that memory has no room for. In the spill area:
/// <code>
/// table 0, part by expiry (ExpiryParts):   key = the fields of the key     value = its expiry, µs (int64); nothing for keys that are kept for ever
/// </code>
/// Those that expire first go first, or came first where none expires: what is to come again mostly does so soon. Before rows are looked up, keys
/// that are not in memory are asked for in all parts, or in the one that their time says, and those that are there are taken back. A part that the
/// watermark has passed is dropped unread. How many keys of it expired is known by the wheel, which counts all keys, here and there; its times lie in the area as well (ExpiryWheel).
/// Parts, and not one part with due times, since only a part can be dropped without reading it; the filter of a part answers for nearly all keys
/// that are not in it.
/// </content>
internal sealed unsafe partial class DistinctTable<TKey, TOps> : ISpillTarget
{
    private const int Samples = 4096;

    /// <summary>The part of memory that expiries may use.</summary>
    private const int MostOfWheel = 4;

    /// <summary>How many keys go to the area at once.</summary>
    private const int KeysAtOnce = 1 << 14;

    private readonly ExpiryParts _parts = new();
    private readonly SpillBatch _batch = new();
    private readonly RowList _missing = new();

    /// <summary>Where keys are that were spilled; null before any was.</summary>
    private SpillArea? _area;

    /// <summary>How many keys are in the area.</summary>
    public long Spilled
    {
        get
        {
            long keys = 0;
            for (int i = 0; i < _parts.Count && _area is not null; i++)
                keys += _area.CountOf(0, _parts[i]);
            return keys;
        }
    }

    private bool HasSpilled => _area is not null && _parts.Count > 0;

    /// <summary>Puts keys into a spill area, so that about so many bytes are in use.</summary>
    public void Spill(long keepBytes, SpillArea area)
    {
        _area = area;
        if (_wheel is not null && _wheel.MemoryBytes > keepBytes / MostOfWheel)
            _wheel.Spill(area);
        long hot = Hot();
        long leave = hot - KeysWithin(keepBytes);
        if (leave <= 0)
            return;
        List<long> sample = Sample();
        if (sample.Count == 0)
            return;
        if (_wheel is not null)
            _parts.Expect(sample[sample.Count * 19 / 20] - sample[sample.Count / 20] is var span and >= 0 ? span : DistinctEntry<TKey>.Never);
        long last = leave >= hot ? DistinctEntry<TKey>.Never : sample[(int)Math.Min(sample.Count - 1, (double)leave / hot * sample.Count)];
        SaveFresh(_early());
        _expired += PutUpTo(last, leave);
        Resize(Hot());
    }

    /// <inheritdoc/>
    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        long expiry = _wheel is null ? Generation : value.Read<long>();

        // One that has expired was counted; its part goes when the watermark has passed the rest.
        if (expiry <= Watermark)
            return;
        MakeRoom(1);
        TOps.LoadKey(key, _arena, out TKey taken);
        DistinctEntry<TKey>* at = Home(taken);
        while (at->Expiry != DistinctEntry<TKey>.Free)
            at = Next(at);
        at->Key = taken;
        at->Expiry = expiry;
        _used++;
    }

    private static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Takes keys of rows back that were spilled.</summary>
    private void Fetch<TRows, TExpiry>(TOps ops, TRows rows, int count, TExpiry expiry)
        where TRows : struct, IRowSelection
        where TExpiry : struct, IExpiry
    {
        FindMissing(ops, rows, count);
        if (_missing.Count == 0)
            return;
        _batch.Clear();
        foreach (int row in _missing.Span)
        {
            ops.LoadKey(row, out TKey key);
            long part = 0;
            if (_expiryIsInKey && !_parts.TryFind(expiry.Of(row), out part))
                continue;
            _batch.Begin(0, part, TOps.Hash(key));
            TOps.SaveKey(key, _batch.Writer);
            _batch.End();
        }

        for (int i = 0; i < (_expiryIsInKey ? 1 : _parts.Count); i++)
        {
            if (!_expiryIsInKey && _area!.CountOf(0, _parts[i]) == 0)
                continue;
            if (!_expiryIsInKey)
                _batch.MoveTo(_parts[i]);
            _area!.Take(_batch, this);
        }

        _batch.Clear();
        _missing.Clear();
    }

    /// <summary>Finds the rows whose keys are not in memory.</summary>
    private void FindMissing<TRows>(TOps ops, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        TKey* keys = (TKey*)_keyBuffer!.Pointer;
        MakeRoom(1);
        fixed (uint* hashes = _hashes)
        {
            for (int first = 0; first < count; first += ChunkRows)
            {
                int chunk = Math.Min(ChunkRows, count - first);
                for (int i = 0; i < chunk; i++)
                {
                    ops.LoadKey(rows[first + i], out keys[i]);
                    hashes[i] = TOps.Hash(keys[i]) & _hashMask;
                    Prefetch(_entries + (long)((hashes[i] * (ulong)_capacity) >> 32));
                }

                for (int i = 0; i < chunk; i++)
                {
                    DistinctEntry<TKey>* at = _entries + (long)((hashes[i] * (ulong)_capacity) >> 32);
                    while (at->Expiry != DistinctEntry<TKey>.Free && !TOps.Same(keys[i], at->Key))
                        at = Next(at);
                    if (at->Expiry <= Watermark && at->Expiry != _dueNow)
                        _missing.Add(rows[first + i]);
                }
            }
        }
    }

    /// <summary>Drops the parts that the watermark has passed.</summary>
    private void DropPassed()
    {
        while (_parts.TryDrop(Watermark, out long part))
            _area!.DropPart(0, part);
    }

    /// <summary>How many keys are in memory and have not expired.</summary>
    private long Hot()
    {
        if (!HasSpilled)
            return Count;
        long hot = 0;
        for (long i = 0; i < _capacity; i++)
            hot += _entries[i].Expiry > Watermark || _entries[i].Expiry == _dueNow ? 1 : 0;
        return hot;
    }

    /// <summary>How many keys fit into so many bytes. A buffer is a power of two long; with 3/8 of it in use there is room for as many again.</summary>
    private long KeysWithin(long bytes)
    {
        bytes -= _wheel?.MemoryBytes ?? 0;
        double textBytes = TOps.KeyHasText && _used > 0 ? (double)_arena.CapacityBytes / _used : 0;
        double bytesOfKey = sizeof(DistinctEntry<TKey>) + (textBytes * 3 / 8);
        double entries = Math.Min(bytes, long.MaxValue / 4) / bytesOfKey;
        if (entries < FewestEntries)
            return 0;
        long buffer = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(entries * sizeof(DistinctEntry<TKey>)) + 1) / 2;
        return buffer / sizeof(DistinctEntry<TKey>) * 3 / 8;
    }

    /// <summary>Some expiries of keys in memory, ascending.</summary>
    private List<long> Sample()
    {
        List<long> sample = [];
        long step = Math.Max(1, _capacity / Samples);
        for (long i = 0; i < _capacity; i += step)
        {
            if (_entries[i].Expiry > Watermark)
                sample.Add(_entries[i].Expiry);
        }

        sample.Sort();
        return sample;
    }

    /// <summary>Puts keys that expire up to a time into the area, at most so many; those that go with their batch stay.</summary>
    private long PutUpTo(long last, long most)
    {
        long put = 0;
        _batch.Clear();
        for (long i = 0; i < _capacity && put < most; i++)
        {
            DistinctEntry<TKey>* entry = _entries + i;
            long expiry = entry->Expiry;
            if (expiry <= Watermark || expiry > last)
                continue;
            _batch.Begin(0, _parts.For(_wheel is null ? DistinctEntry<TKey>.Never : expiry), TOps.Hash(entry->Key));
            TOps.SaveKey(entry->Key, _batch.Writer);
            _batch.BeginValue();
            if (_wheel is not null)
                _batch.Writer.Write(expiry);
            _batch.End();
            entry->Expiry = DistinctEntry<TKey>.Free;
            put++;
            if (_batch.Count == KeysAtOnce)
                _batch.PutInto(_area!);
        }

        _batch.PutInto(_area!);
        return put;
    }

    /// <summary>Writes what lies in the area.</summary>
    private void SaveSpilled(StateChanges changes)
    {
        if (!HasSpilled)
            return;
        SpilledKeys spilled = new(changes, Watermark, _wheel is not null);
        for (int i = 0; i < _parts.Count; i++)
            _area!.Visit(0, _parts[i], spilled);
        spilled.Dispose();
    }

    private sealed class SpilledKeys(StateChanges changes, long watermark, bool expires) : ISpillTarget, IDisposable
    {
        private readonly Columns.Arena _arena = new();

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            long expiry = expires ? value.Read<long>() : StateEntry.NoTime;
            if (expiry <= watermark)
                return;
            _arena.Reset();
            TOps.LoadKey(key, _arena, out TKey one);
            changes.BeginPut(0, expiry, TOps.Hash(one));
            TOps.SaveKey(one, changes.Writer);
            changes.BeginValue();
            changes.End();
        }

        public void Dispose() => _arena.Dispose();
    }
}
