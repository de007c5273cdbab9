using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// One row for each element of a list; a null or an empty list gives no row. The output is some columns of the input, repeated, and
/// the element. The elements of a batch lie one after the other already: they are shared or copied in one piece.
/// </summary>
public sealed unsafe class FlattenOperator : Operator
{
    private readonly int _list;
    private readonly int[] _columns;
    private readonly bool _hasElement;
    private readonly bool _tracksOrigin;
    private NativeBuffer? _rows;

    /// <summary>Makes the operator.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The columns that are passed on and, if wanted, the element.</param>
    /// <param name="list">The column of the list.</param>
    /// <param name="columns">The columns of the input that are passed on.</param>
    /// <param name="hasElement">Whether the element is the last column of the output.</param>
    /// <param name="tracksOrigin">Whether late rows are traced back through the operator.</param>
    public FlattenOperator(string name, RowSchema output, int list, int[] columns, bool hasElement, bool tracksOrigin)
        : base(name, output)
    {
        if (output.Fields.Count != columns.Length + (hasElement ? 1 : 0))
            throw new ArgumentException($"{name} gives {output.Fields.Count} columns but is told of {columns.Length}.", nameof(columns));
        (_list, _columns, _hasElement, _tracksOrigin) = (list, columns, hasElement, tracksOrigin);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        ListColumn list = (ListColumn)batch[_list];
        int first = list.Start(0);
        int total = list.Start(batch.Length) - first;
        int* rows = Repeat(list, batch.Length, total, out int without);
        Counts.Filtered += without;
        Counts.FannedOut += total - (batch.Length - without);
        if (total == 0)
            return;

        ColumnBatch output = Pool.Rent();
        ReadOnlySpan<int> repeated = new(rows, total);
        for (int i = 0; i < _columns.Length; i++)
            output[i].Gather(batch[_columns[i]], repeated);
        if (_hasElement)
        {
            if (first == 0 && list.Elements.Length == total)
                output.Share(_columns.Length, list.Elements);
            else
                output[_columns.Length].AppendRange(list.Elements, first, total);
        }

        output.Length = total;
        if (_tracksOrigin && Context.CaptureLate)
            output.SetOriginThrough(batch, repeated);
        Emit(output);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rows?.Release();
        _rows = null;
        base.Dispose();
    }

    /// <summary>The row of the input for each row of the output.</summary>
    private int* Repeat(ListColumn list, int length, int total, out int without)
    {
        if (_rows is null || _rows.Capacity < (nint)total * sizeof(int))
        {
            _rows?.Release();
            _rows = NativeBuffer.Rent((nint)total * sizeof(int));
        }

        int* rows = (int*)_rows.Pointer;
        int* offsets = list.Offsets;
        int next = 0;
        without = 0;
        for (int row = 0; row < length; row++)
        {
            int count = offsets[row + 1] - offsets[row];
            without += count == 0 ? 1 : 0;
            for (int i = 0; i < count; i++)
                rows[next++] = row;
        }

        return rows;
    }
}
