using System.Globalization;

namespace Typed.Time;

/// <summary>Durations as people say them: the greatest unit, and the next one where that tells something: <c>3 min</c>, <c>1 h 20 min</c>, <c>74 years</c>.</summary>
internal static class DurationPhrase
{
    private static readonly (long Micros, string Unit, string? Plural)[] Units =
    [
        (365L * 86_400_000_000, "year", "years"), (86_400_000_000, "day", "days"), (3_600_000_000, "h", null), (60_000_000, "min", null),
        (1_000_000, "s", null), (1_000, "ms", null), (1, "µs", null),
    ];

    internal static string Of(TimeSpan duration) => Of(duration.Ticks / TimeSpan.TicksPerMicrosecond);

    internal static string Of(long micros)
    {
        if (micros < 0)
            return "-" + Of(-micros);
        if (micros == 0)
            return "0 s";
        int unit = Array.FindIndex(Units, one => micros >= one.Micros);
        long count = micros / Units[unit].Micros;
        string first = Count(count, Units[unit]);

        // A second unit where the first one alone would be off by more than a tenth.
        long rest = (micros % Units[unit].Micros) / (unit + 1 < Units.Length ? Units[unit + 1].Micros : 1);
        return count >= 10 || rest == 0 || unit + 1 >= Units.Length ? first : $"{first} {Count(rest, Units[unit + 1])}";
    }

    private static string Count(long count, (long Micros, string Unit, string? Plural) unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count != 1 && unit.Plural is { } plural ? plural : unit.Unit)}");
}
