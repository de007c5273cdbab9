using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>What the operators of aggregation share: the bound aggregation, output batches, late rows.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public abstract unsafe class AggregateOperator<TKey, TAcc, TOps> : StatefulOperator
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private const int OutputRows = 8192;
    private readonly string _schema;
    private readonly int _windowColumns;
    private ColumnBatch? _output;
    private int _rows;
    private long* _starts;
    private long* _ends;
    private int[] _lateRows = [];
    private long[] _lateTimes = [];

    private protected AggregateOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation, bool hasWindow)
        : base(name, output)
    {
        Mode = mode;
        Ops = aggregation;
        _schema = schema;
        _windowColumns = hasWindow ? 1 : 0;
    }

    /// <inheritdoc/>
    public override string Kind => "stateStoreSave";

    /// <inheritdoc/>
    public override string StateSchema => _schema;

    internal override StateLayout Layout => StateLayout.Of("groups", StateTimeKind.None, TOps.KeyLayout, TOps.AccLayout);

    internal override bool SplitsByKey => typeof(TKey) != typeof(NoKey) || CombinesRows;

    private protected OutputMode Mode { get; }

    private protected TOps Ops;

    /// <summary>The number of the present micro-batch in this process, for marks in tables.</summary>
    private protected uint Epoch { get; private set; }

    /// <summary>How many rows have come, in the life of the query.</summary>
    private protected long Sequence { get; set; }

    /// <inheritdoc/>
    public override bool WantsBatch(long newWatermark) => Mode != OutputMode.Complete && base.WantsBatch(newWatermark);

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        Epoch++;
    }

    internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
    {
        if (typeof(TKey) == typeof(NoKey))
        {
            hashes.Clear();
            return;
        }

        TOps ops = Ops;
        ops.Bind(batch, 0);
        KeyHashes.Of<TKey, TOps>(ops, hashes);
    }

    /// <summary>Whether a group of another worker's belongs to this one.</summary>
    private protected bool Owns(in TKey key) =>
        Shard.OwnerOf(typeof(TKey) == typeof(NoKey) ? (byte)0 : Shard.Of(TOps.Hash(key)), Worker.Of) == Worker.Number;

    private protected void Bind(ColumnBatch batch)
    {
        Ops.Bind(batch, Sequence);
        Sequence += batch.Length;
    }

    /// <summary>Notes the number of rows that have come, and of those that are held.</summary>
    private protected void SaveCounts(StateHead head)
    {
        head.SetMax("sequence", Sequence);
        head.SetSum("held", Counts.Held);
    }

    /// <summary>Goes on from what <see cref="SaveCounts"/> noted.</summary>
    private protected void LoadCounts(StateHead head)
    {
        Sequence = head.Get("sequence");
        Counts.Held = head.Get("held");
    }

    private protected void EmitAll(GroupTable<TKey, TAcc, TOps> table, long windowStart, long windowEnd)
    {
        for (int i = 0; i < table.Top; i++)
        {
            if (table.Records[i].Epoch != GroupRecord<TKey, TAcc>.Dead)
                EmitGroup(table.Records + i, windowStart, windowEnd);
        }
    }

    private protected void EmitTouched(GroupTable<TKey, TAcc, TOps> table, long windowStart, long windowEnd)
    {
        foreach (int group in table.Touched)
            EmitGroup(table.Records + group, windowStart, windowEnd);
    }

    private protected void EmitGroup(GroupRecord<TKey, TAcc>* group, long windowStart, long windowEnd) =>
        EmitRow(group->Key, group->Acc, windowStart, windowEnd);

    /// <summary>Writes a row; key and accumulator lie in native memory.</summary>
    private protected void EmitRow(in TKey key, in TAcc acc, long windowStart, long windowEnd)
    {
        if (_output is null)
            OpenOutput();
        if (_windowColumns > 0)
        {
            _starts[_rows] = windowStart;
            _ends[_rows] = windowEnd;
        }

        Ops.Emit(key, acc, _rows);
        if (++_rows == OutputRows)
            FlushOutput();
    }

    /// <summary>Pushes on what was emitted; called at the end of each micro-batch.</summary>
    private protected void FlushOutput()
    {
        if (_output is not { } output)
            return;
        _output = null;
        int rows = _rows;
        _rows = 0;
        if (_windowColumns > 0)
        {
            StructColumn window = (StructColumn)output[0];
            window.Children[0].SetLength(rows);
            window.Children[1].SetLength(rows);
            window.SetLength(rows);
        }

        Ops.EndOutput(rows);
        output.Length = rows;
        Emit(output);
    }

    /// <summary>Hands over rows that are late as a whole, if anybody wants them: for one time, or for the times of a column.</summary>
    private protected void SendLate<TRows>(ColumnBatch batch, TRows rows, int count, long time, long* times = null)
        where TRows : struct, IRowSelection
    {
        if (LateRows is not { } late)
            return;
        if (_lateRows.Length < count)
            (_lateRows, _lateTimes) = (new int[count], new long[count]);
        int[]? origin = batch.Origin is null ? null : batch.OriginRows;
        for (int i = 0; i < count; i++)
        {
            _lateRows[i] = origin is null ? rows[i] : origin[rows[i]];
            _lateTimes[i] = times == null ? time : times[rows[i]];
        }

        late.Take(Name, batch.Origin ?? batch, _lateRows.AsSpan(0, count), _lateTimes.AsSpan(0, count), LateWatermark);
    }

    /// <summary>Refuses state that another version of this operator wrote.</summary>
    private protected static void ReadHeader(StateReader reader, int version)
    {
        int found = reader.Read<int>();
        if (found != version)
            throw new InvalidDataException($"State of an aggregation has version {found}; this program reads version {version}.");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _output?.Release();
        _output = null;
        base.Dispose();
    }

    private void OpenOutput()
    {
        _output = Pool.Rent();
        if (_windowColumns > 0)
        {
            StructColumn window = (StructColumn)_output[0];
            foreach (Column child in window.Children)
                child.EnsureCapacity(OutputRows);
            _starts = ((FixedColumn<long>)window.Children[0]).Values;
            _ends = ((FixedColumn<long>)window.Children[1]).Values;
        }

        Ops.BindOutput(_output, OutputRows);
    }
}
