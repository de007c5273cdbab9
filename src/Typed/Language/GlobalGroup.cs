namespace Typed;

/// <summary>
/// All rows of a stream as one group. It may be empty, so every aggregate but a count may be null
/// (semantics 3.4); otherwise as <see cref="Group{T}"/>.
/// </summary>
/// <typeparam name="T">The row.</typeparam>
public sealed class GlobalGroup<T>
{
    internal GlobalGroup()
    {
    }

    /// <inheritdoc cref="Group{T}.Count()"/>
    public long Count() => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Count(Func{T, bool})"/>
    public long Count(Func<T, bool> condition) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.CountNotNull"/>
    public long CountNotNull<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Sum(Func{T, long?})"/>
    public long? Sum(Func<T, long?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Sum(Func{T, double?})"/>
    public double? Sum(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Sum(Func{T, decimal?})"/>
    public decimal? Sum(Func<T, decimal?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Average(Func{T, long?})"/>
    public double? Average(Func<T, long?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Average(Func{T, double?})"/>
    public double? Average(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Average(Func{T, decimal?})"/>
    public decimal? Average(Func<T, decimal?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Min"/>
    public string? Min(Func<T, string?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Min"/>
    public TValue? Min<TValue>(Func<T, TValue?> value)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Max"/>
    public string? Max(Func<T, string?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Max"/>
    public TValue? Max<TValue>(Func<T, TValue?> value)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.First"/>
    public string? First(Func<T, string?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.First"/>
    public TValue? First<TValue>(Func<T, TValue?> value)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Last"/>
    public string? Last(Func<T, string?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Last"/>
    public TValue? Last<TValue>(Func<T, TValue?> value)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.MinBy"/>
    public string? MinBy<TBy>(Func<T, string?> value, Func<T, TBy> by) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.MinBy"/>
    public TValue? MinBy<TValue, TBy>(Func<T, TValue?> value, Func<T, TBy> by)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.MaxBy"/>
    public string? MaxBy<TBy>(Func<T, string?> value, Func<T, TBy> by) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.MaxBy"/>
    public TValue? MaxBy<TValue, TBy>(Func<T, TValue?> value, Func<T, TBy> by)
        where TValue : struct => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.VariancePopulation"/>
    public double? VariancePopulation(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.VarianceSample"/>
    public double? VarianceSample(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.StandardDeviationPopulation"/>
    public double? StandardDeviationPopulation(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.StandardDeviationSample"/>
    public double? StandardDeviationSample(Func<T, double?> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.All(Func{T, bool?})"/>
    public bool? All(Func<T, bool?> condition) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Any(Func{T, bool?})"/>
    public bool? Any(Func<T, bool?> condition) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.CountDistinct"/>
    public long CountDistinct<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.ApproxCountDistinct"/>
    public long ApproxCountDistinct<TValue>(Func<T, TValue> value, double error = 0.05) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.ApproxQuantile"/>
    public double? ApproxQuantile(Func<T, double?> value, double quantile, double error = 0.01) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Collect"/>
    public IReadOnlyList<TValue> Collect<TValue>(Func<T, TValue> value, int max) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.CollectSet"/>
    public IReadOnlyList<TValue> CollectSet<TValue>(Func<T, TValue> value, int max) => throw Never.Runs();

    /// <inheritdoc cref="Group{T}.Aggregate"/>
    public TResult Aggregate<TValue, TState, TResult>(IAggregate<TValue, TState, TResult> aggregate, Func<T, TValue> value)
        where TState : unmanaged => throw Never.Runs();
}
