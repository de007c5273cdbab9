using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <summary>
/// Custom state (semantics 9, 10). Handlers get whole rows, so every column of the input is read; what is computed for the key stands behind them.
/// </summary>
internal sealed class ProcessLowering(Lowering lowering)
{
    public int Lower(ProcessNode process)
    {
        int below = lowering.LowerInput(process.Input);
        RowSpec row = lowering.Output(below);
        List<ExprSpec> added = [.. process.Keys];

        // The end of a window is its event time (semantics 2.1.1).
        int marked = lowering.Watermarked(below).DefaultIfEmpty(-1).Min();
        bool isWindow = marked >= 0 && row.Columns[marked].Type.Is(FieldKind.Window);
        if (isWindow)
        {
            ColumnSpec window = row.Columns[marked];
            added.Add(new MemberExpr(TypeSpec.Of(FieldKind.Timestamp, window.Type.Nullable), new ColumnExpr(window.Type, 0, marked, window.Name), "End"));
        }

        (int input, int[] places) = lowering.Extend(below, added, "Key", process.Id);
        int outputTime = process.Processor.OutputEventTime is { } name ? Ordinal(process.Row, name) : -1;
        return lowering.Add(
            new ProcessOp(0, "", process.Row, EquatableArray.Of(input))
            {
                Processor = process.Processor,
                Instance = process.Instance,
                States = process.States,
                UserName = process.Name,
                // As it was written: a selection that only gives the columns another row type has no operator of its own.
                InputRow = process.Input.Row,
                InputColumns = Enumerable.Range(0, row.Columns.Count).ToEquatable(),
                KeyRow = process.KeyRow,
                Keys = places.Take(process.Keys.Count).ToEquatable(),
                KeyTexts = process.Keys.Select(ExprText.Exact).ToEquatable(),
                TimeColumn = isWindow ? places[places.Length - 1] : marked,
                HasWatermark = PlanTree.Below(process).Any(node => node is WatermarkNode),
                OutputTimeColumn = outputTime,
                Initial = process.Initial,
                Node = process.Id,
            },
            marked >= 0 && outputTime >= 0 ? [outputTime] : []);
    }

    private static int Ordinal(RowSpec row, string name)
    {
        for (int i = 0; i < row.Columns.Count; i++)
        {
            if (row.Columns[i].Name == name)
                return i;
        }

        return -1;
    }
}
