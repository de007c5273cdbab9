using System.ComponentModel;

namespace Typed;

/// <summary>Rows grouped by a key.</summary>
public sealed partial class GroupedStream<TKey, T>
{
    internal GroupedStream()
    {
    }

    /// <summary>One row for each group.</summary>
    public Stream<TResult> Select<TResult>(Func<KeyedGroup<TKey, T>, TResult> selector) => throw Never.Runs();

    /// <summary>Names the state of the groups; <see cref="Stream{T}.Named"/> behind the <c>Select</c> says the same. What <c>Process</c> makes of groups has its name from there.</summary>
    /// <param name="name">A constant of letters, digits, '-', '_' and '.'; unique in a pipeline.</param>
    public GroupedStream<TKey, T> Named(string name) => throw Never.Runs();

    /// <summary>Is refused (TYPED1003): a watermark is declared before the rows are grouped, since it says when a group is finished.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public GroupedStream<TKey, T> WithWatermark(Func<T, DateTimeOffset?> eventTime, string delay) => throw Never.Runs();
}

/// <summary>Rows grouped by a key and a window.</summary>
public sealed class WindowedStream<TKey, T>
{
    internal WindowedStream()
    {
    }

    /// <summary>One row for each key and window.</summary>
    public Stream<TResult> Select<TResult>(Func<WindowedGroup<TKey, T>, TResult> selector) => throw Never.Runs();

    /// <summary>Names the state of the groups; <see cref="Stream{T}.Named"/> behind the <c>Select</c> says the same.</summary>
    /// <param name="name">A constant of letters, digits, '-', '_' and '.'; unique in a pipeline.</param>
    public WindowedStream<TKey, T> Named(string name) => throw Never.Runs();

    /// <summary>Is refused (TYPED1003): a watermark is declared before the rows are grouped, since it says when a group is finished.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public WindowedStream<TKey, T> WithWatermark(Func<T, DateTimeOffset?> eventTime, string delay) => throw Never.Runs();
}

/// <summary>Rows grouped by a window.</summary>
public sealed class WindowedStream<T>
{
    internal WindowedStream()
    {
    }

    /// <summary>One row for each window.</summary>
    public Stream<TResult> Select<TResult>(Func<WindowGroup<T>, TResult> selector) => throw Never.Runs();

    /// <summary>Names the state of the groups; <see cref="Stream{T}.Named"/> behind the <c>Select</c> says the same.</summary>
    /// <param name="name">A constant of letters, digits, '-', '_' and '.'; unique in a pipeline.</param>
    public WindowedStream<T> Named(string name) => throw Never.Runs();

    /// <summary>Is refused (TYPED1003): a watermark is declared before the rows are grouped, since it says when a group is finished.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public WindowedStream<T> WithWatermark(Func<T, DateTimeOffset?> eventTime, string delay) => throw Never.Runs();
}

/// <summary>The rows of one key.</summary>
public sealed class KeyedGroup<TKey, T> : Group<T>
{
    internal KeyedGroup()
    {
    }

    /// <summary>The key.</summary>
    public TKey Key => throw Never.Runs();
}

/// <summary>The rows of one key and one window.</summary>
public sealed class WindowedGroup<TKey, T> : Group<T>
{
    internal WindowedGroup()
    {
    }

    /// <summary>The key.</summary>
    public TKey Key => throw Never.Runs();

    /// <summary>The window.</summary>
    public TimeWindow Window => throw Never.Runs();
}

/// <summary>The rows of one window.</summary>
public sealed class WindowGroup<T> : Group<T>
{
    internal WindowGroup()
    {
    }

    /// <summary>The window.</summary>
    public TimeWindow Window => throw Never.Runs();
}

/// <summary>
/// The rows of one group, never empty. Aggregates are Spark's: they skip nulls and give null when no value is left;
/// sums of integers are 64-bit, averages double, decimals widen.
/// </summary>
/// <typeparam name="T">The row.</typeparam>
public abstract class Group<T>
{
    private protected Group()
    {
    }

    /// <summary>The number of rows.</summary>
    public long Count() => throw Never.Runs();

    /// <summary>The number of rows for which <paramref name="condition"/> is true.</summary>
    public long Count(Func<T, bool> condition) => throw Never.Runs();

    /// <summary>The number of rows whose value is not null.</summary>
    public long CountNotNull<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The 64-bit sum; overflow fails the batch.</summary>
    public long Sum(Func<T, long> value) => throw Never.Runs();

    /// <summary>The 64-bit sum of the values that are not null; null if there is none. Overflow fails the batch.</summary>
    public long? Sum(Func<T, long?> value) => throw Never.Runs();

    /// <summary>The sum.</summary>
    public double Sum(Func<T, double> value) => throw Never.Runs();

    /// <summary>The sum of the values that are not null; null if there is none.</summary>
    public double? Sum(Func<T, double?> value) => throw Never.Runs();

