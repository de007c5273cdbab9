using System.Globalization;

namespace Typed.Generator.Emitter.Text;

/// <summary>Durations as people say them.</summary>
internal static class DurationWording
{
    private static readonly (long Micros, string Unit)[] Units =
    [
        (86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second"), (1_000, "millisecond"),
        (1, "microsecond"),
    ];

    /// <summary>Months of the calendar, and a duration: <c>1 month and 12 hours</c>.</summary>
    public static string Of(int months, long micros) =>
        months == 0 ? Of(micros) : months.ToString(CultureInfo.InvariantCulture) + (months == 1 ? " month" : " months") + (micros == 0 ? "" : " and " + Of(micros));

    /// <summary>The length of windows, how often one begins, and when: <c>10 minutes every 5 minutes from 1 minute past the epoch</c>.</summary>
    public static string Windows(long size, long slide, long offset) =>
        Of(size) + (slide == size ? "" : " every " + Of(slide)) + (offset == 0 ? "" : " from " + Of(offset) + " past the epoch");

    /// <summary>A duration in the greatest unit it is a multiple of: <c>90 minutes</c>.</summary>
    public static string Of(long micros)
    {
        if (micros == 0)
            return "0 seconds";
        (long unit, string name) = Units.First(one => micros % one.Micros == 0);
        long count = micros / unit;
        return count.ToString(CultureInfo.InvariantCulture) + " " + name + (Math.Abs(count) == 1 ? "" : "s");
    }
}
