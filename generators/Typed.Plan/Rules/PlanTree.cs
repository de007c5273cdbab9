namespace Typed.Plan;

/// <summary>Ways through a plan.</summary>
internal static class PlanTree
{
    /// <summary>The nodes whose rows a node reads.</summary>
    public static IEnumerable<NodeSpec> Inputs(NodeSpec node) => node switch
    {
        FilterNode one => [one.Input],
        ProjectNode one => [one.Input],
        FlattenNode one => [one.Input],
        WatermarkNode one => [one.Input],
        AggregateNode one => [one.Input],
        LimitNode one => [one.Input],
        SkipNode one => [one.Input],
        SortNode one => [one.Input],
        ObserveNode one => [one.Input],
        TableJoinNode one => [one.Input],
        UnionNode one => [one.Left, one.Right],
        _ => [],
    };

    /// <summary>All nodes below a node, without it, nearest first.</summary>
    public static IEnumerable<NodeSpec> Below(NodeSpec node)
    {
        foreach (NodeSpec input in Inputs(node))
        {
            yield return input;
            foreach (NodeSpec below in Below(input))
                yield return below;
        }
    }

    /// <summary>A node and all below it.</summary>
    public static IEnumerable<NodeSpec> From(NodeSpec node) => Below(node).Prepend(node);
}
