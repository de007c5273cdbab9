using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>An aggregation by plain keys whose groups stay for ever: update and complete mode (semantics 3.2, 3.3).</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class KeyedAggregateOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private const int Version = 1;
    private readonly GroupTable<TKey, TAcc, TOps> _groups = new();

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The keys, the results.</param>
    /// <param name="mode">What is written. In append mode nothing ever is, since no group closes (semantics 3.1).</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public KeyedAggregateOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: false)
    {
    }

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _groups.BeginEpoch(Epoch);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Counts.Grouped += batch.Length;
        Counts.Held += batch.Length;
        Bind(batch);
        _groups.Add(Ops, new RowRange(0), batch.Length);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(Sequence);
        _groups.Save(ref Ops, writer);
    }

    /// <inheritdoc/>
    public override void Load(StateReader reader)
    {
        ReadHeader(reader, Version);
        Sequence = reader.Read<long>();
        _groups.Load(ref Ops, reader);
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes;
        Counts.Held = _groups.Rows;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _groups.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (Mode == OutputMode.Update)
            EmitTouched(_groups, 0, 0);
        else if (Mode == OutputMode.Complete)
            EmitAll(_groups, 0, 0);
        FlushOutput();
        State.Updated = _groups.TouchedCount;
        State.Total = _groups.Count;
        State.MemoryBytes = _groups.MemoryBytes;
    }
}
