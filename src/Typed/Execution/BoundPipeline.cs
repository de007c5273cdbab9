using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>A pipeline with its sources, to be given sinks and started. Each call returns a new value.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public abstract class BoundPipeline<TSelf>
    where TSelf : BoundPipeline<TSelf>
{
    private readonly PipelineBinding _binding;

    /// <summary>Called by generated code.</summary>
    /// <param name="binding">The pipeline and what it is bound to.</param>
    protected BoundPipeline(PipelineBinding binding) => _binding = binding;

    /// <summary>The plan in words.</summary>
    public string Explain() => _binding.Plan.Text;

    /// <summary>
    /// Writes rows that came behind the watermark to a sink of their own, committed with the batch: the record as it came in, then
    /// <c>LateOperator</c>, <c>LateTime</c> (the end of the window or the time itself), <c>LateWatermark</c>, <c>LateBy</c> (how far the time
    /// is behind the watermark) and <c>LateBatch</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sink for late rows already.</exception>
    public TSelf LateTo(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_binding.OpenLate is not null)
            throw new InvalidOperationException("The pipeline has a sink for late rows already.");
        return With(_binding with { OpenLate = sink.Open });
    }

    /// <summary>
    /// Writes records that could not be read to a sink of their own, committed with the batch: <c>Source</c>, <c>Position</c>,
    /// <c>Reason</c>, <c>Text</c>, <c>Batch</c>, <c>Time</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sink for dead letters already.</exception>
    public TSelf DeadLettersTo(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_binding.OpenDeadLetters is not null)
            throw new InvalidOperationException("The pipeline has a sink for dead letters already.");
        return With(_binding with { OpenDeadLetters = sink.Open });
    }

    /// <summary>
    /// Writes rows that violate an expectation with <see cref="OnViolation.Quarantine"/> to a sink of their own, committed with the batch: the row as the expectation saw
    /// it, then <c>QuarantineRule</c> (the names of the expectations it violates), <c>QuarantineReason</c>, <c>QuarantineBatch</c> and <c>QuarantineTime</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sink for quarantined rows already.</exception>
    public TSelf QuarantineTo(ISink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_binding.OpenQuarantine is not null)
            throw new InvalidOperationException("The pipeline has a sink for quarantined rows already.");
        return With(_binding with { OpenQuarantine = sink.Open });
    }

    /// <summary>Starts the query. It runs until it is stopped, has failed, or its trigger says that it is done.</summary>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <param name="cancellation">
    /// Ends the start and, later, the query: between two batches, or at once while it waits for a source.
    /// </param>
    /// <exception cref="QueryStartException">The checkpoint, a source, a sink or an option does not fit.</exception>
    /// <exception cref="InvalidOperationException">An output has no sink.</exception>
    public Task<StreamingQuery> StartAsync(QueryOptions? options = null, CancellationToken cancellation = default) =>
        StreamingQuery.StartAsync(_binding, options ?? new QueryOptions(), cancellation);

    /// <summary>The same pipeline, bound to more.</summary>
    protected abstract TSelf With(PipelineBinding binding);

    /// <summary>Writes the rows of an output to a sink that takes any record.</summary>
    /// <param name="output">The number of the output.</param>
    /// <param name="sink">The sink; null for none.</param>
    /// <exception cref="InvalidOperationException">The sink has been given already.</exception>
    protected TSelf To(int output, ISink? sink) => sink is null ? (TSelf)this : WithSink(output, sink, sink.Open);

    /// <summary>Writes the rows of an output to a sink of their record.</summary>
    /// <param name="output">The number of the output.</param>
    /// <param name="sink">The sink; null for none.</param>
    /// <exception cref="InvalidOperationException">The sink has been given already.</exception>
    protected TSelf To<T>(int output, ISink<T>? sink)
        where T : IStreamRecord<T> => sink is null ? (TSelf)this : WithSink(output, sink, sink.Open);

    internal TSelf WithSink(int output, object sink, Func<SinkContext, ISinkWriter> open)
    {
        if (_binding.Sinks.FirstOrDefault(one => ReferenceEquals(one.Sink, sink)) is not { } given)
            return With(_binding with { Sinks = [.. _binding.Sinks, new SinkBinding(output, sink, open)] });

        // It would take the second batch 0 for a repetition of the first.
        throw new InvalidOperationException(
            $"The sink has been given to the output '{_binding.Plan.Outputs[given.Output].Name}' already; each output needs sinks of its own.");
    }
}
