using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <content>Rows: the loops, and what becomes of the sessions of a key.</content>
internal sealed unsafe partial class SessionTable<TKey, TAcc, TOps>
{
    /// <summary>How many rows are looked up at once in a large table: their keys and groups stay in the first cache.</summary>
    private const int ChunkRows = 256;

    /// <summary>Adds rows of the batch to which the aggregation is bound.</summary>
    /// <param name="ops">The aggregation.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="starts">By row, its time.</param>
    /// <param name="ends">By row, its time plus its gap: greater than its time.</param>
    public void Add<TRows>(ref TOps ops, TRows rows, int count, long* starts, long* ends)
        where TRows : struct, IRowSelection
    {
        if (count == 0)
            return;
        Rows += count;
        if (_slots == null)
            Reserve(FewestSlots);
        for (int done = 0; done < count;)
        {
            bool large = IsLarge;
            int end = Math.Min(count, done + (large ? MostRowsAtOnce : 4096));
            EnsureTouched(end - done);
            if (large)
                AddPrefetched(ref ops, rows, done, end, starts, ends);
            else
                AddDirectly(ref ops, rows, done, end, starts, ends);
            done = end;
        }
    }

    private void AddDirectly<TRows>(ref TOps ops, TRows rows, int first, int end, long* starts, long* ends)
        where TRows : struct, IRowSelection
    {
        for (int i = first; i < end; i++)
        {
            int row = rows[i];
            ops.LoadKey(row, out TKey key);
            uint hash = TOps.Hash(key) & _hashMask;
            AddRow(ref ops, GroupOf(key, hash), row, starts[row], ends[row]);
        }
    }

    private void AddPrefetched<TRows>(ref TOps ops, TRows rows, int first, int end, long* starts, long* ends)
        where TRows : struct, IRowSelection
    {
        TKey* keys = stackalloc TKey[ChunkRows];
        uint* hashes = stackalloc uint[ChunkRows];
        int* groups = stackalloc int[ChunkRows];
        for (int chunk = first; chunk < end; chunk += ChunkRows)
        {
            int count = Math.Min(ChunkRows, end - chunk);
            for (int i = 0; i < count; i++)
            {
                ops.LoadKey(rows[chunk + i], out TKey key);
                keys[i] = key;
                uint hash = TOps.Hash(key) & _hashMask;
                hashes[i] = hash;
                Prefetch(_slots + (hash >> _shift));
            }

            for (int i = 0; i < count; i++)
            {
                int group = FirstWith(hashes[i]);
                groups[i] = group;
                GroupRecord<TKey, KeySessions<TAcc>>* record = _records + Math.Max(group, 0);
                Prefetch(record);
                Prefetch((byte*)record + sizeof(GroupRecord<TKey, KeySessions<TAcc>>) - 1);
            }

            for (int i = 0; i < count; i++)
            {
                int row = rows[chunk + i];
                int group = groups[i];

                // Otherwise new, or new a moment ago in this chunk, or another key with the same hash.
                if (group < 0 || !TOps.Same(keys[i], _records[group].Key))
                    group = GroupOf(keys[i], hashes[i]);
                AddRow(ref ops, group, row, starts[row], ends[row]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FirstWith(uint hash)
    {
        for (uint at = hash >> _shift; ; at = (at + 1) & _mask)
        {
            ulong slot = _slots[at];
            if ((uint)slot == 0 || (uint)(slot >> 32) == hash)
                return (int)(uint)slot - 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int GroupOf(in TKey key, uint hash)
    {
        for (uint at = hash >> _shift; ; at = (at + 1) & _mask)
        {
            ulong slot = _slots[at];
            int group = (int)(uint)slot - 1;
            if ((uint)(slot >> 32) == hash && group >= 0 && TOps.Same(key, _records[group].Key))
                return group;
            if (group < 0)
                return Insert(key, NoSessions, hash, true);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddRow(ref TOps ops, int group, int row, long start, long end)
    {
        // Written always and counted only if new: a branch here would be guessed wrongly for every other row.
        GroupRecord<TKey, KeySessions<TAcc>>* record = _records + group;
        _touched[TouchedCount] = group;
        TouchedCount += record->Epoch == Epoch ? 0 : 1;
        record->Epoch = Epoch;
        Session<TAcc>* latest = &record->Acc.Latest;
        if (start < latest->Start || start > latest->End)
        {
            latest = Place(ref ops, group, start, end);
        }
        else
        {
            // The greater of both by arithmetic: Math.Max is compiled to a branch here, which rows out of order make a guess, and one that waits for memory.
            long later = end - latest->End;
            latest->End += later & ~(later >> 63);
        }

        ops.Add(ref latest->Acc, row, Arena);
    }

    /// <summary>The session of a row that does not start in the latest one: one that the row opens or touches, with all that it joins.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Session<TAcc>* Place(ref TOps ops, int group, long start, long end)
    {
        KeySessions<TAcc>* sessions = &_records[group].Acc;
        if (start > sessions->Latest.End)
        {
            bool isFirst = sessions->Latest.End == Session<TAcc>.NotOpen;
            if (!isFirst)
                PushBack(group);
            Open(ref ops, &_records[group].Acc.Latest, start, end);
            if (isFirst)
                Arm(group, end);
            return &_records[group].Acc.Latest;
        }

        if (end >= sessions->Latest.Start)
            return Grow(ref ops, &sessions->Latest, start, end);

        // Past the sessions that are wholly after the row.
        Session<TAcc>* after = &sessions->Latest;
        while (after->Next != 0 && _earlier[after->Next - 1].Start > end)
            after = _earlier + (after->Next - 1);
        if (after->Next != 0 && _earlier[after->Next - 1].End >= start)
            return Grow(ref ops, _earlier + (after->Next - 1), start, end);

        // Taking a place may move the earlier sessions.
        bool afterLatest = after == &sessions->Latest;
        long number = after - _earlier;
        int place = TakePlace();
        after = afterLatest ? &sessions->Latest : _earlier + number;
        Session<TAcc>* opened = _earlier + (place - 1);
        opened->Next = after->Next;
        after->Next = place;
        Open(ref ops, opened, start, end);
        if (end < sessions->Due)
            Arm(group, end);
        return opened;
    }

    private void Open(ref TOps ops, Session<TAcc>* session, long start, long end)
    {
        session->Start = start;
        session->End = end;
        session->Born = Epoch;
        ops.Start(out session->Acc);
        Sessions++;
    }

    /// <summary>Extends a session by a row that touches it, and merges the earlier ones that it touches then (semantics 4.4).</summary>
    private Session<TAcc>* Grow(ref TOps ops, Session<TAcc>* session, long start, long end)
    {
        session->End = Math.Max(session->End, end);
        if (start >= session->Start)
            return session;
        CountStart(session);
        session->Start = start;
        session->Born = Epoch;
        while (session->Next != 0 && _earlier[session->Next - 1].End >= start)
        {
            int place = session->Next;
            Session<TAcc>* joined = _earlier + (place - 1);
            if (joined->Start <= start)
                (session->Start, session->Born) = (joined->Start, joined->Born);
            else
                CountStart(joined);
            ops.Merge(ref session->Acc, joined->Acc, Arena);
            session->Next = joined->Next;
            GiveBack(place);
            CountWaste();
            Sessions--;
        }

        return session;
    }

    private void CountStart(Session<TAcc>* vanishing) => Merged += vanishing->Born == Epoch ? 0 : 1;
}
