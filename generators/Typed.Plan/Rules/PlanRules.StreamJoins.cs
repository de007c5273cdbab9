using System.Globalization;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>The rules on joins of two streams (semantics 6.2, the table of 3, 20). What is wrong first hides what follows from it.</summary>
internal static partial class PlanRules
{
    private static readonly string[] Sides = ["the left stream", "the right stream"];

    private static void CheckStreamJoin(PipelineSpec pipeline, StreamJoinNode join, List<Finding> findings)
    {
        string name = NameOf(join.Kind);
        JoinTime time = JoinTime.Of(join);
        if (WhyNotInMode(pipeline.OutputMode, join.Kind) is { } reason)
        {
            findings.Add(Found(StreamJoinDiagnostics.OutputMode, join.Id, PlanPlaces.Operator, name, pipeline.OutputMode.ToLowerInvariant(), reason));
            return;
        }

        // Semantics 20.1.
        if (pipeline.OutputMode != "Append" && PlanTree.Below(join).Any(PlanTree.KeepsResult))
            findings.Add(Found(StateDiagnostics.AggregationOfChanges, join.Id, PlanPlaces.Operator, name, pipeline.OutputMode.ToLowerInvariant()));
        CheckEventTimes(join, name, time, findings);
        if (!time.HasEquality)
            findings.Add(Found(StreamJoinDiagnostics.WithoutEquality, join.Id, "on", name));

        if (HasMonths(join, name, findings))
            return;
        if (Unbounded(join.Kind, time) is { } rule)
        {
            int side = join.Kind == StreamJoinKind.RightOuter ? 1 : 0;
            (string why, string wayOut) = WhyUnbounded(join, time, side);
            findings.Add(Found(rule, join.Id, PlanPlaces.Operator, name, why, wayOut));
            return;
        }

        CheckState(pipeline, join, name, time, findings);
        CheckRange(join, name, time, findings);
        CheckConstants(join, name, time, findings);
    }

    private static string? WhyNotInMode(string mode, StreamJoinKind kind) => mode switch
    {
        "Append" => null,
        "Update" => kind is StreamJoinKind.Inner or StreamJoinKind.LeftSemi
            ? null
            : "a row without a match is written once it is settled, and never changes",
        _ => "it would have to write all pairs there have ever been again in each batch",
    };

    // Semantics 2.1.11.
    private static void CheckEventTimes(StreamJoinNode join, string name, JoinTime time, List<Finding> findings)
    {
        for (int side = 0; side < 2; side++)
        {
            IReadOnlyList<int> marked = time.Marked(side);
            if (marked.Count > 1)
            {
                RowSpec row = join.Inputs[side].Row;
                findings.Add(Found(
                    StreamJoinDiagnostics.SeveralEventTimes, join.Id, PlanPlaces.Operator, name,
                    string.Join(" and ", marked.Select(column => "'" + row.Columns[column].Name + "'")) + " of " + Sides[side]));
            }
        }
    }

    // Semantics 6.2.7.
    private static DiagnosticRule? Unbounded(StreamJoinKind kind, JoinTime time) => kind switch
    {
        StreamJoinKind.LeftOuter when !time.HasBound(0) => StreamJoinDiagnostics.LeftUnbounded,
        StreamJoinKind.RightOuter when !time.HasBound(1) => StreamJoinDiagnostics.RightUnbounded,
        StreamJoinKind.FullOuter when !time.HasBound(0) && !time.HasBound(1) => StreamJoinDiagnostics.FullUnbounded,
        StreamJoinKind.LeftSemi when !time.HasBound(0) => StreamJoinDiagnostics.SemiUnbounded,
        StreamJoinKind.LeftAnti when !time.HasBound(0) => StreamJoinDiagnostics.AntiUnbounded,
        _ => null,
    };

    private static (string Reason, string WayOut) WhyUnbounded(StreamJoinNode join, JoinTime time, int side)
    {
        if (time.Marked(1 - side).Count == 0)
        {
            return (
                $"{Sides[1 - side]} has no watermark, so a match may come at any time",
                "Call WithWatermark on both streams and bound the time between the rows");
        }

        string own = "the event time of " + Sides[side];
        string other = "the event time of " + Sides[1 - side];
        IReadOnlyList<int> marked = time.Marked(side);
        if (marked.Count > 0)
        {
            string[] rows = ["left", "right"];
            own = rows[side] + "." + join.Inputs[side].Row.Columns[marked[0]].Name;
            other = rows[1 - side] + "." + join.Inputs[1 - side].Row.Columns[time.Marked(1 - side)[0]].Name;
        }

        return (
            $"the condition does not say how long after a row of {Sides[side]} a match may come",
            $"Add a bound such as {other} <= {own} + Minutes(10), of a constant length, or make the event time a part of the key");
    }

