using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation by sessions: each row opens a window from its time to its time plus its gap, and windows of a key that overlap or touch are one
/// session (semantics 4). In append mode a session is written and forgotten once the watermark has passed its end; in complete mode all are
/// written in each batch. No row is sorted, and what is not due costs nothing.
/// </summary>
/// <typeparam name="TKey">The key beside the session.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe partial class SessionAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ICountedGroups<TAcc>
{
    private readonly bool _isWatermarked;
    private readonly bool _closes;
    private readonly SessionRows _rows;
    private readonly SessionTable<TKey, TAcc, TOps> _sessions;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The session, the keys, the results.</param>
    /// <param name="mode">Append or complete.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="sessions">The sessions.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    /// <exception cref="ArgumentException">The mode is update: a session that grows is another one (semantics 4.6).</exception>
    public SessionAggregateOperator(
        string name, RowSchema output, OutputMode mode, string schema, in SessionSettings sessions, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: true)
    {
        if (mode == OutputMode.Update)
            throw new ArgumentException("A session that grows is another one, so there is nothing to update; use append or complete mode.", nameof(mode));
        _isWatermarked = sessions.IsWatermarked;
        _rows = new SessionRows(sessions);
        _closes = _isWatermarked && mode == OutputMode.Append;
        _sessions = new SessionTable<TKey, TAcc, TOps>(_closes);
    }

    /// <inheritdoc/>
    public override string Kind => "sessionWindowStateStoreSaveExec";

    internal override StateLayout Layout => StateLayout.Of(
        "sessions",
        StateTimeKind.None,
        TOps.KeyLayout,
        $"Sessions list(record({StateField.Join("Start timestamp", "End timestamp", TOps.AccLayout)}))");

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _sessions.Begin(Epoch);
        _away?.Begin(Epoch);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;

        // Late rows are dropped in complete mode too, though nothing closes there (semantics 2.3.7).
        _rows.Read(batch, _isWatermarked ? LateWatermark : long.MinValue);
        Bind(batch);
        if (_away is { IsEmpty: false })
            Fetch(batch.Length);
        if (_rows.AllInTime)
            _sessions.Add(ref Ops, new RowRange(0), batch.Length, _rows.Starts, _rows.Ends);
        else
            _sessions.Add(ref Ops, _rows.InTimeRows, _rows.InTime, _rows.Starts, _rows.Ends);
        if (_rows.Late > 0)
            SendLate(batch, _rows.LateRows, _rows.Late, 0, _rows.Ends);
        State.DroppedByWatermark += _rows.Late;
        Counts.Late += _rows.Late;
        Counts.NullTime += _rows.NullTime;
        Counts.Filtered += _rows.NoGap;
        Counts.Grouped += _rows.InTime;
        Counts.Held += _rows.InTime;
    }

    /// <inheritdoc/>
    internal override long? NextRelease()
    {
        long? first = _sessions.FirstEnd();
        long? away = _closes ? _away?.FirstEnd() : null;
        return first is null || away < first ? away : first;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sessions.Dispose();
        _rows.Dispose();
        _wanted.Dispose();
        _away?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        State.Updated = _sessions.CountTouched() + (_away?.Touched ?? 0);
        State.Removed = _sessions.Merged;
        if (Mode == OutputMode.Complete)
        {
            EmitAll(_sessions);
            for (int range = 0; range < SpillRange.Count && _away is { IsEmpty: false }; range++)
                EmitAll(_away.Visit(range));
        }
        else
        {
            Close();
        }

        FlushOutput();
        Count();
    }

    private void Close()
    {
        Closing closing = new(this);
        _sessions.Close(EvictionWatermark, ref closing);
        if (!_closes || _away is null || !_away.MayBeDue(EvictionWatermark))
            return;
        for (int range = 0; range < SpillRange.Count; range++)
        {
            _away.TakeDue(range, EvictionWatermark);
            _sessions.Close(EvictionWatermark, ref closing);
        }
    }

    private void EmitAll(SessionTable<TKey, TAcc, TOps> sessions)
    {
        for (int group = 0; group < sessions.Top; group++)
        {
            if (!sessions.IsThere(group))
                continue;
            foreach (Session<TAcc>* session in sessions.SessionsOf(group))
                EmitRow(sessions.Records[group].Key, session->Acc, session->Start, session->End);
        }
    }

    private void Count()
    {
        State.Total = _sessions.Sessions + (_away?.Sessions ?? 0);
    }

    private readonly struct Closing(SessionAggregateOperator<TKey, TAcc, TOps> to) : IClosedSessions<TKey, TAcc>
    {
        public void Take(in TKey key, in Session<TAcc> session)
        {
            to.EmitRow(key, session.Acc, session.Start, session.End);
            long rows = TOps.RowsOf(session.Acc);
            to.Counts.Closed += rows;
            to.Counts.Held -= rows;
            to.State.Removed++;
        }

        public void Forget(in TKey key)
        {
            if (to.Early is not { } early)
                return;
            early.BeginRemove(0, StateEntry.NoTime, TOps.Hash(key));
            TOps.SaveKey(key, early.Writer);
            early.End();
        }
    }
}
