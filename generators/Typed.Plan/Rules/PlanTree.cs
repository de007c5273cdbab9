namespace Typed.Plan;

/// <summary>Ways through a plan.</summary>
internal static class PlanTree
{
    /// <summary>All nodes below a node, without it, nearest first.</summary>
    public static IEnumerable<NodeSpec> Below(NodeSpec node)
    {
        foreach (NodeSpec input in node.Inputs)
        {
            yield return input;
            foreach (NodeSpec below in Below(input))
                yield return below;
        }
    }

    /// <summary>A node and all below it.</summary>
    public static IEnumerable<NodeSpec> From(NodeSpec node) => Below(node).Prepend(node);
}
