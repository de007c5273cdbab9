using Typed.Columns;

namespace Typed.Operators;

/// <content>How the table is written anew: when it is full, and when most of what it holds has expired.</content>
internal sealed unsafe partial class DistinctTable<TKey, TOps>
{
    /// <summary>Sees to it that so many keys more do not fill the table above its limit: expired ones make room, or the table doubles.</summary>
    public void MakeRoom(long more)
    {
        if ((_used + more) * 8 <= _capacity * 5)
            return;
        long hot = Hot();
        if ((hot + more) * 2 <= _capacity)
            Clean();
        else
            Resize(hot + more);
    }

    /// <summary>
    /// Removes the keys that have expired, in one pass from a free entry on. A key that stays moves to the first free entry from its home on; that
    /// is its own or an earlier one, so each finds its place among those that were placed before.
    /// </summary>
    private void Clean()
    {
        SaveFresh(_early());
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
        SaveFresh(_early());
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
}
