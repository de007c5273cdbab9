using System.Numerics;
using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// The first rows of each group by an order, or the latest row of each key. A group that changed is written whole in update mode, all groups in
/// complete mode; in append mode, and out of the state, a group goes when the watermark passes the time in its key (semantics 2.3.2, 3.1–3.3).
/// </summary>
/// <typeparam name="TKey">The key of a group.</typeparam>
/// <typeparam name="TOrder">What rows are ordered by.</typeparam>
/// <typeparam name="TOps">How keys and orders are read.</typeparam>
public sealed unsafe partial class TopOperator<TKey, TOrder, TOps> : StatefulOperator
    where TKey : unmanaged
    where TOrder : unmanaged, IBinaryInteger<TOrder>
    where TOps : struct, ITopRows<TKey, TOrder>
{
    private const int OutputRows = 8192;
    private readonly TopSettings _settings;
    private readonly string _schema;
    private readonly bool _isTimed;
    private readonly TopTable<TKey, TOrder, TOps> _groups;
    private readonly TopStore _store;
    private readonly LateRowSplit _split = new();
    private readonly RowList _added = new();
    private readonly RowList _rows = new();
    private readonly RowList _ranks = new();

    /// <summary>Each group once: by the time in its key, or by a time it was seen at; when that is due, a group seen since is put back.</summary>
    private readonly TimeHeap _due = new();
    private readonly TOps _ops;
    private uint _epoch;

    /// <summary>The watermark up to which groups were closed.</summary>
    private long _closedTo = long.MinValue;

    /// <summary>The first rows of groups.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The columns that are passed on, and the rank if it is wanted.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="settings">Which rows, and what is done with them.</param>
    /// <param name="ops">How keys and orders are read.</param>
    public TopOperator(string name, RowSchema output, string schema, TopSettings settings, TOps ops)
        : base(name, output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.Count);
        _settings = settings;
        _schema = schema;
        _ops = ops;
        _isTimed = settings.TimeColumn >= 0 && settings.Mode != OutputMode.Complete;
        if (settings.Mode == OutputMode.Append && !_isTimed)
            throw new ArgumentException("In append mode a group is written when the watermark closes it; no key carries one.", nameof(settings));
        _groups = new(settings.Count, settings.LatestFirst, keepsTime: settings.TtlMicros > 0);
        _store = new(new RowSchema(name, [.. output.Fields.Take(settings.Columns.Length)]));
    }

    /// <inheritdoc/>
    public override string Kind => _settings.LatestFirst ? "lastBy" : "topBy";

    /// <inheritdoc/>
    public override string StateSchema => _schema;

    internal override StateLayout Layout => StateLayout.Of(
        "groups",
        _isTimed ? StateTimeKind.Instant : StateTimeKind.None,
        TOps.KeyLayout,
        $"Seen timestamp, Rows list(record({StateField.Join([$"Order {(typeof(TOrder) == typeof(Int128) ? "int128" : "int64")}", .. _store.Layout])}))");

    internal override bool SplitsByKey => true;

    /// <summary>As for an aggregation (semantics 2.4.1, 2.4.3).</summary>
    public override bool WantsBatch(long newWatermark) => _settings.Mode != OutputMode.Complete && base.WantsBatch(newWatermark);

    /// <inheritdoc/>
    internal override long? NextRelease() => _isTimed && _settings.Mode == OutputMode.Append && _due.Count > 0 ? _due.FirstTime : null;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _groups.BeginEpoch(++_epoch);
        (_inBatch, _touchedAway) = (true, 0);
        if (_settings.TtlMicros == 0)
            return;
        EndSpilled(context.TimestampMicros - _settings.TtlMicros);
        while (_due.Count > 0 && _due.FirstTime <= context.TimestampMicros - _settings.TtlMicros)
        {
            (long time, int group) = _due.Pop();
            if (_groups.Records[group].Acc.Seen > time)
                _due.Push(_groups.Records[group].Acc.Seen, group);
            else
                Forget(group);
        }
    }

    internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
    {
        TOps ops = _ops;
        ops.Bind(batch);
        KeyHashes.Of<TKey, TOps>(ops, hashes);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = batch.Length;
        Counts.In += count;
        int inTime = _isTimed ? _split.Split(this, batch, _settings.TimeColumn) : count;
        TOps ops = _ops;
        ops.Bind(batch);
        (long nulls, long rejected, long accepted, long displaced) = (_groups.NullOrders, _groups.Rejected, _groups.Accepted, _groups.Displaced);
        fixed (int* picks = _split.Rows)
        {
            if (HasSpilled && inTime == count)
                Fetch(ops, new RowRange(0), inTime);
            else if (HasSpilled)
                Fetch(ops, new RowPicks(picks), inTime);
            if (inTime == count)
                _groups.Add(ops, new RowRange(0), inTime, Context.TimestampMicros, _added);
            else
                _groups.Add(ops, new RowPicks(picks), inTime, Context.TimestampMicros, _added);
        }

        foreach (int group in _added.Span)
            Watch(group);
        _added.Clear();
        Counts.Filtered += _groups.NullOrders - nulls + _groups.Rejected - rejected;
        Counts.Grouped += _groups.Accepted - accepted;
        Counts.Expired += _groups.Displaced - displaced;
        Counts.Held += _groups.Accepted - accepted - _groups.Displaced + displaced;
        Store(batch);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _groups.Dispose();
        _store.Dispose();
        _due.Dispose();
        _added.Dispose();
        _rows.Dispose();
        _ranks.Dispose();
        _lookup.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        State.Updated = _groups.TouchedCount + _touchedAway;
        _inBatch = false;
        if (_settings.Mode == OutputMode.Update)
        {
            foreach (int group in _groups.Touched)
                Write(group);
        }
        else if (_settings.Mode == OutputMode.Complete)
        {
            for (int group = 0; group < _groups.Top; group++)
            {
                if (_groups.IsThere(group))
                    Write(group);
            }

            ShowSpilled();
        }

        if (_isTimed)
            EndSpilled(EvictionWatermark);
        while (_isTimed && _due.Count > 0 && _due.FirstTime <= EvictionWatermark)
        {
            int group = _due.Pop().Group;
            if (_settings.Mode == OutputMode.Append)
                Write(group);
            Remove(group);
        }

        _closedTo = Math.Max(_closedTo, EvictionWatermark);
        Flush();
        _groups.CompactIfWasteful();
        ShowTotals();
    }

    private void Watch(int group)
    {
        if (_isTimed)
        {
            // A null time is never late and never closes (semantics 2.3.8).
            if (TOps.TryGetTime(_groups.Records[group].Key, out long time))
                _due.Push(time, group);
        }
        else if (_settings.TtlMicros > 0)
        {
            _due.Push(_groups.Records[group].Acc.Seen, group);
        }
    }

    /// <summary>Stores the rows of a batch that are in a group now that it is through.</summary>
    private void Store(ColumnBatch batch)
    {
        _rows.Clear();
        foreach (int group in _groups.Pending)
        {
            TopEntry<TOrder>* entries = _groups.Entries(group);
            for (int i = 0; i < _groups.Records[group].Acc.Count; i++)
            {
                if (entries[i].Row >= 0)
                    continue;
                int row = ~entries[i].Row;
                entries[i].Row = _store.Length + _rows.Count;
                _rows.Add(row);
            }
        }

        _groups.ClearPending();
        _store.Append(batch, _settings.Columns, _rows.Span);
        _rows.Clear();
        if (_store.IsWasteful(Counts.Held - _spilledRows))
            Compact();
    }

    /// <summary>Keeps the rows that are in a group.</summary>
    private void Compact()
    {
        for (int group = 0; group < _groups.Top; group++)
        {
            if (!_groups.IsThere(group))
                continue;
            TopEntry<TOrder>* entries = _groups.Entries(group);
            for (int i = 0; i < _groups.Records[group].Acc.Count; i++)
            {
                int row = entries[i].Row;
                entries[i].Row = _rows.Count;
                _rows.Add(row);
            }
        }

        _store.Keep(new Span<int>(_rows.Pointer, _rows.Count));
        _rows.Clear();
    }

    private void Remove(int group)
    {
        int rows = _groups.Records[group].Acc.Count;
        Counts.Closed += rows;
        Counts.Held -= rows;
        State.Removed++;
        _groups.Remove(group);
    }

    private void Write(int group)
    {
        TopEntry<TOrder>* entries = _groups.Entries(group);
        int count = _groups.Records[group].Acc.Count;
        for (int i = 0; i < count; i++)
        {
            _rows.Add(entries[i].Row);
            if (_settings.HasRank)
                _ranks.Add(i + 1);
        }

        if (_rows.Count >= OutputRows)
            Flush();
    }

    private void Flush()
    {
        if (_rows.Count == 0)
            return;
        ColumnBatch output = Pool.Rent();
        _store.Gather(new Span<int>(_rows.Pointer, _rows.Count), output);
        if (_settings.HasRank)
        {
            FixedColumn<int> ranks = (FixedColumn<int>)output[_settings.Columns.Length];
            ranks.EnsureCapacity(_ranks.Count);
            foreach (int rank in _ranks.Span)
                ranks.Append(rank);
        }

        output.Length = _rows.Count;
        _rows.Clear();
        _ranks.Clear();
        Emit(output);
    }

    private void ShowTotals()
    {
        if (_store.IsWasteful(Counts.Held - _spilledRows))
            Compact();
        State.Total = _groups.Count + (SpillArea?.Count ?? 0);
    }
}
