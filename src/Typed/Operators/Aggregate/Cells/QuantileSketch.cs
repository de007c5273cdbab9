using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// Approximate quantiles with a bounded relative error (DDSketch): counts of values in buckets whose edges grow by a constant factor.
/// Only buckets that hold values are kept, sorted. Infinities are kept as such, NaN is above all else.
/// </summary>
public unsafe struct QuantileSketch
{
    /// <summary>Logarithms of finite doubles stay below this in magnitude even for the least error.</summary>
    private const int Infinite = 1 << 24;
    private const int NotANumber = Infinite + 1;
    private Bucket* _buckets;
    private int _count;
    private int _capacity;

    /// <summary>How many values there are.</summary>
    public long Values { get; private set; }

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="logGamma">The logarithm of the factor, by <see cref="LogGamma"/>.</param>
    /// <param name="arena">The table's memory.</param>
    public void Add(double value, double logGamma, Arena arena)
    {
        int key;
        if (value == 0)
            key = 0;
        else if (double.IsNaN(value))
            key = NotANumber;
        else if (double.IsInfinity(value))
            key = value > 0 ? Infinite : -Infinite;
        else if (value > 0)
            key = Place(value, logGamma);
        else
            key = -Place(-value, logGamma);
        Put(key, 1, arena);
    }

    /// <summary>The logarithm of the bucket factor for a relative error.</summary>
    public static double LogGamma(double error) => Math.Log((1 + error) / (1 - error));

    /// <summary>Adds all values of another sketch of the same error.</summary>
    public void Merge(in QuantileSketch other, Arena arena)
    {
        for (int i = 0; i < other._count; i++)
            Put(other._buckets[i].Key, other._buckets[i].Count, arena);
    }

    /// <summary>A value near the quantile; only if there are values.</summary>
    public readonly double Quantile(double quantile, double logGamma)
    {
        long rank = (long)(quantile * (Values - 1));
        long seen = 0;
        int at = 0;
        while (at < _count - 1 && seen + _buckets[at].Count <= rank)
            seen += _buckets[at++].Count;
        int key = _buckets[at].Key;
        return key switch
        {
            0 => 0,
            NotANumber => double.NaN,
            Infinite => double.PositiveInfinity,
            -Infinite => double.NegativeInfinity,
            > 0 => Middle(key, logGamma),
            _ => -Middle(-key, logGamma),
        };
    }

    /// <summary>Moves the sketch to other memory.</summary>
    public void Own(Arena arena)
    {
        Bucket* old = _buckets;
        _capacity = Math.Max(4, _count);
        _buckets = (Bucket*)arena.Allocate(_capacity * sizeof(Bucket));
        new ReadOnlySpan<Bucket>(old, _count).CopyTo(new Span<Bucket>(_buckets, _capacity));
    }

    /// <summary>Writes the sketch.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_count);
        for (int i = 0; i < _count; i++)
        {
            writer.Write(_buckets[i].Key);
            writer.Write(_buckets[i].Count);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static QuantileSketch Load(StateReader reader, Arena arena)
    {
        QuantileSketch sketch = default;
        int count = reader.ReadCount(sizeof(int) + sizeof(long));
        for (int i = 0; i < count; i++)
        {
            int key = reader.Read<int>();
            long values = reader.Read<long>();
            if (values <= 0 || (i > 0 && key <= sketch._buckets[i - 1].Key))
                throw new InvalidDataException("State is damaged: the buckets of a sketch are not in order.");
            sketch.Put(key, values, arena);
        }

        return sketch;
    }

    // Half the range for each sign: buckets of values below 1 have negative logarithms but positive keys.
    private static int Place(double value, double logGamma) => (int)Math.Ceiling(Math.Log(value) / logGamma) + (Infinite / 2);

    private static double Middle(int key, double logGamma)
    {
        double gamma = Math.Exp(logGamma);
        return 2 * Math.Exp((key - (Infinite / 2)) * logGamma) / (gamma + 1);
    }

    private void Put(int key, long count, Arena arena)
    {
        Values += count;
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_buckets[middle].Key < key)
                low = middle + 1;
            else
                high = middle;
        }

        if (low < _count && _buckets[low].Key == key)
        {
            _buckets[low].Count += count;
            return;
        }

        if (_count == _capacity)
        {
            Bucket* old = _buckets;
            _capacity = Math.Max(4, checked(_capacity * 2));
            _buckets = (Bucket*)arena.Allocate(checked(_capacity * sizeof(Bucket)));
            new ReadOnlySpan<Bucket>(old, _count).CopyTo(new Span<Bucket>(_buckets, _capacity));
        }

        new ReadOnlySpan<Bucket>(_buckets + low, _count - low).CopyTo(new Span<Bucket>(_buckets + low + 1, _count - low));
        _buckets[low] = new Bucket { Key = key, Count = count };
        _count++;
    }

    private struct Bucket
    {
        public int Key;
        public long Count;
    }
}
