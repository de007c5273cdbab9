using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Deduplication: of rows with equal keys the first to arrive passes (semantics 5.1). A key is forgotten when the watermark passes its own time,
/// or the time of its first row and the delay of the watermark; or never (5.2, 5.4).
/// </summary>
/// <remarks>
/// What is stored:
/// <code>
/// table 0, keys:   time = the first watermark that forgets the key, none for one that is kept for ever
///                  key = the fields of the key in their order     value = nothing
/// floor of it:     one more than the last watermark
/// </code>
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOps">How keys are read and compared.</typeparam>
public sealed unsafe class DistinctOperator<TKey, TOps> : StatefulOperator
    where TKey : unmanaged
    where TOps : struct, IStoredKeys<TKey>
{
    private readonly DistinctSettings _settings;
    private readonly string _schema;
    private readonly DistinctTable<TKey, TOps> _table;
    private readonly LateRowSplit _split = new();
    private readonly TOps _ops;
    private int[] _fresh = [];

    /// <summary>A deduplication.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The columns that are passed on.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="settings">Which columns mean what.</param>
    /// <param name="ops">How keys are read and compared.</param>
    public DistinctOperator(string name, RowSchema output, string schema, DistinctSettings settings, TOps ops)
        : base(name, output)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _schema = schema;
        _ops = ops;
        _table = new DistinctTable<TKey, TOps>(settings.ExpiryColumn >= 0, expiryIsInKey: settings.ExpiryColumn >= 0 && !settings.WithinWatermark, () => Early);
    }

    /// <inheritdoc/>
    public override string Kind => _settings.WithinWatermark ? "dedupeWithinWatermark" : "dedupe";

    /// <inheritdoc/>
    public override string StateSchema => _schema;

    internal override StateLayout Layout => StateLayout.Of("keys", _settings.ExpiryColumn >= 0 ? StateTimeKind.Instant : StateTimeKind.None, TOps.KeyLayout, "");

    /// <inheritdoc/>
    public override bool HoldsRows => false;

    internal override bool SplitsByKey => true;

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

        // Semantics 2.3.4: whether or not the event time is among the keys.
        int inTime = _settings.TimeColumn < 0 ? count : _split.Split(this, batch, _settings.TimeColumn);
        if (_fresh.Length < count)
            _fresh = new int[Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
        TOps ops = _ops;
        ops.Bind(batch);
        fixed (int* fresh = _fresh, picks = _split.Rows)
        {
            int found = inTime == count
                ? Add(ops, batch, new RowRange(0), inTime, fresh)
                : Add(ops, batch, new RowPicks(picks), inTime, fresh);
            Counts.Duplicates += inTime - found;
            State.Updated += found;
            if (found > 0)
                Pass(batch, new ReadOnlySpan<int>(fresh, found));
        }
    }

    /// <inheritdoc/>
    private protected override long HotBytes => _table.MemoryBytes;

    internal override long SpilledEntries => _table.Spilled;

    /// <inheritdoc/>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        _table.Spill(keepBytes, area);
        ShowTotals();
    }

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice) => _table.SaveSome(changes, slice);

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => head.SetFloor(0, _table.Floor);

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head) => _table.BeginLoad(head.FloorOf(0));

    /// <inheritdoc/>
    internal override void ExpectEntries(long count) => _table.MakeRoom(count);

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry) => _table.Load(entry);

    /// <inheritdoc/>
    internal override void LoadEnd() => ShowTotals();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _table.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        State.Removed = _table.Expire(EvictionWatermark);
        ShowTotals();
    }

    private int Add<TRows>(TOps ops, ColumnBatch batch, TRows rows, int count, int* fresh)
        where TRows : struct, IRowSelection
    {
        if (_settings.ExpiryColumn < 0)
            return _table.Add(ops, rows, count, new NoExpiry(_table.Generation), fresh);
        Column column = batch[_settings.ExpiryColumn];
        long* times = EventTimes.Of(column);

        // A null time as a key is never passed; as the first sight of another key it counts as the epoch (semantics 2.3.8, 5.4).
        return column.NullCount == 0
            ? _table.Add(ops, rows, count, new ExpiryAfter(times, _settings.DelayMicros), fresh)
            : _table.Add(ops, rows, count, new NullableExpiry(column, times, _settings.DelayMicros, _settings.WithinWatermark ? _settings.DelayMicros : DistinctEntry<TKey>.Never), fresh);
    }

    private void Pass(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        ColumnBatch output = Pool.Rent();
        bool all = rows.Length == batch.Length;
        for (int i = 0; i < _settings.Columns.Length; i++)
        {
            if (all)
                output.Share(i, batch[_settings.Columns[i]]);
            else
                output[i].Gather(batch[_settings.Columns[i]], rows);
        }

        output.Length = rows.Length;
        if (_settings.TracksOrigin && Context.CaptureLate)
        {
            if (all)
                output.SetOriginThrough(batch);
            else
                output.SetOriginThrough(batch, rows);
        }

        Emit(output);
    }

    private void ShowTotals() => State.Total = _table.Count;
}

/// <summary>What a deduplication does with which columns of its input.</summary>
public sealed class DistinctSettings
{
    /// <summary>The columns that are passed on.</summary>
    public required int[] Columns { get; init; }

    /// <summary>The column that carries the watermark, a time or a window: rows at or behind the late watermark are dropped (semantics 2.3.4); −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>The column whose time, and the delay, says when a key is forgotten; −1 for never.</summary>
    public int ExpiryColumn { get; init; } = -1;

    /// <summary>How long after that time, µs.</summary>
    public long DelayMicros { get; init; }

    /// <summary>Whether the time of a key is that of its first row (semantics 5.4) and not a part of the key.</summary>
    public bool WithinWatermark { get; init; }

    /// <summary>Whether late rows of a later operator are traced back through this one.</summary>
    public bool TracksOrigin { get; init; }
}
