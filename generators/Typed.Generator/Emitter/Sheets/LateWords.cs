using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>What is late to an operator (semantics 2.3).</summary>
internal static class LateWords
{
    /// <summary>In words; empty where nothing is late.</summary>
    public static string Of(OperatorSpec one, PhysicalPlan plan)
    {
        bool isComplete = plan.Pipeline.OutputMode == "Complete";
        return one switch
        {
            // Sessions drop late rows in complete mode too (semantics 2.3.7).
            AggregateOp { Session: not null, WindowIsWatermarked: true } => "rows whose session, if they were alone in it, has ended at or before the watermark",
            AggregateOp { WindowIsWatermarked: true } when !isComplete => "rows of windows that end at or before the watermark",
            AggregateOp { WatermarkKey: >= 0 } aggregate when !isComplete => Rows(Input(0).Columns[aggregate.Keys[aggregate.WatermarkKey]]),
            TopOp { WatermarkKey: >= 0 } top when !isComplete => Rows(Input(0).Columns[top.Keys[top.WatermarkKey]]),
            DistinctOp { TimeColumn: >= 0 } distinct => Rows(Input(0).Columns[distinct.TimeColumn]),
            ProcessOp { DropsLateRows: true, TimeColumn: >= 0 } process => Rows(Input(0).Columns[process.TimeColumn]),
            StreamJoinOp join => string.Join("; ", Side("left ", join.Left, 0).Concat(Side("right ", join.Right, 1))),
            _ => "",
        };

        RowSpec Input(int number) => plan.Operators[one.Inputs[number]].Output;

        IEnumerable<string> Side(string name, JoinSideSpec side, int number) => side.TimeColumn < 0 ? [] : [name + Rows(Input(number).Columns[side.TimeColumn])];
    }

    private static string Rows(ColumnSpec time) => $"rows whose {time.Name} {(time.Type.Is(FieldKind.Window) ? "ends" : "is")} at or before the watermark";
}
