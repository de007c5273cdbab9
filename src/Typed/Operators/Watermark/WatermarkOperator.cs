using System.Runtime.Intrinsics;
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
    private const int LowerBits = 24;

    /// <summary>As many values as can be summed in parts without overflow.</summary>
    private const int MostAtOnce = 1 << 20;
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
        if (validity.NullCount == 0)
        {
            for (int start = 0; start < times.Length; start += MostAtOnce)
                ObserveAll(times.Values + start, Math.Min(MostAtOnce, times.Length - start));
            return;
        }

        long least = long.MaxValue;
        long greatest = long.MinValue;
        Int128 sum = 0;
        long count = 0;
        for (int i = 0; i < times.Length; i++)
        {
            if (validity.IsNull(i))
                continue;
            long value = times[i];
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            sum += value;
            count++;
        }

        Add(least, greatest, sum, count);
    }

    private unsafe void ObserveAll(long* values, int count)
    {
        // The sum may need more than 64 bits, so the upper and the lower bits of the values are summed apart.
        Vector256<long> low = Vector256.Create(long.MaxValue);
        Vector256<long> high = Vector256.Create(long.MinValue);
        Vector256<long> upper = Vector256<long>.Zero;
        Vector256<long> lower = Vector256<long>.Zero;
        Vector256<long> mask = Vector256.Create((1L << LowerBits) - 1);
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            Vector256<long> four = Vector256.Load(values + i);
            low = Vector256.Min(low, four);
            high = Vector256.Max(high, four);
            upper += Vector256.ShiftRightArithmetic(four, LowerBits);
            lower += four & mask;
        }

        long least = Math.Min(Math.Min(low[0], low[1]), Math.Min(low[2], low[3]));
        long greatest = Math.Max(Math.Max(high[0], high[1]), Math.Max(high[2], high[3]));
        Int128 sum = ((Int128)Vector256.Sum(upper) << LowerBits) + Vector256.Sum(lower);
        for (; i < count; i++)
        {
            least = Math.Min(least, values[i]);
            greatest = Math.Max(greatest, values[i]);
            sum += values[i];
        }

        Add(least, greatest, sum, count);
    }

    private void Add(long least, long greatest, Int128 sum, long count)
    {
        if (count == 0)
            return;
        Count += count;
        MinMillis = Math.Min(MinMillis, FloorToMillis(least));
        MaxMillis = Math.Max(MaxMillis, FloorToMillis(greatest));
        _sum += sum / 1000;
    }

    private static long FloorToMillis(long micros) => (micros - (((micros % 1000) + 1000) % 1000)) / 1000;
}
