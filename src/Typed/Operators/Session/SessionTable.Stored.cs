using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>The sessions of a key as bytes, and many keys that leave at once.</content>
internal sealed unsafe partial class SessionTable<TKey, TAcc, TOps>
{
    /// <summary>How many sessions a key has.</summary>
    public int CountOf(int group)
    {
        int count = 0;
        foreach (Session<TAcc>* _ in SessionsOf(group))
            count++;
        return count;
    }

    /// <summary>When the first session of a key ends.</summary>
    public long FirstEndOf(int group)
    {
        long end = long.MaxValue;
        foreach (Session<TAcc>* session in SessionsOf(group))
            end = session->End;
        return end;
    }

    /// <summary>Writes the sessions of a key, the earliest first.</summary>
    /// <param name="group">The key.</param>
    /// <param name="withBirth">Whether with the micro-batch that gave each its start, which means nothing to another process.</param>
    /// <param name="writer">Where to write.</param>
    public void Write(int group, bool withBirth, StateWriter writer)
    {
        int count = CountOf(group);
        writer.Write(count);
        if (_inOrder.Length < count)
            _inOrder = new nint[Math.Max(count, _inOrder.Length * 2)];
        int at = count;
        foreach (Session<TAcc>* session in SessionsOf(group))
            _inOrder[--at] = (nint)session;
        for (int i = 0; i < count; i++)
        {
            Session<TAcc>* session = (Session<TAcc>*)_inOrder[i];
            writer.Write(session->Start);
            writer.Write(session->End);
            if (withBirth)
                writer.Write(session->Born);
            TOps.SaveAcc(session->Acc, writer);
        }
    }

    /// <summary>Writes a key as a stored entry.</summary>
    public void Put(int group, StateChanges changes)
    {
        changes.BeginPut(0, StateEntry.NoTime, TOps.Hash(_records[group].Key));
        TOps.SaveKey(_records[group].Key, changes.Writer);
        changes.BeginValue();
        Write(group, withBirth: false, changes.Writer);
        changes.End();
    }

    /// <summary>Adds a key with the sessions that <see cref="Write"/> wrote; it counts as stored.</summary>
    /// <returns>The key.</returns>
    /// <exception cref="InvalidDataException">The bytes are cut short, the sessions are not in order, or the key is here already.</exception>
    public int Read(StateReader key, StateReader value, bool withBirth)
    {
        TOps.LoadKey(key, Arena, out TKey own);
        int count = value.ReadCount(2 * sizeof(long));
        int group = FindOrAdd(own, NoSessions, false, out bool added);
        if (!added || count == 0)
            throw new InvalidDataException("State is damaged: a key appears twice, or has no session.");
        for (int i = 0; i < count; i++)
        {
            long start = value.Read<long>();
            long end = value.Read<long>();
            uint born = withBirth ? value.Read<uint>() : 0;
            TOps.LoadAcc(value, Arena, out TAcc acc);
            AddLatest(group, start, end, born, acc);
        }

        MarkStored(group);
        return group;
    }

    /// <summary>
    /// Takes out the keys that leave (<see cref="KeyTable{TKey, TAcc, TKeys}.Leave"/>) and gives back what they held. Those that stay are watched anew, since
    /// they get other numbers.
    /// </summary>
    public void Shrink()
    {
        GatherEarlier();
        Compact();
        if (_wheel is null)
            return;
        _wheel.Restart();
        for (int group = 0; group < Top; group++)
            _wheel.Add(_records[group].Acc.Due, group);
    }

    private void AddLatest(int group, long start, long end, uint born, in TAcc acc)
    {
        Session<TAcc>* latest = &_records[group].Acc.Latest;
        bool isFirst = latest->End == Session<TAcc>.NotOpen;
        if (start >= end || (!isFirst && start <= latest->End))
            throw new InvalidDataException("State is damaged: the sessions of a key are not in order.");
        if (isFirst)
            Arm(group, end);
        else
            PushBack(group);
        latest = &_records[group].Acc.Latest;
        latest->Start = start;
        latest->End = end;
        latest->Born = born;
        latest->Acc = acc;
        Sessions++;
    }

    /// <summary>Moves the earlier sessions of the keys that stay to the front of a buffer that is as long as they are.</summary>
    private void GatherEarlier()
    {
        long staying = 0;
        long earlier = 0;
        for (int group = 0; group < Top; group++)
        {
            if (!IsThere(group))
                continue;
            staying++;
            earlier += CountOf(group) - 1;
        }

        Sessions = staying + earlier;
        if (_earlierBuffer is null)
            return;
        NativeBuffer before = _earlierBuffer;
        Session<TAcc>* from = _earlier;
        (_earlierBuffer, _earlierTop, _earlierFree) = (null, 0, 0);
        _earlier = null;
        if (earlier > 0)
        {
            _earlierBuffer = NativeBuffer.Rent(checked((nint)(earlier * sizeof(Session<TAcc>))));
            _earlier = (Session<TAcc>*)_earlierBuffer.Pointer;
            for (int group = 0; group < Top; group++)
            {
                if (!IsThere(group))
                    continue;
                for (int* link = &_records[group].Acc.Latest.Next; *link != 0; link = &_earlier[_earlierTop - 1].Next)
                {
                    _earlier[_earlierTop] = from[*link - 1];
                    *link = ++_earlierTop;
                }
            }
        }

        before.Release();
    }
}
