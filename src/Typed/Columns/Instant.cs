namespace Typed.Columns;

/// <summary>Between .NET's times and the integers that columns store.</summary>
public static class Instant
{
    /// <summary>1970 in ticks, which .NET counts from the beginning of the year 1 on.</summary>
    internal const long EpochTicks = 621_355_968_000_000_000;

    /// <summary>1970 in days since the beginning of the year 1.</summary>
    internal const int EpochDay = 719_162;

    /// <summary>The first microsecond that .NET's times have: the beginning of the year 1.</summary>
    internal const long FirstMicros = -EpochTicks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The last microsecond that .NET's times have: the end of the year 9999.</summary>
    internal const long LastMicros = 253_402_300_799_999_999;

    /// <summary>The first day that .NET's dates have.</summary>
    internal const int FirstDay = -EpochDay;

    /// <summary>The last day that .NET's dates have: the end of the year 9999.</summary>
    internal const int LastDay = 2_932_896;

    /// <summary>Microseconds since 1970 UTC, rounded down.</summary>
    public static long ToMicros(DateTimeOffset value) => TicksToMicros(value.UtcTicks - EpochTicks);

    /// <summary>The instant, with offset zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before year 1 or after year 9999.</exception>
    public static DateTimeOffset FromMicros(long micros) => new(checked((micros * TimeSpan.TicksPerMicrosecond) + EpochTicks), TimeSpan.Zero);

    /// <summary>So many microseconds after a time, or the last one there is: what is further away does not come.</summary>
    /// <param name="micros">A time.</param>
    /// <param name="duration">Not below zero.</param>
    internal static long After(long micros, long duration) => duration > LastMicros - micros ? LastMicros : micros + duration;

    /// <summary>Microseconds of a duration, rounded down.</summary>
    public static long ToMicros(TimeSpan value) => TicksToMicros(value.Ticks);

    /// <summary>Microseconds of ticks, rounded down.</summary>
    internal static long TicksToMicros(long ticks)
    {
        (long quotient, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerMicrosecond);
        return rest < 0 ? quotient - 1 : quotient;
    }

    /// <summary>A duration of so many microseconds.</summary>
    public static TimeSpan DurationFromMicros(long micros) => new(checked(micros * TimeSpan.TicksPerMicrosecond));

    /// <summary>Days since 1970.</summary>
    public static int ToDays(DateOnly value) => value.DayNumber - EpochDay;

    /// <summary>The date.</summary>
    public static DateOnly DateFromDays(int days) => DateOnly.FromDayNumber(checked(days + EpochDay));
}
