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

    /// <summary>What comes out: one for Define, or one for each method marked [Output].</summary>
    public abstract IReadOnlyList<PlanOutput> Outputs { get; }

    /// <summary>The streams that the pipeline reads, by parameter name.</summary>
    public abstract IReadOnlyList<PlanInput> Sources { get; }

    /// <summary>The tables that the pipeline looks up, by parameter name.</summary>
    public abstract IReadOnlyList<PlanInput> Tables { get; }

    /// <summary>Where state goes that memory has no room for, if the query has a checkpoint and its options do not say it; null if all stays in memory.</summary>
    public virtual StateStore? DefaultState => null;

    /// <summary>Makes the operators, inputs before readers.</summary>
    public abstract void Build(OperatorGraph graph);
}

/// <summary>An output of a pipeline.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="Schema">The rows.</param>
public sealed record PlanOutput(string Name, RowSchema Schema);

/// <summary>An input of a pipeline.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Schema">The rows.</param>
public sealed record PlanInput(string Name, RowSchema Schema);
