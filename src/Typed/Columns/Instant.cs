namespace Typed.Columns;

/// <summary>Between .NET's times and the integers that columns store.</summary>
public static class Instant
{
    /// <summary>The last microsecond that .NET's times have: the end of the year 9999.</summary>
    internal const long LastMicros = 253_402_300_799_999_999;

    private const long EpochTicks = 621_355_968_000_000_000;

    /// <summary>Microseconds since 1970 UTC, rounded down.</summary>
    public static long ToMicros(DateTimeOffset value) => Math.DivRem(value.UtcTicks - EpochTicks, TimeSpan.TicksPerMicrosecond) switch
    {
        (long quotient, < 0) => quotient - 1,
        (long quotient, _) => quotient,
    };

    /// <summary>The instant, with offset zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before year 1 or after year 9999.</exception>
    public static DateTimeOffset FromMicros(long micros) => new(checked((micros * TimeSpan.TicksPerMicrosecond) + EpochTicks), TimeSpan.Zero);

    /// <summary>So many microseconds after a time, or the last one there is: what is further away does not come.</summary>
    /// <param name="micros">A time.</param>
    /// <param name="duration">Not below zero.</param>
    internal static long After(long micros, long duration) => duration > LastMicros - micros ? LastMicros : micros + duration;

    /// <summary>Microseconds of a duration, rounded down.</summary>
    public static long ToMicros(TimeSpan value)
    {
        (long quotient, long rest) = Math.DivRem(value.Ticks, TimeSpan.TicksPerMicrosecond);
        return rest < 0 ? quotient - 1 : quotient;
    }

    /// <summary>A duration of so many microseconds.</summary>
    public static TimeSpan DurationFromMicros(long micros) => new(checked(micros * TimeSpan.TicksPerMicrosecond));

    /// <summary>Days since 1970.</summary>
    public static int ToDays(DateOnly value) => value.DayNumber - 719_162;

    /// <summary>The date.</summary>
    public static DateOnly DateFromDays(int days) => DateOnly.FromDayNumber(checked(days + 719_162));
}
