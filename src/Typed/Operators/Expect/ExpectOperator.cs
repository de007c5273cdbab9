using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// Expectations over the same rows (semantics 18): each is counted for each row; a row that violates one that drops or quarantines leaves, once,
/// however many it violates. Whether they hold was computed before, into boolean columns.
/// </summary>
public sealed unsafe class ExpectOperator : Operator
{
    /// <summary>How many expectations one operator can have: they are bits of a word.</summary>
    public const int MostExpectations = 64;

    private readonly Expectation[] _expectations;
    private readonly int[] _columns;
    private readonly int[] _rowColumns;
    private readonly RowSchema _row;
    private readonly bool _tracksOrigin;
    private readonly ulong _leaves;
    private readonly ulong _quarantines;
    private readonly ulong _fails;
    private readonly List<int> _quarantined = [];
    private readonly List<ulong> _reasons = [];
    private readonly List<(long Turn, long Rows)> _turns = [];
    private NativeBuffer _violations = NativeBuffer.Rent(1024);
    private NativeBuffer _kept = NativeBuffer.Rent(1024);

    /// <summary>Makes the operator.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The columns that are passed on.</param>
    /// <param name="columns">The columns of the input that are passed on.</param>
    /// <param name="expectations">The expectations, at most <see cref="MostExpectations"/>.</param>
    /// <param name="row">The row as the expectations see it, for the quarantine and for messages.</param>
    /// <param name="rowColumns">The columns of the input that are that row; empty where no expectation needs it.</param>
    /// <param name="tracksOrigin">Whether late rows are traced back through the operator.</param>
    public ExpectOperator(string name, RowSchema output, int[] columns, Expectation[] expectations, RowSchema row, int[] rowColumns, bool tracksOrigin)
        : base(name, output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expectations.Length, MostExpectations);
        (_columns, _expectations, _row, _rowColumns, _tracksOrigin) = (columns, expectations, row, rowColumns, tracksOrigin);
        for (int i = 0; i < expectations.Length; i++)
        {
            ulong bit = 1UL << i;
            _leaves |= expectations[i].OnViolation is OnViolation.Drop or OnViolation.Quarantine ? bit : 0;
            _quarantines |= expectations[i].OnViolation == OnViolation.Quarantine ? bit : 0;
            _fails |= expectations[i].OnViolation == OnViolation.Fail ? bit : 0;
        }
    }

    /// <summary>What became of each expectation in the current micro-batch.</summary>
    public IReadOnlyList<Expectation> Expectations => _expectations;

    /// <summary>Whether rows may go to the quarantine.</summary>
    public bool Quarantines => _quarantines != 0;

    /// <summary>The row that goes there.</summary>
    public RowSchema Row => _row;

    /// <summary>
    /// Whether this is what one of several workers has of the operator, before rows change workers: which row it is that violates an expectation is known then when all turns
    /// before are through.
    /// </summary>
    internal bool CountsTurns { get; set; }

    /// <summary>How many rows this one has taken in the turns before a turn.</summary>
    internal long RowsBefore(long turn)
    {
        long rows = 0;
        foreach ((long one, long count) in _turns)
            rows += one < turn ? count : 0;
        return rows;
    }

    /// <summary>Where quarantined rows go.</summary>
    public IQuarantinedRows? Quarantine { get; set; }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _turns.Clear();
        foreach (Expectation one in _expectations)
            (one.Passed, one.Violated) = (0, 0);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        ulong* violations = Judge(batch, out ulong any);
        if ((any & _fails) != 0)
            throw Failure(batch, violations);
        if (CountsTurns && _fails != 0)
            _turns.Add((Context.Turn, batch.Length));
        if ((any & _leaves) == 0)
        {
            Pass(batch);
            return;
        }

        int kept = Select(batch, violations);
        if (_quarantined.Count > 0)
        {
            Quarantine?.Take(
                batch, _rowColumns, _row, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_quarantined),
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_reasons), _expectations);
        }

        if (kept > 0)
            PassRows(batch, new ReadOnlySpan<int>(_kept.Pointer, kept));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _violations.Release();
        _kept.Release();
        base.Dispose();
    }

    private static NativeBuffer Room(NativeBuffer buffer, nint bytes)
    {
        if (buffer.Capacity >= bytes)
            return buffer;
        buffer.Release();
        return NativeBuffer.Rent(bytes);
    }

    /// <summary>For each row the expectations it violates.</summary>
    private ulong* Judge(ColumnBatch batch, out ulong any)
    {
        _violations = Room(_violations, (nint)batch.Length * sizeof(ulong));
        ulong* violations = (ulong*)_violations.Pointer;
        new Span<ulong>(violations, batch.Length).Clear();
        any = 0;
        for (int i = 0; i < _expectations.Length; i++)
        {
            BoolColumn holds = (BoolColumn)batch[_expectations[i].Column];
            bool hasNulls = holds.NullCount > 0;
            ulong bit = 1UL << i;
            long violated = 0;
            for (int row = 0; row < batch.Length; row++)
            {
                if (holds[row] && !(hasNulls && holds.IsNull(row)))
                    continue;
                violations[row] |= bit;
                violated++;
            }

            any |= violated > 0 ? bit : 0;
            _expectations[i].Violated += violated;
            _expectations[i].Passed += batch.Length - violated;
        }

        return violations;
    }

    /// <summary>Parts the rows: those that go on, those for the quarantine, and the rest, which is dropped.</summary>
    private int Select(ColumnBatch batch, ulong* violations)
    {
        _quarantined.Clear();
        _reasons.Clear();
        _kept = Room(_kept, (nint)batch.Length * sizeof(int));
        int* kept = (int*)_kept.Pointer;
        int count = 0;
        for (int row = 0; row < batch.Length; row++)
        {
            ulong violated = violations[row];
            if ((violated & _leaves) == 0)
            {
                kept[count++] = row;
            }
            else if ((violated & _quarantines) != 0)
            {
                _quarantined.Add(row);
                _reasons.Add(violated);
            }
        }

        Counts.Quarantined += _quarantined.Count;
        Counts.Dropped += batch.Length - count - _quarantined.Count;
        return count;
    }

    private void Pass(ColumnBatch batch)
    {
        ColumnBatch output = Pool.Rent();
        for (int i = 0; i < _columns.Length; i++)
            output.Share(i, batch[_columns[i]]);
        output.Length = batch.Length;
        if (_tracksOrigin && Context.CaptureLate)
            output.SetOriginThrough(batch);
        Emit(output);
    }

    private void PassRows(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        ColumnBatch output = Pool.Rent();
        for (int i = 0; i < _columns.Length; i++)
            output[i].Gather(batch[_columns[i]], rows);
        output.Length = rows.Length;
        if (_tracksOrigin && Context.CaptureLate)
            output.SetOriginThrough(batch, rows);
        Emit(output);
    }

    private Exception Failure(ColumnBatch batch, ulong* violations)
    {
        int row = 0;
        while ((violations[row] & _fails) == 0)
            row++;
        Expectation first = _expectations[System.Numerics.BitOperations.TrailingZeroCount(violations[row] & _fails)];
        StringBuilder text = new();
        for (int i = 0; i < _rowColumns.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(_row.Fields[i].Name).Append(" = ")
                .Append(ColumnText.ToManaged(batch[_rowColumns[i]], row) ?? "null");
        }

        if (!CountsTurns)
            return Failure(Context.Turn < 0 ? $"row {Counts.In - batch.Length + row + 1}" : "a row", first, text.ToString());
        long inTurn = row + 1;
        foreach ((long turn, long rows) in _turns)
            inTurn += turn == Context.Turn ? rows : 0;
        return new ViolationInTurn(Name, inTurn, number => Failure($"row {number}", first, text.ToString()));
    }

    private StreamingQueryException Failure(string which, Expectation violated, string row) => new(
        "expectation-violated",
        $"Batch {Context.Id}: {which} of '{Name}' violates the expectation '{violated.Name}' ({violated.Text}): {row}. Nothing of the batch is written. Put the row right at its source, or let the expectation drop or quarantine such rows.",
        null);
}

/// <summary>A row of a worker violates an expectation. Which row of all it is only the thread of the query can say.</summary>
/// <param name="name">The operator.</param>
/// <param name="rowInTurn">Which of the rows that the operator takes in the turn, from 1.</param>
/// <param name="tell">What is told, by the number of the row.</param>
internal sealed class ViolationInTurn(string name, long rowInTurn, Func<long, Exception> tell) : Exception
{
    /// <summary>What is told.</summary>
    /// <param name="workers">What the workers have of the operators, each as it was when all turns before were through.</param>
    /// <param name="turn">The turn.</param>
    internal Exception Told(IEnumerable<Operator> workers, long turn) =>
        tell(rowInTurn + workers.OfType<ExpectOperator>().Where(one => one.Name == name).Sum(one => one.RowsBefore(turn)));
}
