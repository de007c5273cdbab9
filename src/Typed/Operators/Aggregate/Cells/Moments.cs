using Typed.State;

namespace Typed.Operators;

/// <summary>Count, mean and sum of squared differences from the mean, updated by Welford's method and merged by Chan's: no cancellation.</summary>
public struct Moments
{
    private double _mean;
    private double _squares;

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>The population variance; only if there is a value.</summary>
    public readonly double VariancePopulation => _squares / Count;

    /// <summary>The sample variance; only if there are two values.</summary>
    public readonly double VarianceSample => _squares / (Count - 1);

    /// <summary>The population standard deviation; only if there is a value.</summary>
    public readonly double StandardDeviationPopulation => Math.Sqrt(VariancePopulation);

    /// <summary>The sample standard deviation; only if there are two values.</summary>
    public readonly double StandardDeviationSample => Math.Sqrt(VarianceSample);

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        Count++;
        double difference = value - _mean;
        _mean += difference / Count;
        _squares += difference * (value - _mean);
    }

    /// <summary>Adds all values of another.</summary>
    public void Merge(in Moments other)
    {
        if (other.Count == 0)
            return;
        long count = Count + other.Count;
        double difference = other._mean - _mean;
        _squares += other._squares + (difference * difference * Count * other.Count / count);
        _mean += difference * other.Count / count;
        Count = count;
    }

    /// <summary>Writes them.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(Count);
        writer.Write(_mean);
        writer.Write(_squares);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Moments Load(StateReader reader) =>
        new() { Count = reader.Read<long>(), _mean = reader.Read<double>(), _squares = reader.Read<double>() };
}

/// <summary>Arithmetic of decimals in accumulators.</summary>
public static class DecimalAggregates
{
    private static readonly Int128 Limit = Columns.Decimals.PowerOfTen(38);

    /// <summary>A sum.</summary>
    /// <exception cref="OverflowException">It has more than 38 digits.</exception>
    public static Int128 Add(Int128 sum, Int128 value)
    {
        Int128 result = checked(sum + value);
        return result < Limit && result > -Limit
            ? result
            : throw new OverflowException("The sum of a decimal aggregate has more than 38 digits.");
    }

    /// <summary>A mean with <paramref name="digits"/> more digits after the point than the sum, rounded half away from zero.</summary>
    /// <exception cref="OverflowException">It has more than 38 digits.</exception>
    public static Int128 Mean(Int128 sum, long count, int digits)
    {
        // In two parts: the sum itself times the power might not fit, the rest below the count does.
        (Int128 whole, Int128 rest) = Int128.DivRem(sum, count);
        Int128 power = Columns.Decimals.PowerOfTen(digits);
        (Int128 part, Int128 left) = Int128.DivRem(rest * power, count);
        if (Int128.Abs(left) * 2 >= count)
            part += Int128.Sign(sum);
        return Add(checked(whole * power), part);
    }
}