    /// <summary>The sum; ten digits wider than the value, overflow fails the batch.</summary>
    public decimal Sum(Func<T, decimal> value) => throw Never.Runs();

    /// <summary>The sum of the values that are not null; null if there is none.</summary>
    public decimal? Sum(Func<T, decimal?> value) => throw Never.Runs();

    /// <summary>The mean.</summary>
    public double Average(Func<T, long> value) => throw Never.Runs();

    /// <summary>The mean of the values that are not null; null if there is none.</summary>
    public double? Average(Func<T, long?> value) => throw Never.Runs();

    /// <summary>The mean.</summary>
    public double Average(Func<T, double> value) => throw Never.Runs();

    /// <summary>The mean of the values that are not null; null if there is none.</summary>
    public double? Average(Func<T, double?> value) => throw Never.Runs();

    /// <summary>The mean, four digits more after the point than the value, rounded half up.</summary>
    public decimal Average(Func<T, decimal> value) => throw Never.Runs();

    /// <summary>The mean of the values that are not null; null if there is none.</summary>
    public decimal? Average(Func<T, decimal?> value) => throw Never.Runs();

    /// <summary>The least value; strings compare by their UTF-8 bytes.</summary>
    public TValue Min<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The greatest value; strings compare by their UTF-8 bytes.</summary>
    public TValue Max<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The first value that arrived; nulls are skipped.</summary>
    public TValue First<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The last value that arrived; nulls are skipped.</summary>
    public TValue Last<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The value of the row with the least <paramref name="by"/>; rows where that is null are skipped, the first of equal ones wins.</summary>
    public TValue MinBy<TValue, TBy>(Func<T, TValue> value, Func<T, TBy> by) => throw Never.Runs();

    /// <summary>The value of the row with the greatest <paramref name="by"/>; rows where that is null are skipped, the first of equal ones wins.</summary>
    public TValue MaxBy<TValue, TBy>(Func<T, TValue> value, Func<T, TBy> by) => throw Never.Runs();

    /// <summary>The population variance; null for no value.</summary>
    public double? VariancePopulation(Func<T, double?> value) => throw Never.Runs();

    /// <summary>The sample variance; null for fewer than two values.</summary>
    public double? VarianceSample(Func<T, double?> value) => throw Never.Runs();

    /// <summary>The population standard deviation; null for no value.</summary>
    public double? StandardDeviationPopulation(Func<T, double?> value) => throw Never.Runs();

    /// <summary>The sample standard deviation; null for fewer than two values.</summary>
    public double? StandardDeviationSample(Func<T, double?> value) => throw Never.Runs();

    /// <summary>Whether the condition holds for all rows.</summary>
    public bool All(Func<T, bool> condition) => throw Never.Runs();

    /// <summary>Whether the condition holds for all rows where it is not null; null if there is none.</summary>
    public bool? All(Func<T, bool?> condition) => throw Never.Runs();

    /// <summary>Whether the condition holds for any row.</summary>
    public bool Any(Func<T, bool> condition) => throw Never.Runs();

    /// <summary>Whether the condition holds for any row where it is not null; null if there is none.</summary>
    public bool? Any(Func<T, bool?> condition) => throw Never.Runs();

    /// <summary>The exact number of distinct values that are not null. Only where a window or a TTL bounds the state.</summary>
    public long CountDistinct<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>The approximate number of distinct values that are not null.</summary>
    /// <param name="value">The value to count.</param>
    /// <param name="error">The relative standard error, 0.005 to 0.25; a constant.</param>
    public long ApproxCountDistinct<TValue>(Func<T, TValue> value, double error = 0.05) => throw Never.Runs();

    /// <summary>An approximate quantile of the values that are not null; null if there is none.</summary>
    /// <param name="value">The value.</param>
    /// <param name="quantile">The quantile, 0 to 1; a constant.</param>
    /// <param name="error">The greatest relative error of the value returned, 0.001 to 0.2; a constant.</param>
    public double? ApproxQuantile(Func<T, double?> value, double quantile, double error = 0.01) => throw Never.Runs();

    /// <summary>The values that are not null in the order of their arrival, at most <paramref name="max"/>; the first ones are kept.</summary>
    public IReadOnlyList<TValue> Collect<TValue>(Func<T, TValue> value, int max) => throw Never.Runs();

    /// <summary>The distinct values that are not null in ascending order, at most <paramref name="max"/>; the first to arrive are kept.</summary>
    public IReadOnlyList<TValue> CollectSet<TValue>(Func<T, TValue> value, int max) => throw Never.Runs();

    /// <summary>An aggregate of the user's own.</summary>
    public TResult Aggregate<TValue, TState, TResult>(IAggregate<TValue, TState, TResult> aggregate, Func<T, TValue> value)
        where TState : unmanaged => throw Never.Runs();
}
