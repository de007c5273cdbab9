using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation by plain keys that forgets a group for which no row has come for some time, by the clock of the batches: a group
/// last seen in a batch of time t is gone in batches from t + ttl on, and starts from nothing if its key comes again.
/// </summary>
/// <remarks>
/// What is stored for a group has behind its accumulator the time at which it was last seen, µs (int64). A group that expires is stored as removed. A
/// spilled group is due at the time at which it was last seen; it is forgotten where it is read.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed unsafe class ExpiringAggregateOperator<TKey, TAcc, TOps> : GroupedOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>, ICountedGroups<TAcc>
{
    private readonly long _ttl;

    /// <summary>Each group once, by a time it was seen at; when that is due, a group seen since is put back.</summary>
    private readonly TimeHeap _due = new();
    private readonly Expiring _expiring;
    private NativeBuffer _lastSeen = NativeBuffer.Rent(1024);

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">Update or complete.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="ttlMicros">How long a group without rows is kept, µs.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public ExpiringAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, long ttlMicros, TOps aggregation)
        : base(name, output, mode, schema, aggregation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ttlMicros);
        _ttl = ttlMicros;
        _expiring = new Expiring(this);
    }

    /// <inheritdoc/>
    private protected override long HotBytes => base.HotBytes + _due.MemoryBytes + _lastSeen.Capacity;

    private long* LastSeen => (long*)_lastSeen.Pointer;

    private long LastLiving => Context.TimestampMicros - _ttl;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        while (_due.Count > 0 && _due.FirstTime <= LastLiving)
        {
            (long time, int group) = _due.Pop();
            if (LastSeen[group] > time)
            {
                _due.Push(LastSeen[group], group);
                continue;
            }

            Forget(TOps.RowsOf(Groups.Records[group].Acc));
            if (Early is { } early && Groups.IsStored(group))
                Groups.PutRemoval(group, Table, StateEntry.NoTime, early);
            Groups.Remove(group);
        }

        if (SpillArea is { Count: > 0 } area)
            area.TakeDue(Table, LastLiving, _expiring);
        Groups.CompactIfWasteful();
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        int top = Groups.Top;
        int free = Groups.FreeCount;
        Add(new RowRange(0), batch.Length);
        for (int group = top; group < Groups.Top; group++)
            _due.Push(Context.TimestampMicros, group);
        for (int i = Groups.FreeCount; i < free; i++)
            _due.Push(Context.TimestampMicros, Groups.FreeAt(i));
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        base.BeginLoad(head);
        _due.Clear();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _due.Dispose();
        _lastSeen.Release();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        EnsureLastSeen();
        foreach (int group in Groups.Touched)
            LastSeen[group] = Context.TimestampMicros;
        EmitResults();
        FlushOutput();
        CountState();
    }

    private protected override long DueOf(int group) => SeenAt(group);

    internal override StateLayout Layout => StateLayout.Of("groups", StateTimeKind.None, TOps.KeyLayout, StateField.Join(TOps.AccLayout, "LastSeen timestamp"));

    private protected override void SaveMore(int group, StateWriter writer) => writer.Write(SeenAt(group));

    private protected override void LoadMore(int group, StateReader reader)
    {
        EnsureLastSeen();
        LastSeen[group] = reader.Read<long>();
        _due.Push(LastSeen[group], group);
    }

    private protected override int TakeBack(StateReader key, StateReader value)
    {
        int group = base.TakeBack(key, value);
        EnsureLastSeen();
        LastSeen[group] = value.Read<long>();
        return group;
    }

    // Numbers have changed: what is due is listed anew.
    private protected override void Compact()
    {
        EnsureLastSeen();
        SeenMoves moves = new(LastSeen);
        Groups.Compact(ref moves);
        _due.Dispose();
        if (Groups.Top == 0)
        {
            _lastSeen.Release();
            _lastSeen = NativeBuffer.Rent(1024);
        }

        for (int group = 0; group < Groups.Top; group++)
            _due.Push(SeenAt(group), group);
    }

    private protected override long DueOfTouched(in TKey key) => Context.TimestampMicros;

    // What is noted at the end of a micro-batch for the groups it touched holds before, too.
    private long SeenAt(int group) => IsTouched(group) ? Context.TimestampMicros : LastSeen[group];

    private void Forget(long rows)
    {
        Counts.Closed += rows;
        Counts.Held -= rows;
        State.Removed++;
    }

    private void EnsureLastSeen()
    {
        nint bytes = (nint)Groups.Top * sizeof(long);
        if (bytes <= _lastSeen.Capacity)
            return;
        NativeBuffer larger = NativeBuffer.Rent(bytes);
        Buffer.MemoryCopy(_lastSeen.Pointer, larger.Pointer, larger.Capacity, _lastSeen.Capacity);
        _lastSeen.Release();
        _lastSeen = larger;
    }

    private readonly struct SeenMoves(long* lastSeen) : IGroupMoves
    {
        public void Move(int from, int to) => lastSeen[to] = lastSeen[from];
    }

    /// <summary>Forgets groups that were spilled.</summary>
    private sealed class Expiring(ExpiringAggregateOperator<TKey, TAcc, TOps> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
            owner.Groups.Read(key, value, out TKey spilled, out TAcc acc);
            long seen = value.Read<long>();
            if (seen > owner.LastLiving)
            {
                key.Rewind();
                value.Rewind();
                owner._due.Push(seen, owner.TakeBack(key, value));
                return;
            }

            // What is spilled is stored, or is on its way to be.
            owner.Forget(TOps.RowsOf(acc));
            if (owner.Early is not { } early)
                return;
            early.BeginRemove(Table, StateEntry.NoTime, TOps.Hash(spilled));
            TOps.SaveKey(spilled, early.Writer);
            early.End();
        }
    }
}
