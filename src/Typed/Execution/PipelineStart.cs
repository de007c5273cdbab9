using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>A pipeline of one output with its sources, to be given sinks and started. Each call returns a new value.</summary>
/// <typeparam name="TOut">The rows that come out.</typeparam>
public sealed class PipelineStart<TOut> : BoundPipeline<PipelineStart<TOut>>
{
    /// <summary>Called by the <c>From</c> method that the generator adds to a pipeline.</summary>
    /// <param name="plan">The compiled pipeline.</param>
    /// <param name="sources">One for each stream of the pipeline, in order.</param>
    /// <param name="tables">One for each table of the pipeline, in order.</param>
    public PipelineStart(PipelinePlan plan, IReadOnlyList<SourceBinding> sources, IReadOnlyList<TableBinding> tables)
        : base(new PipelineBinding(plan, sources, tables))
    {
    }

    private PipelineStart(PipelineBinding binding)
        : base(binding)
    {
    }

    /// <summary>Writes the rows to a sink that takes any record. Called again, it adds a sink: all commit each batch, or none does.</summary>
    /// <exception cref="InvalidOperationException">The sink has been given already.</exception>
    public PipelineStart<TOut> To(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return To(0, sink);
    }

    /// <inheritdoc/>
    protected override PipelineStart<TOut> With(PipelineBinding binding) => new(binding);
}

/// <summary>Sinks for one record, which a pipeline can have if its rows are that record.</summary>
public static class RecordSinks
{
    /// <summary>Writes the rows to a sink of their record. Called again, it adds a sink: all commit each batch, or none does.</summary>
    /// <exception cref="InvalidOperationException">The sink has been given already.</exception>
    public static PipelineStart<T> To<T>(this PipelineStart<T> start, ISink<T> sink)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(sink);
        return start.WithSink(0, sink, sink.Open);
    }
}
