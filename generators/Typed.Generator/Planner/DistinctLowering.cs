using Typed.Generator.Emitter.Text;
using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>Turns a deduplication into its physical form.</summary>
internal static class DistinctLowering
{
    public static int Lower(Lowering lowering, DistinctNode distinct)
    {
        int below = lowering.LowerInput(distinct.Input);
        int columns = lowering.Output(below).Columns.Count;
        (int input, int[] keys) = lowering.Extend(below, distinct.Keys, "Key", distinct.Id);

        // Semantics 2.3.4 asks for the event time of the input; 5.2 for that among the keys, which may have been computed for them.
        HashSet<int> marks = lowering.Watermarked(input);
        int time = Enumerable.Range(0, columns).Where(marks.Contains).DefaultIfEmpty(-1).First();
        int expiry = distinct.WithinWatermark ? time : keys.Where(marks.Contains).DefaultIfEmpty(-1).First();
        long delay = distinct.WithinWatermark && time >= 0 ? WatermarkFlow.DelayMillis(distinct.Input, time) ?? 0 : 0;
        return lowering.Add(
            new DistinctOp(0, "", distinct.Row, EquatableArray.Of(input))
            {
                Keys = keys.ToEquatable(),
                KeyNames = distinct.Keys.Select((key, i) => key is ColumnExpr column ? column.Name : lowering.Output(input).Columns[keys[i]].Name).ToEquatable(),
                KeyTexts = distinct.Keys.Select(ExprText.Exact).ToEquatable(),
                Columns = Enumerable.Range(0, columns).ToEquatable(),
                TimeColumn = time,
                ExpiryColumn = expiry,
                DelayMicros = delay * 1000,
                WithinWatermark = distinct.WithinWatermark,
                Node = distinct.Id,
            },
            [.. marks.Where(mark => mark < columns)]);
    }
}
