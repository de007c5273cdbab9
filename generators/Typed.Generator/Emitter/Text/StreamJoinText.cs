using Typed.Plan;

namespace Typed.Generator.Emitter.Text;

/// <summary>A join of two streams in words.</summary>
internal static class StreamJoinText
{
    public static IEnumerable<string> Lines(StreamJoinOp join, PhysicalPlan plan)
    {
        string kind = join.Kind switch
        {
            StreamJoinKind.Inner => "joins both",
            StreamJoinKind.LeftOuter => "joins both, keeping left rows without a match,",
            StreamJoinKind.RightOuter => "joins both, keeping right rows without a match,",
            StreamJoinKind.FullOuter => "joins both, keeping rows of either side without a match,",
            StreamJoinKind.LeftSemi => "keeps left rows that have a match in the right",
            _ => "keeps left rows that have no match in the right",
        };
        yield return $"{kind} on {string.Join(" and ", Keys(join, plan))}";
        if (join.Residual is { } residual)
            yield return "where " + ExprText.Of(residual, "right");
    }

    /// <summary>The columns that must be equal.</summary>
    public static IEnumerable<string> Keys(StreamJoinOp join, PhysicalPlan plan) => join.Keys.Select(key =>
        $"{Row(join, 0, plan).Columns[key.Left].Name} == right.{Row(join, 1, plan).Columns[key.Right].Name}" + (key.NullSafe ? " (null equals null)" : ""));

    private static RowSpec Row(StreamJoinOp join, int input, PhysicalPlan plan) => plan.Operators[join.Inputs[input]].Output;
}
