using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>Expectations: whether each holds becomes a boolean column, computed in the stage before.</summary>
internal static class ExpectLowering
{
    public static int Lower(Lowering lowering, ExpectNode expect)
    {
        int below = lowering.LowerInput(expect.Input);
        RowSpec row = lowering.Output(below);
        (int input, int[] places) = lowering.Extend(below, [.. expect.Expectations.Select(one => one.Holds)], "Holds", expect.Id);
        bool needsRow = expect.Expectations.Any(one => one.NeedsRow);
        int[] columns = [.. Enumerable.Range(0, row.Columns.Count)];
        return lowering.Add(
            new ExpectOp(0, "", row, EquatableArray.Of(input))
            {
                Expectations = expect.Expectations.Select((one, i) => new ExpectedColumnSpec(one.Name, places[i], one.Holds, one.OnViolation)).ToEquatable(),
                Columns = columns.ToEquatable(),
                ExpectedRow = needsRow ? expect.Row : Lowering.RowOf([]),
                RowColumns = needsRow ? columns.ToEquatable() : EquatableArray<int>.Empty,
                Node = expect.Id,
            },
            [.. lowering.Watermarked(below)]);
    }
}
