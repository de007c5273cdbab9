using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// A watermark node (semantics 2.1): passes rows on and keeps, for the batch, the count, least, greatest and mean of the event
/// times that flow through it, floored to milliseconds. Nulls are skipped.
/// </summary>
/// <param name="name">The name of the operator.</param>
/// <param name="schema">The rows.</param>
/// <param name="column">The event-time column: a timestamp or a window, whose end is used.</param>
/// <param name="delayMicros">How far the watermark stays behind, µs.</param>
public sealed class WatermarkOperator(string name, RowSchema schema, int column, long delayMicros) : Operator(name, schema)
{
    private Int128 _sum;

    /// <summary>How far the watermark stays behind, µs.</summary>
    public long DelayMicros { get; } = delayMicros;

    /// <summary>How many event times came in this batch.</summary>
    public long Count { get; private set; }

    /// <summary>The least event time of this batch, ms.</summary>
    public long MinMillis { get; private set; }

    /// <summary>The greatest event time of this batch, ms.</summary>
    public long MaxMillis { get; private set; }

    /// <summary>The mean event time of this batch, ms.</summary>
    public long AverageMillis => Count == 0 ? 0 : (long)(_sum / Count);

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        (Count, MinMillis, MaxMillis, _sum) = (0, long.MaxValue, long.MinValue, 0);
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Column times = batch[column];
        if (times is StructColumn window)
            times = window.Children[1];
        Observe((FixedColumn<long>)times, batch[column]);
        Emit(batch.AddReference());
    }

    private unsafe void Observe(FixedColumn<long> times, Column validity)
    {
        long least = long.MaxValue;
        long greatest = long.MinValue;
        Int128 sum = 0;
        long count = 0;
        long* values = times.Values;
        bool nulls = validity.NullCount > 0;
        for (int i = 0; i < times.Length; i++)
        {
            if (nulls && validity.IsNull(i))
                continue;
            long value = values[i];
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            sum += value;
            count++;
        }

        if (count == 0)
            return;
        Count += count;
        MinMillis = Math.Min(MinMillis, FloorToMillis(least));
        MaxMillis = Math.Max(MaxMillis, FloorToMillis(greatest));
        _sum += sum / 1000;
    }

    private static long FloorToMillis(long micros) => (micros - (((micros % 1000) + 1000) % 1000)) / 1000;
}
