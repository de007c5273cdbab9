using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// Named metrics of the rows that pass in a micro-batch (semantics 13.5): aggregates of all rows, and values computed from them. The
/// rows themselves pass unchanged.
/// </summary>
/// <typeparam name="TAcc">The accumulator of the aggregates.</typeparam>
/// <typeparam name="TOps">The aggregates.</typeparam>
public sealed class ObserveOperator<TAcc, TOps> : Operator, IObservation, ISharedObservation
    where TAcc : unmanaged
    where TOps : struct, IAggregation<NoKey, TAcc>
{
    private readonly BatchAggregate<TAcc, TOps> _aggregates;
    private readonly StageOperator _values;
    private readonly KeyValuePair<string, object?>[] _metrics;

    /// <summary>Makes the operator.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="schema">The rows.</param>
    /// <param name="metricsName">The name of the metrics.</param>
    /// <param name="aggregates">The aggregates; the operator disposes of them.</param>
    /// <param name="values">The metrics from the aggregates; the operator disposes of it.</param>
    public ObserveOperator(string name, RowSchema schema, string metricsName, BatchAggregate<TAcc, TOps> aggregates, StageOperator values)
        : base(name, schema)
    {
        ObservationName = metricsName;
        _aggregates = aggregates;
        _values = values;
        _metrics = [.. values.Output.Fields.Select(field => new KeyValuePair<string, object?>(field.Name, null))];
    }

    /// <inheritdoc/>
    public string ObservationName { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, object?>> Metrics => _metrics;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _aggregates.Clear();
        _values.Begin(context);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        if (Context.Turn >= 0)
            _aggregates.BeginTurn(Context.Turn);
        _aggregates.Add(batch);
        Emit(batch.AddReference());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _aggregates.Dispose();
        _values.Dispose();
        base.Dispose();
    }

    void ISharedObservation.Absorb(IObservation other)
    {
        _aggregates.Absorb(((ObserveOperator<TAcc, TOps>)other)._aggregates);
        Compute();
    }

    /// <inheritdoc/>
    protected override void End() => Compute();

    private void Compute()
    {
        ColumnBatch aggregates = _aggregates.Result();
        try
        {
            ColumnBatch values = _values.Transform(aggregates);
            for (int i = 0; i < _metrics.Length; i++)
                _metrics[i] = new(_metrics[i].Key, MetricValue.Of(values[i], 0));
            values.Release();
        }
        finally
        {
            aggregates.Release();
        }
    }
}
