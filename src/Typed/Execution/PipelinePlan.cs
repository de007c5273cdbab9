using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>A compiled query: what the generator adds to a pipeline class. Not meant to be implemented by hand.</summary>
public abstract class PipelinePlan
{
    /// <summary>The name of the pipeline class.</summary>
    public abstract string Name { get; }

    /// <summary>What is written in each batch.</summary>
    public abstract OutputMode OutputMode { get; }

    /// <summary>The plan in words, as it stands above the generated class.</summary>
    public abstract string Text { get; }

    /// <summary>The rows that come out.</summary>
    public abstract RowSchema Output { get; }

    /// <summary>The streams that the pipeline reads, by parameter name.</summary>
    public abstract IReadOnlyList<PlanInput> Sources { get; }

    /// <summary>The tables that the pipeline looks up, by parameter name.</summary>
    public abstract IReadOnlyList<PlanInput> Tables { get; }

    /// <summary>Makes the operators, inputs before readers.</summary>
    public abstract void Build(OperatorGraph graph);
}

/// <summary>An input of a pipeline.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Schema">The rows.</param>
public sealed record PlanInput(string Name, RowSchema Schema);
