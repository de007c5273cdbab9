using Typed.State;

namespace Typed.Operators;

/// <content>
/// What is stored: an entry for each key that has not expired, which never changes. So what a snapshot writes is the keys that came since the one
/// before; where they lie in the table is noted when they come. Before the table is written anew, and they lie elsewhere, they are written
/// ahead of the snapshot. What expires needs no record: the watermark is the floor of the table.
/// </content>
internal sealed unsafe partial class DistinctTable<TKey, TOps>
{
    /// <summary>The places of keys that are in the table and not yet written.</summary>
    private readonly RowList _fresh = new();

    /// <summary>Gives what takes keys that are written ahead of the next snapshot.</summary>
    private readonly Func<StateChanges?> _early;

    /// <summary>Whether it is noted which keys are new: only once somebody stores them; before that all are.</summary>
    private bool _tracks;

    /// <summary>Keys of a smaller expiry have expired.</summary>
    public long Floor => Watermark == DistinctEntry<TKey>.Free ? long.MinValue : Watermark + 1;

    /// <summary>Writes some of the keys that came since the last call, or since the table was loaded, and have not expired, until the slice is over.</summary>
    /// <returns>Whether none is left.</returns>
    public bool SaveSome(StateChanges changes, CaptureSlice slice)
    {
        if (!_tracks)
        {
            _tracks = true;
            SaveSpilled(changes);
            for (long i = 0; i < _capacity; i++)
            {
                if (_entries[i].Expiry > Watermark)
                    _fresh.Add((int)(uint)i);
            }
        }

        while (_fresh.Count > 0 && !slice.IsOver)
        {
            ReadOnlySpan<int> places = _fresh.TakeLast(128);
            foreach (int place in places)
                Save(_entries + (uint)place, changes);
            slice.Add(places.Length);
        }

        return _fresh.Count == 0;
    }

    /// <summary>Forgets all keys; stored ones follow.</summary>
    /// <param name="floor">That of the table.</param>
    public void BeginLoad(long floor)
    {
        Clear();
        Watermark = floor == long.MinValue ? DistinctEntry<TKey>.Free : floor - 1;
        _wheel?.Reset(Watermark);
        _tracks = true;
    }

    /// <summary>Takes a stored key.</summary>
    /// <exception cref="InvalidDataException">It is damaged, has expired or is here already.</exception>
    public void Load(in StateEntry entry)
    {
        long expiry = entry.Time;
        if (entry.Table != 0 || expiry <= Watermark || (_wheel is null && expiry != DistinctEntry<TKey>.Never))
            throw new InvalidDataException($"State is damaged: a key of table {entry.Table} expires at {expiry}, where watermark {Watermark} was the last.");
        MakeRoom(1);
        TOps.LoadKey(entry.Key, _arena, out TKey key);
        DistinctEntry<TKey>* at = Home(key);
        for (; at->Expiry != DistinctEntry<TKey>.Free; at = Next(at))
        {
            if (TOps.Same(key, at->Key))
                throw new InvalidDataException("State is damaged: a key appears twice.");
        }

        at->Key = key;
        at->Expiry = _wheel is null ? Generation : expiry;
        if (expiry != DistinctEntry<TKey>.Never)
            _wheel!.Add(expiry);
        _used++;
        Count++;
    }

    private void Note(nint* places, int count)
    {
        for (int i = 0; i < count; i++)
            _fresh.Add((int)(uint)((DistinctEntry<TKey>*)places[i] - _entries));
    }

    private void SaveFresh(StateChanges? changes)
    {
        foreach (int place in changes is null ? default : _fresh.Span)
            Save(_entries + (uint)place, changes!);
        _fresh.Clear();
    }

    private void Save(DistinctEntry<TKey>* entry, StateChanges changes)
    {
        // Free, expired, or on its way out with its batch.
        if (entry->Expiry <= Watermark)
            return;
        changes.BeginPut(0, _wheel is null ? StateEntry.NoTime : entry->Expiry, TOps.Hash(entry->Key));
        TOps.SaveKey(entry->Key, changes.Writer);
        changes.BeginValue();
        changes.End();
    }
}
