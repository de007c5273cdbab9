using Typed.Columns;
using Typed.Operators;
using Typed.State;

namespace Typed.Tests.Aggregate;

/// <summary>Sketches keep to their error, merged or not, and survive being stored.</summary>
public sealed class CellTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(400)]
    [InlineData(100_000)]
    public void A_distinct_sketch_counts_within_its_error(int distinct)
    {
        using Arena arena = new();
        int precision = DistinctSketch.PrecisionFor(0.02);
        DistinctSketch whole = default;
        DistinctSketch odd = default;
        DistinctSketch even = default;
        for (int i = 0; i < distinct * 2; i++)
        {
            ulong value = DistinctSketch.Spread((ulong)(i % distinct));
            whole.Add(value, precision, arena);
            if (i % 2 == 0)
                even.Add(value, precision, arena);
            else
                odd.Add(value, precision, arena);
        }

        odd.Merge(even, precision, arena);
        Assert.Equal(whole.Estimate(precision), odd.Estimate(precision));
        Assert.InRange(whole.Estimate(precision), distinct * 0.94, distinct * 1.06);
        StateWriter writer = new();
        odd.Save(precision, writer);
        Assert.Equal(whole.Estimate(precision), DistinctSketch.Load(precision, new StateReader(writer.Written), arena).Estimate(precision));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    public void A_quantile_sketch_is_within_its_relative_error(double quantile)
    {
        const double Error = 0.01;
        double gamma = QuantileSketch.LogGamma(Error);
        using Arena arena = new();
        Random random = new(3);
        QuantileSketch whole = default;
        QuantileSketch other = default;
        List<double> values = [];
        for (int i = 0; i < 5000; i++)
        {
            double value = (random.Next(5) == 0 ? -1 : 1) * Math.Exp((random.NextDouble() * 20) - 10);
            values.Add(value);
            if (i % 2 == 0)
                whole.Add(value, gamma, arena);
            else
                other.Add(value, gamma, arena);
        }

        whole.Merge(other, arena);
        StateWriter writer = new();
        whole.Save(writer);
        QuantileSketch loaded = QuantileSketch.Load(new StateReader(writer.Written), arena);
        values.Sort();
        double exact = values[(int)(quantile * (values.Count - 1))];
        Assert.InRange(Math.Abs(loaded.Quantile(quantile, gamma) - exact), 0, Math.Abs(exact) * Error * 1.0001);
        Assert.Equal(whole.Quantile(quantile, gamma), loaded.Quantile(quantile, gamma));
    }

    [Fact]
    public void A_quantile_sketch_orders_zero_infinities_and_NaN()
    {
        double gamma = QuantileSketch.LogGamma(0.01);
        using Arena arena = new();
        QuantileSketch sketch = default;
        foreach (double value in (double[])[double.NaN, double.PositiveInfinity, 0, double.NegativeInfinity, -0.0])
            sketch.Add(value, gamma, arena);
        Assert.Equal([double.NegativeInfinity, 0, 0, double.PositiveInfinity, double.NaN], new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(q => sketch.Quantile(q, gamma)));
    }

    [Fact]
    public void Damaged_sketches_are_refused()
    {
        using Arena arena = new();
        StateWriter writer = new();
        writer.Write(3);
        writer.Write(uint.MaxValue);
        writer.Write(0u);
        writer.Write(0u);
        Assert.Throws<InvalidDataException>(() => DistinctSketch.Load(8, new StateReader(writer.Written), arena));
        Assert.Throws<InvalidDataException>(() => QuantileSketch.Load(new StateReader(writer.Written), arena));
    }

    [Theory]
    [InlineData(100, 3, 2, "3333")]
    [InlineData(-100, 3, 2, "-3333")]
    [InlineData(1, 8, 2, "13")]
    [InlineData(-1, 8, 2, "-13")]
    public void A_decimal_mean_is_rounded_half_away_from_zero(long sum, long count, int digits, string expected) =>
        Assert.Equal(expected, DecimalAggregates.Mean(sum, count, digits).ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_decimal_sum_beyond_38_digits_is_refused() =>
        Assert.Throws<OverflowException>(() => DecimalAggregates.Add(Decimals.PowerOfTen(37) * 9, Decimals.PowerOfTen(37) * 2));

    [Fact]
    public void Sets_grow_and_stay_distinct()
    {
        using Arena arena = new();
        SetCell<long, WholeValue> set = default;
        for (int i = 0; i < 20_000; i++)
            set.Add(i % 5_000, i, int.MaxValue, arena);
        Assert.Equal(5_000, set.Count);
        set.SortByValue();
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => (long)i), Enumerable.Range(0, set.Count).Select(i => set[i]));
        set.Add(4_999, 1, int.MaxValue, arena);
        Assert.Equal(5_000, set.Count);
    }
}
