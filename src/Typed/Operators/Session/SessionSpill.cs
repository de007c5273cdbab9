using Typed.State;

namespace Typed.Operators;

/// <summary>Keys that are in the spill area with their sessions.</summary>
/// <remarks>
/// <code>
/// area table   range of the hash, one of 64, so that what is due comes back in pieces
/// due          end of the first session of the key, µs; never where sessions do not close
/// key, value   fields of the key | micro-batch that changed it last (uint32), count (int32), for each session, the earliest first:
///              start, end (int64), micro-batch that gave it its start (uint32), accumulator
/// </code>
/// </remarks>
/// <param name="area">The area.</param>
/// <param name="sessions">The sessions that are in memory.</param>
/// <param name="close">Whether sessions are closed when time has passed them.</param>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
internal sealed unsafe class SessionSpill<TKey, TAcc, TOps>(SpillArea area, SessionTable<TKey, TAcc, TOps> sessions, bool close) : ISpillTarget, IDisposable
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SessionTable<TKey, TAcc, TOps> _part = new(close: false);
    private readonly SpillBatch _batch = new();
    private readonly ColdGroups _cold = new();
    private bool _toPart;
    private uint _epoch;
    private long _keys;
    private long _due = long.MaxValue;

    /// <summary>Whether nothing is away.</summary>
    public bool IsEmpty => _keys == 0;

    /// <summary>How many sessions are away.</summary>
    public long Sessions { get; private set; }

    /// <summary>How many of them are of keys that the present micro-batch has changed.</summary>
    public long Touched { get; private set; }

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _part.MemoryBytes;

    /// <summary>Starts a micro-batch.</summary>
    public void Begin(uint epoch)
    {
        _epoch = epoch;
        Touched = 0;
    }

    /// <summary>Takes those of some keys back that are away, each of which is there once.</summary>
    public void Fetch(GroupTable<TKey, TAcc, TOps> keys)
    {
        for (int i = 0; i < keys.Top; i++)
        {
            if (sessions.Find(keys.Records[i].Key) >= 0)
                continue;
            Begin(keys.Records[i].Key, SpillArea.NeverDue);
            _batch.End();
        }

        _batch.TakeFrom(area, this);
    }

    /// <summary>Whether a session that is away may have ended.</summary>
    public bool MayBeDue(long time) => _keys > 0 && _due <= time;

    /// <summary>Takes the keys of a range back of which a session has ended. To be called for all ranges.</summary>
    public void TakeDue(int range, long time)
    {
        if (range == 0)
            _due = time == long.MaxValue ? time : time + 1;
        area.TakeDue(range, time, this);
    }

    /// <summary>The sessions of a range, which stay away; valid until the next call.</summary>
    public SessionTable<TKey, TAcc, TOps> Visit(int range)
    {
        _part.Clear();
        _toPart = true;
        area.Visit(range, 0, this);
        _toPart = false;
        return _part;
    }

    /// <summary>The end of the first session that is away; null if there is none. Looks at all.</summary>
    public long? FirstEnd()
    {
        long first = long.MaxValue;
        for (int range = 0; range < SpillRange.Count && _keys > 0; range++)
        {
            SessionTable<TKey, TAcc, TOps> part = Visit(range);
            for (int group = 0; group < part.Top; group++)
                first = Math.Min(first, part.FirstEndOf(group));
        }

        return first == long.MaxValue ? null : first;
    }

    /// <summary>Puts keys into the area, those first that were not touched for the longest time, until the others take no more than so many bytes.</summary>
    /// <param name="keepBytes">The bytes.</param>
    /// <param name="changes">Takes the keys that have changed since they were stored, for they are stored now; null if none are.</param>
    public void Spill(long keepBytes, StateChanges? changes)
    {
        _part.Clear();
        _part.Shrink();
        long bytes = sessions.MemoryBytes;
        if (bytes <= keepBytes || sessions.Count == 0)
            return;
        _cold.Begin(_epoch);
        for (int group = 0; group < sessions.Top; group++)
        {
            if (sessions.IsThere(group))
                _cold.Count(sessions.Records[group].Epoch);
        }

        _cold.Decide((long)(sessions.Count * ((double)keepBytes / bytes)));
        for (int group = 0; group < sessions.Top; group++)
        {
            if (sessions.IsThere(group) && _cold.Takes(sessions.Records[group].Epoch))
                Put(group, changes);
        }

        _batch.PutInto(area);
        sessions.Shrink();
    }

    /// <summary>Forgets all keys, when the area has.</summary>
    public void Clear()
    {
        _due = long.MaxValue;
        (_keys, Sessions, Touched) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _part.Dispose();

    /// <inheritdoc/>
    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        uint epoch = value.Read<uint>();
        if (_toPart)
        {
            _part.Read(key, value, withBirth: true);
            return;
        }

        int group = sessions.Read(key, value, withBirth: true);
        int count = sessions.CountOf(group);
        _keys--;
        Sessions -= count;
        if (epoch == _epoch)
        {
            Touched -= count;
            sessions.Touch(group);
        }
        else
        {
            sessions.Records[group].Epoch = epoch;
        }
    }

    private void Put(int group, StateChanges? changes)
    {
        GroupRecord<TKey, KeySessions<TAcc>>* record = sessions.Records + group;
        int count = sessions.CountOf(group);
        if (changes is not null && sessions.IsChanged(group))
            sessions.Put(group, changes);
        if (record->Epoch == _epoch)
            Touched += count;
        _keys++;
        Sessions += count;
        long due = close ? sessions.FirstEndOf(group) : SpillArea.NeverDue;
        _due = Math.Min(_due, due);
        Begin(record->Key, due);
        _batch.BeginValue();
        _batch.Writer.Write(record->Epoch);
        sessions.Write(group, withBirth: true, _batch.Writer);
        _batch.End();
        sessions.Leave(group);
        if (_batch.IsLarge)
            _batch.PutInto(area);
    }

    private void Begin(in TKey key, long due)
    {
        uint hash = TOps.Hash(key);
        _batch.Begin(SpillRange.Of(hash), 0, hash, due);
        TOps.SaveKey(key, _batch.Writer);
    }
}
