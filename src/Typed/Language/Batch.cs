namespace Typed;

/// <summary>The clock of a query: fixed for a batch, stored in the offset log and the same again when the batch is run again (semantics 8.5).</summary>
public static class Batch
{
    /// <summary>The instant at which the batch was planned.</summary>
    public static DateTimeOffset Now => throw Never.Runs();

    /// <summary>The UTC date of <see cref="Now"/>.</summary>
    public static DateOnly Today => throw Never.Runs();

    /// <summary>The number of the batch, from 0.</summary>
    public static long Id => throw Never.Runs();
}

/// <summary>Short forms of durations, for <c>using static Typed.Durations;</c>.</summary>
public static class Durations
{
    /// <summary>So many milliseconds.</summary>
    public static TimeSpan Milliseconds(long count) => TimeSpan.FromMilliseconds(count);

    /// <summary>So many seconds.</summary>
    public static TimeSpan Seconds(long count) => TimeSpan.FromSeconds(count);

    /// <summary>So many minutes.</summary>
    public static TimeSpan Minutes(long count) => TimeSpan.FromMinutes(count);

    /// <summary>So many hours.</summary>
    public static TimeSpan Hours(long count) => TimeSpan.FromHours(count);

    /// <summary>So many days of 24 hours.</summary>
    public static TimeSpan Days(int count) => TimeSpan.FromDays(count);
}
