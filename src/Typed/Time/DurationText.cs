using System.Globalization;

namespace Typed.Time;

/// <summary>
/// Durations as texts such as <c>"10 minutes"</c>, <c>"1 hour 30 minutes"</c> or <c>"interval 5 hours"</c>: the units of Spark's
/// intervals. Months count 31 days in a watermark's delay (semantics 2.1.1) and are refused elsewhere.
/// </summary>
public static class DurationText
{
    private const long Millisecond = 1000;
    private const long Second = 1000 * Millisecond;
    private const long Day = 86_400 * Second;

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text.</param>
    /// <param name="micros">The duration without its months, µs; may be negative.</param>
    /// <param name="months">The months; a year counts 12.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(string? text, out long micros, out int months)
    {
        micros = 0;
        months = 0;
        string[] words = (text ?? "").Trim().ToLowerInvariant().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int next = words.Length > 0 && words[0] == "interval" ? 1 : 0;
        if (words.Length <= next || (words.Length - next) % 2 != 0)
            return false;
        for (; next < words.Length; next += 2)
        {
            if (!decimal.TryParse(words[next], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
                return false;
            if (!TryUnit(words[next + 1], out long unit, out int unitMonths))
                return false;
            if (unitMonths > 0)
            {
                if (count != decimal.Truncate(count) || Math.Abs(count) > 100_000)
                    return false;
                months += (int)count * unitMonths;
                continue;
            }

            decimal total = micros + (count * unit);
            if (total != decimal.Truncate(total) || Math.Abs(total) > long.MaxValue / 4)
                return false;
            micros = (long)total;
        }

        return true;
    }

    private static bool TryUnit(string word, out long micros, out int months)
    {
        (micros, months) = word.EndsWith("s", StringComparison.Ordinal) && word.Length > 2 ? Unit(word.Substring(0, word.Length - 1)) : Unit(word);
        if (micros == 0 && months == 0)
            (micros, months) = Unit(word);
        return micros != 0 || months != 0;
    }

    private static (long Micros, int Months) Unit(string word) => word switch
    {
        "microsecond" or "us" or "µs" => (1, 0),
        "millisecond" or "ms" => (Millisecond, 0),
        "second" or "sec" or "s" => (Second, 0),
        "minute" or "min" or "m" => (60 * Second, 0),
        "hour" or "h" => (3600 * Second, 0),
        "day" or "d" => (Day, 0),
        "week" or "w" => (7 * Day, 0),
        "month" => (0, 1),
        "year" => (0, 12),
        _ => (0, 0),
    };
}
