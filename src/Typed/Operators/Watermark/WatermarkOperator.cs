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
    private long _limit = long.MaxValue;
    private long? _ahead;

    /// <summary>How far the watermark stays behind, µs.</summary>
    public long DelayMicros { get; } = delayMicros;

    /// <summary>
    /// After how long without event times, in µs of processing time, the node no longer holds others back; null for what the options of the
    /// query say.
    /// </summary>
    public long? IdleAfterMicros { get; init; }

    /// <summary>
    /// How far ahead of the clock of the batch an event time may be, in µs, and move the watermark; null for what the options of the query
    /// say.
    /// </summary>
    public long? MaxAheadMicros { get; init; }

    /// <summary>How many rows came in this batch.</summary>
    internal long Rows { get; private set; }

    /// <summary>How many event times came in this batch; those too far ahead of the clock are not among them.</summary>
    public long Count { get; private set; }

    /// <summary>The least event time of this batch, ms.</summary>
    public long MinMillis { get; private set; }

    /// <summary>The greatest event time of this batch, ms.</summary>
    public long MaxMillis { get; private set; }

    /// <summary>The mean event time of this batch, ms.</summary>
    public long AverageMillis => Count == 0 ? 0 : (long)(_sum / Count);

    /// <summary>How many event times of this batch were too far ahead of its clock to move the watermark.</summary>
    public long AheadCount { get; private set; }

    /// <summary>What holds for this node: its own bounds or those of the query's options.</summary>
    internal (long? IdleAfterMicros, long? MaxAheadMicros) Bounds { get; private set; } = (null, null);

    /// <summary>The greatest event time of this batch in each partition of each source that it had rows of, ms; where partitions matter.</summary>
    internal Dictionary<(int Source, int Partition), long> Partitions { get; } = [];

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        (Count, MinMillis, MaxMillis, _sum) = (0, long.MaxValue, long.MinValue, 0);
        (Rows, AheadCount, _ahead) = (0, 0, null);
        _limit = Bounds.MaxAheadMicros is { } ahead ? context.TimestampMicros + ahead : long.MaxValue;
        Partitions.Clear();
    }

    /// <inheritdoc/>
    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        Rows += batch.Length;
        Column times = batch[column];
        if (times is StructColumn window)
            times = window.Children[1];
        long greatest = Observe((FixedColumn<long>)times, batch[column]);
        if (Context.Partition >= 0 && Bounds.IdleAfterMicros is not null && greatest != long.MinValue)
        {
            (int, int) partition = (Context.Source, Context.Partition);
            Partitions[partition] = Math.Max(Partitions.GetValueOrDefault(partition, long.MinValue), FloorToMillis(greatest));
        }

        Emit(batch.AddReference());
    }

    /// <summary>Adds what the same node of another worker has seen in this batch.</summary>
    internal void Absorb(WatermarkOperator other)
    {
        Rows += other.Rows;
        Count += other.Count;
        AheadCount += other.AheadCount;
        MinMillis = Math.Min(MinMillis, other.MinMillis);
        MaxMillis = Math.Max(MaxMillis, other.MaxMillis);
        _sum += other._sum;
        foreach (((int, int) partition, long greatest) in other.Partitions)
            Partitions[partition] = Math.Max(Partitions.GetValueOrDefault(partition, long.MinValue), greatest);
    }

    /// <summary>Says what holds where the pipeline says nothing.</summary>
    internal void UseDefaults(long? idleAfterMicros, long? maxAheadMicros) =>
        Bounds = (IdleAfterMicros ?? idleAfterMicros, MaxAheadMicros ?? maxAheadMicros);

    /// <summary>The first event time since the last call that was too far ahead of the clock, µs; null if there was none.</summary>
    internal long? TakeAhead()
    {
        long? ahead = _ahead;
        _ahead = null;
        return ahead;
    }

    // The greatest event time that counts; the least long if none does.
    private unsafe long Observe(FixedColumn<long> times, Column validity)
    {
        long greatest = long.MinValue;
        if (validity.NullCount > 0)
            return ObserveOneByOne(times.Values, times.Length, validity);
        for (int start = 0; start < times.Length; start += MostAtOnce)
            greatest = Math.Max(greatest, ObserveAll(times.Values + start, Math.Min(MostAtOnce, times.Length - start)));
        return greatest;
    }

    private unsafe long ObserveOneByOne(long* values, int length, Column? validity)
    {
        long least = long.MaxValue;
        long greatest = long.MinValue;
        Int128 sum = 0;
        long count = 0;
        for (int i = 0; i < length; i++)
        {
            if (validity?.IsNull(i) == true)
                continue;
            long value = values[i];
            if (value > _limit)
            {
                AheadCount++;
                _ahead ??= value;
                continue;
            }

            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            sum += value;
            count++;
        }

        Add(least, greatest, sum, count);
        return greatest;
    }

    private unsafe long ObserveAll(long* values, int count)
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

        if (greatest > _limit)
            return ObserveOneByOne(values, count, null);
        Add(least, greatest, sum, count);
        return greatest;
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
