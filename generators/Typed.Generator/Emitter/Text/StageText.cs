using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Text;

/// <summary>What a stage does: a step for each filter and each computed value.</summary>
internal static class StageText
{
    /// <param name="stage">The stage.</param>
    /// <param name="tier">The tier of an expression; empty for nothing to be said of it.</param>
    public static IEnumerable<StepSheet> Of(StageOp stage, Func<ExprSpec, string> tier) =>
        Of(stage, (value, step) => step with { Tier = tier(value) });

    /// <param name="stage">The stage.</param>
    /// <param name="tiered">A step with what is to be said of the tier of its expression.</param>
    public static IEnumerable<StepSheet> Of(StageOp stage, Func<ExprSpec, StepSheet, StepSheet> tiered)
    {
        foreach (ExprSpec filter in stage.Filters)
            yield return tiered(filter, new StepSheet("keeps rows where " + ExprText.Of(filter)));
        for (int i = 0; i < stage.Values.Count; i++)
        {
            if (stage.Values[i] is not ColumnExpr)
                yield return tiered(stage.Values[i], new StepSheet(stage.Output.Columns[i].Name + " = " + ExprText.Of(stage.Values[i])));
        }
    }
}
