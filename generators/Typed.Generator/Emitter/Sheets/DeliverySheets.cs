using Typed.Generator.Emitter.Expressions;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>How often a row gets into the sink, and what that relies on.</summary>
internal static class DeliverySheets
{
    public static IEnumerable<GuaranteeSheet> Of(PhysicalPlan plan)
    {
        string sink = plan.Pipeline.OutputMode switch
        {
            "Append" => "a sink that takes each batch once (JsonFiles.Out, CsvFiles.Out, or one of your own that knows a batch by its key)",
            "Update" => "a sink that writes each row over the one with its key, or takes each batch once",
            _ => "a sink that puts each result in the place of the one before",
        };
        return
        [
            new GuaranteeSheet("Exactly once", $"with a checkpoint, sources that can be read again, and {sink}"),
            new GuaranteeSheet("At least once", "with a checkpoint and any other sink: a batch that was broken off is written again"),
            new GuaranteeSheet("Not over a restart", "without a checkpoint: a start knows nothing of the one before"),
        ];
    }

    /// <summary>What is outside of the engine, so that a batch that is computed again could differ.</summary>
    public static IEnumerable<string> Conditions(PhysicalPlan plan)
    {
        string[] calls = [.. plan.Operators.SelectMany(Expressions).Select(ExpressionTiers.Reason).Where(reason => reason.Length > 0).SelectMany(reason => reason.Split([", "], StringSplitOptions.None)).Distinct()];
        if (calls.Length > 0)
            yield return $"{string.Join(" and ", calls)} {(calls.Length == 1 ? "has" : "have")} to give the same for the same values: after a crash a batch is computed again.";
        string[] processors = [.. plan.Operators.OfType<ProcessOp>().Select(one => one.Processor.Name).Distinct()];
        if (processors.Length > 0)
            yield return $"The handlers of {string.Join(" and ", processors)} have to do the same for the same rows: after a crash a batch is computed again, and with it what they do outside.";
        string[] tables = [.. plan.Pipeline.Tables.Select(table => table.Name)];
        if (tables.Length > 0)
            yield return $"After a crash a batch that runs again sees {string.Join(" and ", tables)} as {(tables.Length == 1 ? "it is" : "they are")} then.";
    }

    private static IEnumerable<ExprSpec> Expressions(OperatorSpec one) => one switch
    {
        StageOp stage => stage.Filters.Concat(stage.Values),
        TableJoinOp join => Expressions(join.TableStage).Concat(join.Residual is { } residual ? [residual] : []),
        StreamJoinOp { Residual: { } residual } => [residual],
        ObserveOp observe => observe.Values,
        _ => [],
    };
}
