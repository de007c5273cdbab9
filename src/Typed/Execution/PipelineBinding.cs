using Typed.Connect;

namespace Typed.Execution;

/// <summary>A pipeline and all that it is bound to. Made by generated code.</summary>
/// <param name="Plan">The compiled pipeline.</param>
/// <param name="Sources">One for each stream of the pipeline, in order.</param>
/// <param name="Tables">One for each table of the pipeline, in order.</param>
public sealed record PipelineBinding(PipelinePlan Plan, IReadOnlyList<SourceBinding> Sources, IReadOnlyList<TableBinding> Tables)
{
    internal IReadOnlyList<SinkBinding> Sinks { get; init; } = [];

    internal Func<SinkContext, ISinkWriter>? OpenLate { get; init; }

    internal Func<SinkContext, ISinkWriter>? OpenDeadLetters { get; init; }

    internal Func<SinkContext, ISinkWriter>? OpenQuarantine { get; init; }
}

/// <summary>A sink of an output, without the type of its records.</summary>
internal sealed record SinkBinding(int Output, object Sink, Func<SinkContext, ISinkWriter> Open);
