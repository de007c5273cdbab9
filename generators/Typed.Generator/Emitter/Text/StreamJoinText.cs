using System.Globalization;
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
        yield return "state: left rows " + Until(join, join.Left, 0, plan);
        yield return "state: right rows " + Until(join, join.Right, 1, plan);
    }

    /// <summary>The columns that must be equal.</summary>
    public static IEnumerable<string> Keys(StreamJoinOp join, PhysicalPlan plan) => join.Keys.Select(key =>
        $"{Row(join, 0, plan).Columns[key.Left].Name} == right.{Row(join, 1, plan).Columns[key.Right].Name}" + (key.NullSafe ? " (null equals null)" : ""));

    private static string Until(StreamJoinOp join, JoinSideSpec side, int input, PhysicalPlan plan)
    {
        RowSpec row = Row(join, input, plan);
        if (join.EvictionKey >= 0)
        {
            JoinKeySpec key = join.Keys[join.EvictionKey];
            return $"until the watermark passes {row.Columns[input == 0 ? key.Left : key.Right].Name}";
        }

        if (side.StateCapMillis is { } cap && side.TimeColumn >= 0)
            return $"until the watermark passes {row.Columns[side.TimeColumn].Name}, and for ever after second {(cap / 1000m).ToString(CultureInfo.InvariantCulture)} of 1970 (semantics 6.2.9)";
        if (side.StateDelayMillis is not { } delay || side.TimeColumn < 0)
            return "for ever";
        // A row at W less the delay goes: one millisecond more than is written stands for <= (semantics 6.2.2).
        bool isInclusive = delay % 1000 == 1;
        long written = isInclusive ? delay - 1 : delay;
        string after = written == 0 ? "" : $" {DurationWording.Of(Math.Abs(written) * 1000)} {(written > 0 ? "after" : "before")}";
        return $"until the watermark {(isInclusive ? "passes" : "reaches")}{after} {row.Columns[side.TimeColumn].Name}";
    }

    private static RowSpec Row(StreamJoinOp join, int input, PhysicalPlan plan) => plan.Operators[join.Inputs[input]].Output;
}
