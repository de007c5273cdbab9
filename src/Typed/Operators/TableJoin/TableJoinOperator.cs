using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// A join of a stream with a table (semantics 7): the table is indexed when it was replaced, then each batch of the stream is looked
/// up as a whole. It keeps nothing of the stream, drops nothing as late, and never corrects what it has given.
/// </summary>
/// <typeparam name="TKey">The keys of one row.</typeparam>
/// <typeparam name="TJoin">How keys are read and compared.</typeparam>
public sealed unsafe class TableJoinOperator<TKey, TJoin> : Operator
    where TKey : unmanaged
    where TJoin : struct, ITableJoin<TKey>
{
    // Where keys have many rows a batch can become very long; it goes out in parts of about this many rows.
    private const int MostRows = 32_768;

    private readonly TableSlot _slot;
    private readonly StageOperator _tableStage;
    private readonly TableJoinMode _mode;
    private readonly int[] _streamColumns;
    private readonly int[] _tableColumns;
    private readonly bool _readsBatch;
    private readonly bool _tracksOrigin;
    private readonly TableIndex<TKey, TJoin> _index = new();
    private readonly Column?[] _found;
    private NativeBuffer? _rows;
    private ColumnBatch? _table;
    private TJoin _join;
    private int _version = -1;

    /// <summary>Called by generated code.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The rows that come out: columns of the stream, then columns of the table.</param>
    /// <param name="mode">Which rows come out.</param>
    /// <param name="join">How keys are read and compared.</param>
    /// <param name="slot">The table.</param>
    /// <param name="tableStage">What is done to the rows of the table before they are indexed.</param>
    /// <param name="streamColumns">The columns of the input that are passed on.</param>
    /// <param name="tableColumns">The columns of the table stage that are passed on; none for semi and anti joins.</param>
    /// <param name="readsBatch">Whether the table stage looks at the clock of the batch and has to run in each.</param>
    /// <param name="tracksOrigin">Whether a stateful operator reads this one, so that late rows are traced back through it.</param>
    public TableJoinOperator(
        string name,
        RowSchema output,
        TableJoinMode mode,
        TJoin join,
        TableSlot slot,
        StageOperator tableStage,
        int[] streamColumns,
        int[] tableColumns,
        bool readsBatch = false,
        bool tracksOrigin = false)
        : base(name, output)
    {
        (_mode, _join, _slot, _tableStage, _readsBatch, _tracksOrigin) = (mode, join, slot, tableStage, readsBatch, tracksOrigin);
        (_streamColumns, _tableColumns) = (streamColumns, tableColumns);
        _found = new Column?[tableColumns.Length];
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _tableStage.Begin(context);
        if (_readsBatch)
            _version = -1;
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int length = batch.Length;
        Counts.In += length;
        if (length == 0)
            return;
        if (_version != _slot.Version)
            Build();

        // Arrays of row numbers, one after the other: the first row of the table for each row; pairs of rows; pairs to go out.
        int room = Math.Max(length, MostRows);
        int* first = Rows(length + (4 * room));
        RowPairs found = new(first + length, first + length + room);
        int matched = _index.Find(ref _join, batch, first);
        bool isSingle = _index.IsUnique && !TJoin.HasResidual;
        if (TJoin.HasResidual && _mode is TableJoinMode.LeftSemi or TableJoinMode.LeftAnti)
            matched = KeepRows(batch, first, found, room);
        switch (_mode)
        {
            case TableJoinMode.LeftSemi:
                EmitChosen(batch, first, found.Stream, matched, wanted: true);
                break;
            case TableJoinMode.LeftAnti:
                EmitChosen(batch, first, found.Stream, length - matched, wanted: false);
                break;
            case var _ when isSingle:
                EmitSingle(batch, first, found.Stream, matched);
                break;
            default:
                EmitPairs(batch, first, found, new RowPairs(found.Table + room, found.Table + (2 * room)), room);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Forget();
        _index.Dispose();
        _rows?.Release();
        _rows = null;
        _tableStage.Dispose();
        base.Dispose();
    }

    private void Build()
    {
        ColumnBatch rows = _slot.Rows
            ?? throw new InvalidOperationException($"{Name} has no table to look up: the source of the table gave no rows before the first batch.");
        Forget();
        _table = _tableStage.Transform(rows);
        _index.Build(ref _join, _table);
        for (int i = 0; i < _found.Length; i++)
        {
            Column column = _table[_tableColumns[i]];
            _found[i] = _mode == TableJoinMode.LeftOuter ? WithMissingRow(column, Output.Fields[_streamColumns.Length + i].Type) : column.AddReference();
        }

        _version = _slot.Version;
    }

    // A row of nulls behind the others stands for no match, so that gathering needs no test of its own.
    private Column WithMissingRow(Column column, FieldType type)
    {
        Column longer = Column.Create(type);
        longer.AppendRange(column, 0, _table!.Length);
        longer.AppendNull();
        return longer;
    }

    private void Forget()
    {
        for (int i = 0; i < _found.Length; i++)
        {
            _found[i]?.Release();
            _found[i] = null;
        }

        _table?.Release();
        _table = null;
        _version = -1;
    }

    // Which rows have a match that satisfies the rest of the condition: for those, the array holds a number that is not −1 then.
    private int KeepRows(ColumnBatch batch, int* first, RowPairs pairs, int room)
    {
        int matched = 0;
        for (int row = 0, match = Enter(first, 0); row < batch.Length;)
        {
            int count = Expand(batch.Length, first, pairs, room, ref row, ref match);
            int kept = _join.Keep(batch, _table!, Context, new JoinPairs(pairs.Stream, pairs.Table, count));
            for (int i = 0; i < kept; i++)
            {
                matched += first[pairs.Stream[i]] < 0 ? 1 : 0;
                first[pairs.Stream[i]] = 0;
            }
        }

        return matched;
    }

    // Writes pairs with equal keys from a row and a match on, as many as there is room for, and goes to where the next ones begin. A row
    // that is entered is marked as one without a match, until one is found that is kept.
    private int Expand(int length, int* first, RowPairs pairs, int room, ref int row, ref int match)
    {
        int count = 0;
        while (true)
        {
            for (; match >= 0; match = _index.Next(match))
            {
                if (count == room)
                    return count;
                pairs.Stream[count] = row;
                pairs.Table[count++] = match;
            }

            if (++row == length)
                return count;
            match = Enter(first, row);
        }
    }

    private static int Enter(int* first, int row)
    {
        int match = first[row];
        first[row] = -1;
        return match;
    }

    private void EmitChosen(ColumnBatch batch, int* first, int* left, int count, bool wanted)
    {
        int length = batch.Length;
        Counts.Filtered += length - count;
        if (count == length)
        {
            EmitRows(batch, null, null, count);
            return;
        }

        int at = 0;
        for (int row = 0; row < length; row++)
        {
            left[at] = row;
            at += first[row] >= 0 == wanted ? 1 : 0;
        }

        EmitRows(batch, left, null, count);
    }

    // At most one match a row.
    private void EmitSingle(ColumnBatch batch, int* first, int* left, int matched)
    {
        int length = batch.Length;
        if (_mode == TableJoinMode.LeftOuter)
        {
            if (matched < length)
            {
                int missing = _table!.Length;
                for (int row = 0; row < length; row++)
                    first[row] = first[row] < 0 ? missing : first[row];
            }

            EmitRows(batch, null, first, length);
            return;
        }

        Counts.Filtered += length - matched;
        if (matched == length)
        {
            EmitRows(batch, null, first, length);
            return;
        }

        // In place: a match is never written behind where it is read.
        int at = 0;
        for (int row = 0; row < length; row++)
        {
            int match = first[row];
            left[at] = row;
            first[at] = match;
            at += match >= 0 ? 1 : 0;
        }

        EmitRows(batch, left, first, matched);
    }

    private void EmitPairs(ColumnBatch batch, int* first, RowPairs found, RowPairs given, int room)
    {
        int length = batch.Length;
        int next = 0;
        int count = 0;
        bool hasMatch = false;
        for (int row = 0, match = Enter(first, 0); row < length;)
        {
            int pairs = Expand(length, first, found, room, ref row, ref match);
            if (TJoin.HasResidual)
                pairs = _join.Keep(batch, _table!, Context, new JoinPairs(found.Stream, found.Table, pairs));
            for (int i = 0; i < pairs; i++)
            {
                FinishRows(batch, found.Stream[i], given, room, ref next, ref hasMatch, ref count);
                Counts.FannedOut += hasMatch ? 1 : 0;
                hasMatch = true;
                Give(batch, given, room, ref count, next, found.Table[i]);
            }
        }

        FinishRows(batch, length, given, room, ref next, ref hasMatch, ref count);
        EmitRows(batch, given.Stream, given.Table, count);
    }

    // The rows before the one whose matches come now: those without any are given without, or filtered.
    private void FinishRows(ColumnBatch batch, int row, RowPairs given, int room, ref int next, ref bool hasMatch, ref int count)
    {
        for (; next < row; next++, hasMatch = false)
        {
            if (hasMatch)
                continue;
            if (_mode == TableJoinMode.Inner)
                Counts.Filtered++;
            else
                Give(batch, given, room, ref count, next, _table!.Length);
        }
    }

    private void Give(ColumnBatch batch, RowPairs given, int room, ref int count, int row, int match)
    {
        if (count == room)
        {
            EmitRows(batch, given.Stream, given.Table, count);
            count = 0;
        }

        given.Stream[count] = row;
        given.Table[count++] = match;
    }

    private void EmitRows(ColumnBatch batch, int* left, int* right, int count)
    {
        if (count == 0)
            return;
        ColumnBatch output = Pool.Rent();
        for (int i = 0; i < _streamColumns.Length; i++)
        {
            if (left == null)
                output.Share(i, batch[_streamColumns[i]]);
            else
                output[i].Gather(batch[_streamColumns[i]], new ReadOnlySpan<int>(left, count));
        }

        for (int i = 0; i < _found.Length; i++)
            output[_streamColumns.Length + i].Gather(_found[i]!, new ReadOnlySpan<int>(right, count));
        output.Length = count;
        if (_tracksOrigin && Context.CaptureLate)
        {
            if (left == null)
                output.SetOriginThrough(batch);
            else
                output.SetOriginThrough(batch, new ReadOnlySpan<int>(left, count));
        }

        Emit(output);
    }

    private int* Rows(int count)
    {
        nint bytes = (nint)count * sizeof(int);
        if (_rows is null || _rows.Capacity < bytes)
        {
            _rows?.Release();
            _rows = null;
            _rows = NativeBuffer.Rent(bytes);
        }

        return (int*)_rows.Pointer;
    }

    private readonly struct RowPairs(int* stream, int* table)
    {
        public readonly int* Stream = stream;
        public readonly int* Table = table;
    }
}