    private static void CheckState(PipelineSpec pipeline, StreamJoinNode join, string name, JoinTime time, List<Finding> findings)
    {
        bool[] evicts = [time.Evicts(0), time.Evicts(1)];
        if (join.Kind == StreamJoinKind.FullOuter)
        {
            for (int side = 0; side < 2; side++)
            {
                if (time.HasBound(side) && !evicts[side])
                    findings.Add(Found(StreamJoinDiagnostics.PreservedWithoutWatermark, join.Id, PlanPlaces.Operator, name, Sides[side]));
                else if (!evicts[side])
                    findings.Add(Found(StreamJoinDiagnostics.FullOneSide, join.Id, PlanPlaces.Operator, name, Sides[side], WhyKept(join, time, side)));
            }

            return;
        }

        int preserved = join.Kind switch
        {
            StreamJoinKind.Inner => -1,
            StreamJoinKind.RightOuter => 1,
            _ => 0,
        };
        if (preserved >= 0 && !evicts[preserved])
            findings.Add(Found(StreamJoinDiagnostics.PreservedWithoutWatermark, join.Id, PlanPlaces.Operator, name, Sides[preserved]));
        int[] kept = [.. new[] { 0, 1 }.Where(side => side != preserved && !evicts[side])];
        if (kept.Length > 0)
        {
            string which = kept.Length == 2 ? "both streams" : Sides[kept[0]];
            findings.Add(Found(StreamJoinDiagnostics.KeptForEver, join.Id, PlanPlaces.Operator, name, which + HowMuch(pipeline, join, kept), WhyKept(join, time, kept[0])));
        }
    }

    private static string WhyKept(StreamJoinNode join, JoinTime time, int side)
    {
        if (time.HasBound(side))
            return $"they leave by a watermark, and {Sides[side]} has none. Call WithWatermark on it";
        (string reason, string wayOut) = WhyUnbounded(join, time, side);
        return $"{reason}. {wayOut}";
    }

    // Semantics 6.2.4: the state goes by the event time, whatever column the range is over.
    private static void CheckRange(StreamJoinNode join, string name, JoinTime time, List<Finding> findings)
    {
        if (time.KeyIsMarked)
            return;
        for (int side = 0; side < 2; side++)
        {
            IReadOnlyList<int> marked = time.Marked(side);
            if (marked.Count == 0)
                continue;
            TimeBound? other = time.Bounds.FirstOrDefault(bound => bound.BoundsSide(side, [.. time.Marked(1 - side)]) && !marked.Contains(bound.Later.Column.Ordinal));
            if (other is not null)
            {
                string eventTime = join.Inputs[side].Row.Columns[marked[0]].Name;
                findings.Add(Found(StreamJoinDiagnostics.RangeOnOtherColumn, join.Id, "on", name, other.Later.Column.Name, eventTime));
            }
        }
    }

    private static bool HasMonths(StreamJoinNode join, string name, List<Finding> findings)
    {
        int before = findings.Count;
        foreach (ExprSpec conjunct in JoinCondition.Conjuncts(join.On))
        {
            CallExpr? months = conjunct is BinaryExpr { Operator: "<" or "<=" or ">" or ">=" } && JoinCondition.Reads(conjunct, 0) && JoinCondition.Reads(conjunct, 1)
                ? conjunct.Nodes().OfType<CallExpr>().FirstOrDefault(call => call.Arguments.Count == 2 && call.Arguments[0].Type.Is(FieldKind.Timestamp)
                    && (call.Method.EndsWith(".AddMonths", StringComparison.Ordinal) || call.Method.EndsWith(".AddYears", StringComparison.Ordinal)))
                : null;
            if (months is not null)
                findings.Add(Found(StreamJoinDiagnostics.Months, join.Id, "on", name, months.Method.Substring(months.Method.LastIndexOf('.') + 1)));
        }

        return findings.Count > before;
    }

    // Semantics 6.2.9.
    private static void CheckConstants(StreamJoinNode join, string name, JoinTime time, List<Finding> findings)
    {
        if (time.KeyIsMarked || time.LeftMarked.Count == 0 || time.RightMarked.Count == 0 || join.Kind == StreamJoinKind.LeftAnti)
            return;
        for (int side = 0; side < 2; side++)
        {
            bool preserved = side == 0 ? join.Kind.PreservesLeft() : join.Kind.PreservesRight();
            if (preserved && TimeBound.StateCapMillis(time.Bounds, side) is { } cap)
            {
                string seconds = (cap / 1000m).ToString(CultureInfo.InvariantCulture);
                findings.Add(Found(StreamJoinDiagnostics.HeldBackByConstant, join.Id, "on", name, Sides[side], seconds));
            }
        }
    }

    private static string NameOf(StreamJoinKind kind) => kind switch
    {
        StreamJoinKind.LeftOuter => "LeftJoin",
        StreamJoinKind.RightOuter => "RightJoin",
        StreamJoinKind.FullOuter => "FullJoin",
        StreamJoinKind.LeftSemi => "SemiJoin",
        StreamJoinKind.LeftAnti => "AntiJoin",
        _ => "Join",
    };
}
