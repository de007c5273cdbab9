using System.Globalization;
using Typed.Columns;

namespace Typed.State;

/// <summary>A decimal of stored state.</summary>
/// <param name="Units">The number without its point.</param>
/// <param name="Scale">How many digits stand behind the point.</param>
internal readonly record struct StateDecimal(Int128 Units, int Scale)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string digits = (Units < 0 ? -(System.Numerics.BigInteger)Units : Units).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        return (Units < 0 ? "-" : "") + (Scale == 0 ? digits : $"{digits[..^Scale]}.{digits[^Scale..]}");
    }
}

/// <summary>A point in time of stored state; a state may hold one that no <see cref="DateTimeOffset"/> can.</summary>
/// <param name="Micros">µs since 1970.</param>
internal readonly record struct StateInstant(long Micros)
{
    /// <inheritdoc/>
    public override string ToString() => Micros is >= Instant.FirstMicros and <= Instant.LastMicros
        ? Instant.FromMicros(Micros).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFK", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Micros} µs");
}

/// <summary>A date of stored state.</summary>
/// <param name="Days">Days since 1970.</param>
internal readonly record struct StateDate(long Days)
{
    /// <inheritdoc/>
    public override string ToString() => Days is >= Instant.FirstDay and <= Instant.LastDay
        ? Instant.DateFromDays((int)Days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Days} days");
}

/// <summary>A duration of stored state.</summary>
/// <param name="Micros">µs.</param>
internal readonly record struct StateDuration(long Micros)
{
    /// <inheritdoc/>
    public override string ToString() => new StateDecimal(Micros, 6) + " s";
}

/// <summary>A window of stored state.</summary>
/// <param name="Start">Its first instant, µs since 1970.</param>
/// <param name="End">The first instant behind it.</param>
internal readonly record struct StateWindow(long Start, long End)
{
    /// <inheritdoc/>
    public override string ToString() => $"[{new StateInstant(Start)}, {new StateInstant(End)})";
}
