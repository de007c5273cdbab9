using Typed.Generator.Emitter.Sheets;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Text;

/// <summary>A physical plan in words: what each operator does, in the order in which rows pass them.</summary>
internal static class PlanText
{
    /// <param name="plan">The plan.</param>
    /// <param name="stages">What to say of the expressions of a stage: how each one is computed.</param>
    public static string Of(PhysicalPlan plan, Func<StageOp, IEnumerable<StepSheet>> stages) => TextPlan.Operators(PlanSheets.Of(plan, stages));
}
