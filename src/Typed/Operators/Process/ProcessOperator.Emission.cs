using Typed.Columns;

namespace Typed.Operators;

/// <content>What handlers emit: collected as rows, written as columns some hundred at a time.</content>
public abstract unsafe partial class ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
{
    private const int RowsAtATime = 256;
    private const int OutputRows = 8192;
    private readonly TOut[] _emitted = new TOut[RowsAtATime];
    private readonly int[] _emittedBy = new int[RowsAtATime];
    private int _emittedCount;
    private ColumnBatch? _output;

    /// <summary>How many rows were emitted in the life of the operator.</summary>
    private protected long EmittedRows { get; private set; }

    private protected void EmitRow(TOut row)
    {
        if (Memory.Group < 0)
            throw new StreamingQueryException("tws-no-implicit-key", "Emit was called outside of a call for a key. Emit in the handlers only.");
        if (_emittedCount == RowsAtATime)
            WriteRows();
        _emitted[_emittedCount] = row;
        _emittedBy[_emittedCount++] = Memory.Group;
        EmittedRows++;
    }

    private void FlushRows()
    {
        WriteRows();
        PushOutput();
    }

    private void WriteRows()
    {
        if (_emittedCount == 0)
            return;
        ColumnBatch output = _output ??= Pool.Rent();
        int length = output.Length;
        for (int i = 0; i < _emittedCount; i++)
        {
            try
            {
                TRows.Append(_emitted[i], output);
            }
            catch (Exception e)
            {
                throw EmissionFailure(e, _emitted[i], _emittedBy[i]);
            }
        }

        output.Length = length + _emittedCount;
        if (Settings.OutputTimeColumn >= 0)
            CheckTimes(output, length);
        if (System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<TOut>())
            Array.Clear(_emitted, 0, _emittedCount);
        _emittedCount = 0;
        if (output.Length >= OutputRows)
            PushOutput();
    }

    /// <summary>Refuses rows which would be late for whoever reads them (semantics 10.8).</summary>
    private void CheckTimes(ColumnBatch output, int from)
    {
        Column time = output[Settings.OutputTimeColumn];
        long* times = EventTimes.Of(time);
        for (int row = from; row < output.Length; row++)
        {
            if (times[row] > LateWatermark || time.IsNull(row))
                continue;
            StreamingQueryException error = new(
                "emitted-row-older-than-watermark",
                $"A row was emitted with the event time {Instant.FromMicros(times[row]):O}, which is not after the watermark {Instant.FromMicros(LateWatermark):O} "
                + "(semantics 10.8). Emit it with a later time, or leave OutputEventTime out.");
            throw EmissionFailure(error, _emitted[row - from], _emittedBy[row - from]);
        }
    }

    private StreamingQueryException EmissionFailure(Exception e, TOut row, int key)
    {
        string place = $"{Memory.Processor} for the key '{KeyText(key)}' in batch {Context.Id}";
        return e is StreamingQueryException { Rule: { } rule }
            ? new StreamingQueryException(rule, $"{e.Message} This was {place}.", e.InnerException)
            : new StreamingQueryException("user-function-failure", $"{place} emitted {row}, which the output does not take: {e.Message}", e);
    }

    private void PushOutput()
    {
        if (_output is not { } output)
            return;
        _output = null;
        Emit(output);
    }

    private void DisposeOutput()
    {
        _output?.Release();
        _output = null;
    }

    /// <inheritdoc/>
    internal override long? NextRelease() => Settings.Time == TimeMode.EventTime && FirstTimer is not long.MaxValue and var time ? time : null;
}
