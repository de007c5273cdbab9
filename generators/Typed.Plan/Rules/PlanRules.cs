namespace Typed.Plan;

/// <summary>What a plan must be for its query to start and to mean what it says: pure functions of the spec.</summary>
internal static partial class PlanRules
{
    /// <summary>Everything that is wrong with a plan, or worth saying about it.</summary>
    public static IReadOnlyList<Finding> Check(PipelineSpec pipeline)
    {
        List<Finding> findings = [];
        return findings;
    }
}
