using System.Globalization;
using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// The first rows over the life of the query (semantics 8.1, 8.2). Its state is one number: how many have passed. What stands before
/// it keeps running when the limit is reached.
/// </summary>
/// <param name="name">The name of the operator.</param>
/// <param name="schema">The rows.</param>
/// <param name="limit">How many rows pass.</param>
public sealed class LimitOperator(string name, RowSchema schema, long limit) : StatefulOperator(name, schema)
{
    private long _passed;
    private long _passedBefore;

    /// <inheritdoc/>
    public override string Kind => "globalLimit";

    /// <inheritdoc/>
    public override string StateSchema => string.Create(CultureInfo.InvariantCulture, $"limit {limit}: passed long");

    internal override StateLayout Layout => StateLayout.HeadOnly;

    /// <inheritdoc/>
    public override bool HoldsRows => false;

    /// <summary>Never: time does not move a limit (semantics 2.4.3).</summary>
    public override bool WantsBatch(long newWatermark) => false;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        _passedBefore = _passed;
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        int count = (int)Math.Min(batch.Length, limit - _passed);
        Counts.In += batch.Length;
        Counts.Filtered += batch.Length - count;
        _passed += count;
        if (count > 0)
            Emit(FirstRows.Of(batch, count, Pool));
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => head.SetSum("passed", _passed);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">More rows have passed than may.</exception>
    private protected override void BeginLoad(StateHead head)
    {
        long passed = head.Get("passed");
        if (passed < 0 || passed > limit)
            throw new InvalidDataException($"State of {Name} is damaged: {passed} rows are said to have passed a limit of {limit}.");
        _passed = passed;
        CountState();
    }

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice) => true;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">Always: a limit has none.</exception>
    internal override void LoadEntry(in StateEntry entry) => throw new InvalidDataException($"State of {Name} is damaged: a limit has no entries.");

    /// <inheritdoc/>
    protected override void End()
    {
        State.Updated = _passed != _passedBefore ? 1 : 0;
        CountState();
    }

    private protected override long HotBytes => sizeof(long);

    private void CountState() => State.Total = _passed > 0 ? 1 : 0;
}
