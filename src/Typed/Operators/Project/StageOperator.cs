using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// The base of generated stages: filters and projections fused into one pass over a batch. First the rows that pass all filters are
/// written to a selection, then each output column is shared, gathered or computed for them. Not meant to be implemented by hand.
/// </summary>
public abstract unsafe class StageOperator : Operator
{
    private readonly bool _tracksOrigin;
    private NativeBuffer? _selection;

    /// <summary>Called by generated code.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The rows that come out.</param>
    /// <param name="tracksOrigin">Whether a stateful operator reads this one, so that late rows are traced back through it.</param>
    protected StageOperator(string name, RowSchema output, bool tracksOrigin)
        : base(name, output) => _tracksOrigin = tracksOrigin;

    /// <inheritdoc/>
    public sealed override void Process(ColumnBatch batch) => Emit(Transform(batch));

    /// <summary>The rows that a batch becomes; the caller releases them. Empty if no row passes.</summary>
    public ColumnBatch Transform(ColumnBatch input)
    {
        int length = input.Length;
        Counts.In += length;
        ColumnBatch output = Pool.Rent();
        try
        {
            SelectedRows room = Selection(length);
            int count = Select(input, room);
            Counts.Filtered += length - count;
            if (count == 0)
                return output;

            SelectedRows rows = room.Prefix(count);
            Compute(input, rows, output);
            output.Length = count;
            if (_tracksOrigin && Context.CaptureLate)
            {
                if (rows.IsAll)
                    output.SetOriginThrough(input);
                else
                    output.SetOriginThrough(input, rows.Span);
            }

            return output;
        }
        catch
        {
            output.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _selection?.Release();
        _selection = null;
        base.Dispose();
    }

    /// <summary>Writes the numbers of the rows that pass, ascending, and returns how many they are.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="selection">Room for the number of each row; need not be filled if all rows pass.</param>
    protected virtual int Select(ColumnBatch input, SelectedRows selection) => input.Length;

    /// <summary>Fills the columns of the output.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="rows">Which of them.</param>
    /// <param name="output">An empty batch.</param>
    protected abstract void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output);

    /// <summary>Passes a column on as it is: shared if all rows passed, else gathered.</summary>
    protected static void Pass(Column column, SelectedRows rows, ColumnBatch output, int ordinal)
    {
        if (rows.IsAll)
            output.Share(ordinal, column);
        else
            output[ordinal].Gather(column, rows.Span);
    }

    private SelectedRows Selection(int rows)
    {
        if (_selection is null || _selection.Capacity < (nint)rows * sizeof(int))
        {
            _selection?.Release();
            _selection = NativeBuffer.Rent((nint)rows * sizeof(int));
        }

        return new SelectedRows((int*)_selection.Pointer, rows);
    }
}
