using System.Globalization;

namespace Typed.Plan;

/// <summary>State that is kept for ever, and may be: the reason stands in an attribute.</summary>
internal static partial class PlanRules
{
    /// <summary>What is not said where a reason is given.</summary>
    private static readonly string[] Growth =
        [StateDiagnostics.UnboundedGroups.Id, DistinctDiagnostics.Unbounded.Id, DistinctDiagnostics.TopUnbounded.Id, StreamJoinDiagnostics.KeptForEver.Id];

    private static void CheckUnbounded(PipelineSpec pipeline, List<Finding> findings)
    {
        for (int i = 0; i < pipeline.Unbounded.Count; i++)
        {
            UnboundedSpec one = pipeline.Unbounded[i];
            string place = UnboundedPlace(i);
            if (string.IsNullOrWhiteSpace(one.Reason))
                findings.Add(Found(StateDiagnostics.NoReason, -1, place));
            else if (findings.RemoveAll(finding => Growth.Contains(finding.DiagnosticId) && one.Nodes.Contains(finding.Node)) == 0)
                findings.Add(Found(StateDiagnostics.NothingUnbounded, -1, place, one.On));
        }
    }

    /// <summary>How large state becomes that is kept for ever, where hints tell it: text that is put in behind what is kept.</summary>
    private static string HowMuch(PipelineSpec pipeline, NodeSpec node, params int[] states)
    {
        IReadOnlyList<StateCost> costs = StateCost.Of(node, pipeline);
        return states.All(state => costs[state].Bytes is not null) ? $" ({string.Join(", and ", states.Select(state => costs[state].Words))})" : "";
    }

    /// <summary>The name of the place of an attribute.</summary>
    public static string UnboundedPlace(int index) => "unbounded " + index.ToString(CultureInfo.InvariantCulture);
}
