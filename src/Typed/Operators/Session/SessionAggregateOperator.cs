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
public sealed unsafe class SessionAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ICountedGroups<TAcc>
{
    private const int Version = 1;
    private readonly bool _isWatermarked;
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
        _sessions = new SessionTable<TKey, TAcc, TOps>(_isWatermarked && mode == OutputMode.Append);
    }

    /// <inheritdoc/>
    public override string Kind => "sessionWindowStateStoreSaveExec";

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _sessions.Begin(Epoch);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;

        // Late rows are dropped in complete mode too, though nothing closes there (semantics 2.3.7).
        _rows.Read(batch, _isWatermarked ? LateWatermark : long.MinValue);
        Bind(batch);
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
    public override void Save(StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(Sequence);
        writer.Write(Counts.Held);
        writer.Write(checked((int)_sessions.Sessions));
        List<nint> ofKey = [];
        for (int group = 0; group < _sessions.Top; group++)
        {
            if (!_sessions.IsThere(group))
                continue;
            foreach (Session<TAcc>* session in _sessions.SessionsOf(group))
                ofKey.Add((nint)session);

            // The earliest first: so each is put in front of the others when they are read.
            for (int i = ofKey.Count - 1; i >= 0; i--)
            {
                Session<TAcc>* session = (Session<TAcc>*)ofKey[i];
                writer.Write(session->Start);
                writer.Write(session->End);
                TOps.SaveKey(_sessions.Records[group].Key, writer);
                TOps.SaveAcc(session->Acc, writer);
            }

            ofKey.Clear();
        }
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        ReadHeader(reader, Version);
        Sequence = reader.Read<long>();
        Counts.Held = reader.Read<long>();
        _sessions.Clear();
        int count = reader.ReadCount(2 * sizeof(long));
        for (int i = 0; i < count; i++)
        {
            long start = reader.Read<long>();
            long end = reader.Read<long>();
            TOps.LoadKey(reader, _sessions.Arena, out TKey key);
            TOps.LoadAcc(reader, _sessions.Arena, out TAcc acc);
            _sessions.AddStored(key, start, end, acc);
        }

        Count();
    }

    /// <inheritdoc/>
    internal override long? NextRelease() => _sessions.FirstEnd();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sessions.Dispose();
        _rows.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        State.Updated = _sessions.CountTouched();
        State.Removed = _sessions.Merged;
        if (Mode == OutputMode.Complete)
        {
            EmitAll();
        }
        else
        {
            Closing closing = new(this);
            _sessions.Close(EvictionWatermark, ref closing);
        }

        FlushOutput();
        Count();
    }

    private void EmitAll()
    {
        for (int group = 0; group < _sessions.Top; group++)
        {
            if (!_sessions.IsThere(group))
                continue;
            foreach (Session<TAcc>* session in _sessions.SessionsOf(group))
                EmitRow(_sessions.Records[group].Key, session->Acc, session->Start, session->End);
        }
    }

    private void Count()
    {
        State.Total = _sessions.Sessions;
        State.MemoryBytes = _sessions.MemoryBytes;
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
    }
}
