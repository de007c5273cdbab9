using System.Globalization;

namespace Typed.Plan;

/// <summary>Durations in words, for messages.</summary>
internal static class DurationWords
{
    private static readonly (long Micros, string Unit)[] Units =
    [
        (86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second"), (1000, "ms"), (1, "µs"),
    ];

    /// <summary>The duration in the largest unit that divides it.</summary>
    public static string Of(long micros)
    {
        (long size, string unit) = micros == 0 ? (1_000_000, "second") : Units.First(one => micros % one.Micros == 0);
        long count = micros / size;
        string plural = count is 1 or -1 || unit is "ms" or "µs" ? "" : "s";
        return $"{count.ToString(CultureInfo.InvariantCulture)} {unit}{plural}";
    }

    /// <summary>The duration with its months.</summary>
    public static string Of(long micros, int months)
    {
        if (months == 0)
            return Of(micros);
        string words = $"{months.ToString(CultureInfo.InvariantCulture)} month{(months is 1 or -1 ? "" : "s")}";
        return micros == 0 ? words : words + " " + Of(micros);
    }
}
