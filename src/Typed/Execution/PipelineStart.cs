using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>A pipeline with its sources, to be given a sink and started. Each call returns a new value.</summary>
/// <typeparam name="TOut">The rows that come out.</typeparam>
public sealed class PipelineStart<TOut>
{
    private readonly PipelineBinding _binding;

    /// <summary>Called by the <c>From</c> method that the generator adds to a pipeline.</summary>
    /// <param name="plan">The compiled pipeline.</param>
    /// <param name="sources">One for each stream of the pipeline, in order.</param>
    /// <param name="tables">One for each table of the pipeline, in order.</param>
    public PipelineStart(PipelinePlan plan, IReadOnlyList<SourceBinding> sources, IReadOnlyList<TableBinding> tables)
        : this(new PipelineBinding(plan, sources, tables))
    {
    }

    private PipelineStart(PipelineBinding binding) => _binding = binding;

    /// <summary>The plan in words.</summary>
    public string Explain() => _binding.Plan.Text;

    /// <summary>Writes the rows to a sink that takes any record.</summary>
    /// <exception cref="InvalidOperationException">There is a sink already.</exception>
    public PipelineStart<TOut> To(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return WithSink(sink.Open);
    }

    /// <summary>
    /// Writes rows that came behind the watermark to a sink of their own, committed with the batch: the record as it came in, then
    /// <c>LateOperator</c>, <c>LateTime</c> (the end of the window or the time itself), <c>LateWatermark</c> and <c>LateBatch</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sink for late rows already.</exception>
    public PipelineStart<TOut> LateTo(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_binding.OpenLate is not null)
            throw new InvalidOperationException("The pipeline has a sink for late rows already.");
        return new PipelineStart<TOut>(_binding with { OpenLate = sink.Open });
    }

    /// <summary>
    /// Writes records that could not be read to a sink of their own, committed with the batch: <c>Source</c>, <c>Position</c>,
    /// <c>Reason</c>, <c>Text</c>, <c>Batch</c>, <c>Time</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sink for dead letters already.</exception>
    public PipelineStart<TOut> DeadLettersTo(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_binding.OpenDeadLetters is not null)
            throw new InvalidOperationException("The pipeline has a sink for dead letters already.");
        return new PipelineStart<TOut>(_binding with { OpenDeadLetters = sink.Open });
    }

    /// <summary>Starts the query. It runs until it is stopped, has failed, or its trigger says that it is done.</summary>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <param name="cancellation">
    /// Ends the start and, later, the query: between two batches, or at once while it waits for a source.
    /// </param>
    /// <exception cref="QueryStartException">The checkpoint, a source, a sink or an option does not fit.</exception>
    /// <exception cref="InvalidOperationException">There is no sink.</exception>
    public Task<StreamingQuery> StartAsync(QueryOptions? options = null, CancellationToken cancellation = default) =>
        StreamingQuery.StartAsync(_binding, options ?? new QueryOptions(), cancellation);

    internal PipelineStart<TOut> WithSink(Func<SinkContext, ISinkWriter> open)
    {
        if (_binding.Open is not null)
            throw new InvalidOperationException("The pipeline has a sink already; several rows of a batch go to several places with a foreach-batch sink.");
        return new PipelineStart<TOut>(_binding with { Open = open });
    }
}

/// <summary>Sinks for one record, which a pipeline can have if its rows are that record.</summary>
public static class RecordSinks
{
    /// <summary>Writes the rows to a sink of their record.</summary>
    /// <exception cref="InvalidOperationException">There is a sink already.</exception>
    public static PipelineStart<T> To<T>(this PipelineStart<T> start, ISink<T> sink)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(sink);
        return start.WithSink(sink.Open);
    }
}

/// <summary>A pipeline and all that it is bound to.</summary>
internal sealed record PipelineBinding(PipelinePlan Plan, IReadOnlyList<SourceBinding> Sources, IReadOnlyList<TableBinding> Tables)
{
    internal Func<SinkContext, ISinkWriter>? Open { get; init; }

    internal Func<SinkContext, ISinkWriter>? OpenLate { get; init; }

    internal Func<SinkContext, ISinkWriter>? OpenDeadLetters { get; init; }
}
