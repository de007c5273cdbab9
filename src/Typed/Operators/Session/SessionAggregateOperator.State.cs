using Typed.State;

namespace Typed.Operators;

/// <content>
/// What is stored, and keys that are not in memory.
/// <code>
/// head     sequence (greatest) | held rows (sum)
/// table 0  no time | the fields of the key → count (int32), for each session, the earliest first: start, end (int64), the fields of the accumulator
/// </code>
/// The entry of a key goes by a record when its last session closes. The timing wheel is not stored.
/// </content>
public sealed unsafe partial class SessionAggregateOperator<TKey, TAcc, TOps>
{
    /// <summary>The keys of rows of a batch that are looked for in the spill area, each once.</summary>
    private readonly GroupTable<TKey, TAcc, TOps> _wanted = new();
    private SessionSpill<TKey, TAcc, TOps>? _away;

    /// <inheritdoc/>
    private protected override long HotBytes => _sessions.MemoryBytes + _wanted.MemoryBytes + (_away?.MemoryBytes ?? 0);

    /// <summary>
    /// Keys leave with all their sessions, the coldest first; also those that the present micro-batch has touched, for nothing of them is needed at its end
    /// but their number. They come back for a row, or when their first session ends.
    /// </summary>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        _wanted.Compact();
        if (_away is null)
        {
            _away = new(area, _sessions, _closes);
            _away.Begin(Epoch);
        }

        _away.Spill(keepBytes, Early);
    }

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        SessionTable<TKey, TAcc, TOps>.ChangedSlice changed = _sessions.TakeChanged(slice);
        while (changed.MoveNext())
            _sessions.Put(changed.Current, changes);
        return changed.LeftNothing;
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => SaveCounts(head);

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        LoadCounts(head);
        _sessions.Clear();
        _away?.Clear();
    }

    /// <inheritdoc/>
    internal override void ExpectEntries(long count) => _sessions.Reserve((int)Math.Min(count, int.MaxValue / 4));

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry)
    {
        if (entry.Table != 0)
            throw new InvalidDataException($"State of {Name} is damaged: there is no table {entry.Table}.");
        _sessions.Read(entry.Key, entry.Value, withBirth: false);
    }

    /// <inheritdoc/>
    internal override void LoadEnd() => Count();

    /// <summary>Brings the sessions of the keys of rows into memory.</summary>
    private void Fetch(int count)
    {
        int rows = _rows.AllInTime ? count : _rows.InTime;
        for (int i = 0; i < rows; i++)
        {
            Ops.LoadKey(_rows.AllInTime ? i : _rows.InTimeRows[i], out TKey key);
            _wanted.FindOrAdd(key, default, ownKey: false, out _);
        }

        _away!.Fetch(_wanted);
        _wanted.Clear();
    }
}
