using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>Turns the first rows of groups into their physical form.</summary>
internal static class TopLowering
{
    public static int Lower(Lowering lowering, TopNode top)
    {
        int below = lowering.LowerInput(top.Input);
        RowSpec row = lowering.Output(below);
        int columns = row.Columns.Count;
        (int input, int[] places) = lowering.Extend(below, [.. top.Keys, top.By], "Key", top.Id);
        int[] keys = [.. places.Take(top.Keys.Count)];
        HashSet<int> marks = lowering.Watermarked(input);
        ColumnExpr rank = new(TypeSpec.Of(Schema.FieldKind.Int32), 0, columns, "Rank");
        int lowered = lowering.Add(
            new TopOp(0, "", top.IsRanked ? Lowering.RowOf([.. row.Columns, new ColumnSpec(rank.Name, rank.Type)]) : row, EquatableArray.Of(input))
            {
                Keys = keys.ToEquatable(),
                By = places[^1],
                KeyNames = top.KeyNames,
                KeyTexts = top.Keys.Select(ExprText.Exact).ToEquatable(),
                ByName = top.By is ColumnExpr by ? by.Name : "a computed value",
                ByText = ExprText.Exact(top.By),
                Columns = Enumerable.Range(0, columns).ToEquatable(),
                Count = top.Count,
                IsLast = top.IsLast,
                WatermarkKey = Array.FindIndex(keys, marks.Contains),
                TtlMicros = top.TtlMicros,
                HasRank = top.IsRanked,
                Node = top.Id,
            },
            [.. keys.Where(key => key < columns && marks.Contains(key))]);
        return top.IsRanked
            ? lowering.Stage(
                lowered,
                top.Row,
                [],
                top.Values.Select(value => value.SpellRows(0, top.Input.Row).Replace(part => part is LocalExpr { Id: TopNode.RankLocal } ? rank : null).Simplify()),
                top.Id)
            : lowered;
    }
}
