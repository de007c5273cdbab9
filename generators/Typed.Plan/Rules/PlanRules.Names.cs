namespace Typed.Plan;

/// <content>The rules on the names of operators with state.</content>
internal static partial class PlanRules
{
    // What an operator is called that has no name of its own is one of these and a number.
    private static readonly string[] s_kinds =
    [
        "source", "stage", "flatten", "watermark", "aggregate", "union", "distinct", "top", "last", "limit", "sort", "join", "observe", "expect", "process",
    ];

    private static void CheckStateNames(PipelineSpec pipeline, List<Finding> findings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (NodeSpec node in PlanTree.Of(pipeline))
        {
            if (node.GivenName is not { } name)
                continue;
            if (node is LimitNode && pipeline.OutputMode == "Complete" && PlanTree.Below(node).Any(PlanTree.KeepsResult))
                findings.Add(Found(StateDiagnostics.NameWithoutState, node.Id, PipelineParser.NamedPlace, "'Take' in complete mode"));
            if (ProblemOf(name) is { } problem)
                findings.Add(Found(StateDiagnostics.NameText, node.Id, "name", name, problem));
            else if (!names.Add(name))
                findings.Add(Found(ProcessorDiagnostics.SameName, node.Id, "name", name));
        }
    }

    private static string? ProblemOf(string name)
    {
        if (name.Length == 0)
            return "it is empty";
        if (name.FirstOrDefault(one => !char.IsLetterOrDigit(one) && one is not ('-' or '_' or '.')) is var strange and not '\0')
            return $"'{strange}' is none of letters, digits, '-', '_' and '.'";
        return IsGivenName(name) ? null : "operators without a name are called so";
    }

    /// <summary>Whether a name cannot be that of an operator without one: its kind and a number.</summary>
    internal static bool IsGivenName(string name)
    {
        int dash = name.LastIndexOf('-');
        return !(dash > 0 && dash < name.Length - 1 && name.Skip(dash + 1).All(char.IsDigit) && s_kinds.Contains(name.Substring(0, dash), StringComparer.Ordinal));
    }
}
