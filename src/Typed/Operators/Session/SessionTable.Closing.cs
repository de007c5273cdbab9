namespace Typed.Operators;

/// <content>What becomes of sessions when time passes.</content>
internal sealed unsafe partial class SessionTable<TKey, TAcc, TOps>
{
    private const int PrefetchAhead = 16;

    /// <summary>Closes the sessions whose end is at or before a time (semantics 4.5). The cost is that of the keys which the wheel gives back.</summary>
    /// <param name="time">The time, µs.</param>
    /// <param name="closed">Gets each of them, before it is forgotten.</param>
    public void Close<TClosed>(long time, ref TClosed closed)
        where TClosed : struct, IClosedSessions<TKey, TAcc>
    {
        if (_wheel is null || time < _wheel.Now)
            return;
        _wheel.Advance(time);
        ReadOnlySpan<TimingWheel.Entry> due = _wheel.Due;
        for (int i = 0; i < due.Length; i++)
        {
            if (i + PrefetchAhead < due.Length)
                Prefetch(_records + due[i + PrefetchAhead].Item);

            // Others were put back for an earlier time, and the key may have gone since.
            GroupRecord<TKey, KeySessions<TAcc>>* record = _records + due[i].Item;
            if (record->Epoch != GroupRecord<TKey, KeySessions<TAcc>>.Dead && record->Acc.Due == due[i].Time)
                CloseKey(due[i].Item, time, ref closed);
        }

        _wheel.ClearDue();
        CompactIfWasteful();
    }

    /// <summary>The end of the session that is closed first; null if none is, or none ever will be.</summary>
    public long? FirstEnd() =>
        _wheel?.First((time, group) => _records[group].Epoch != GroupRecord<TKey, KeySessions<TAcc>>.Dead && _records[group].Acc.Due == time);

    private void CloseKey<TClosed>(int group, long time, ref TClosed closed)
        where TClosed : struct, IClosedSessions<TKey, TAcc>
    {
        GroupRecord<TKey, KeySessions<TAcc>>* record = _records + group;
        Session<TAcc>* latest = &record->Acc.Latest;
        if (latest->End <= time)
        {
            CloseEarlier(latest, record->Key, ref closed);
            closed.Take(record->Key, *latest);
            if (IsStored(group))
                closed.Forget(record->Key);
            Sessions--;
            Remove(group);
            return;
        }

        // The list goes back in time: what has ended is its last part.
        Session<TAcc>* open = latest;
        while (open->Next != 0 && _earlier[open->Next - 1].End > time)
            open = _earlier + (open->Next - 1);
        if (open->Next != 0)
            MarkChanged(group);
        CloseEarlier(open, record->Key, ref closed);
        Arm(group, open->End);
    }

    private void CloseEarlier<TClosed>(Session<TAcc>* than, in TKey key, ref TClosed closed)
        where TClosed : struct, IClosedSessions<TKey, TAcc>
    {
        for (int place = than->Next; place != 0;)
        {
            Session<TAcc>* session = _earlier + (place - 1);
            closed.Take(key, *session);
            int next = session->Next;
            GiveBack(place);
            CountWaste();
            Sessions--;
            place = next;
        }

        than->Next = 0;
    }
}

/// <summary>Takes sessions that are closed; a type argument, so that it costs no call through a table.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
internal interface IClosedSessions<TKey, TAcc>
    where TKey : unmanaged
    where TAcc : unmanaged
{
    /// <summary>Takes a session.</summary>
    /// <param name="key">The key, in native memory.</param>
    /// <param name="session">The session, in native memory.</param>
    void Take(in TKey key, in Session<TAcc> session);

    /// <summary>Says that a key is stored and has no session any more.</summary>
    /// <param name="key">The key, in native memory.</param>
    void Forget(in TKey key);
}
