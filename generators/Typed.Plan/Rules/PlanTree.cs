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

    /// <summary>All nodes of a pipeline, a shared one once, in the order in which they are written.</summary>
    public static IEnumerable<NodeSpec> Of(PipelineSpec pipeline) =>
        pipeline.Outputs.SelectMany(output => From(output.Root)).Distinct(NodeIdentity.Instance).OrderBy(node => node.Id);

    /// <summary>Whether a node keeps a result, of which update mode writes what changed and complete mode all.</summary>
    public static bool KeepsResult(NodeSpec node) => node is AggregateNode or TopNode;

    /// <summary>Whether a node is a stateful operator to the check of chains: a deduplication only by an event time (semantics 20.1).</summary>
    public static bool KeepsState(NodeSpec node) => node switch
    {
        AggregateNode or TopNode or StreamJoinNode or ProcessNode => true,
        DistinctNode distinct => distinct.WithinWatermark || distinct.Keys.Any(key => WatermarkFlow.Carries(key, WatermarkFlow.Columns(distinct.Input))),
        _ => false,
    };
}
