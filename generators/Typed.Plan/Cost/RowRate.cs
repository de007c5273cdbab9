namespace Typed.Plan;

/// <summary>
/// How many rows come each second of event time, at most where filters stand: by [Rate] on the inputs. Of a join it is taken that a row finds one match.
/// </summary>
internal static class RowRate
{
    public static Figure Of(NodeSpec node, PipelineSpec pipeline) => node switch
    {
        SourceNode source => pipeline.Sources[source.Source] is var input && input.RowsPerSecond > 0 ? Figure.Of(input.RowsPerSecond) : Figure.Without($"[Rate] on {input.Name}"),
        UnionNode union => Of(union.Left, pipeline).Plus(Of(union.Right, pipeline)),
        StreamJoinNode join => join.Kind.GivesLeftOnly() ? Of(join.Left, pipeline) : Greater(Of(join.Left, pipeline), Of(join.Right, pipeline)),
        AggregateNode { Window: { Session: null, SlideMicros: > 0 } window } aggregate => DistinctValues.Of(aggregate.Keys, aggregate.Input).Times(1e6 / window.SlideMicros)
            .AtMost(Of(aggregate.Input, pipeline).Times(Math.Max(1, (double)window.SizeMicros / window.SlideMicros))),

        // How many rows an element of a list becomes, and how many a processor emits, no hint says.
        FlattenNode or ProcessNode => Figure.Unknowable,
        UnaryNode unary => Of(unary.Input, pipeline),
        _ => Figure.Unknowable,
    };

    private static Figure Greater(Figure one, Figure other) => one.Plus(other) is { Value: null } unknown ? unknown : Figure.Of(Math.Max(one.Value!.Value, other.Value!.Value));
}
