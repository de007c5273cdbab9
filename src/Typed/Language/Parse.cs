using System.Globalization;

namespace Typed;

/// <summary>
/// Text to values by the invariant culture; null where the text is null or no such value. These are the forms of <c>TryParse</c> for
/// expressions, which have no <c>out</c> parameters.
/// </summary>
public static class Parse
{
    /// <summary>A bool: <c>true</c> or <c>false</c> in any case, white space around it allowed.</summary>
    public static bool? BooleanOrNull(string? text) => bool.TryParse(text, out bool value) ? value : null;

    /// <summary>An sbyte.</summary>
    public static sbyte? SByteOrNull(string? text) => sbyte.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out sbyte value) ? value : null;

    /// <summary>A byte.</summary>
    public static byte? ByteOrNull(string? text) => byte.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out byte value) ? value : null;

    /// <summary>A short.</summary>
    public static short? Int16OrNull(string? text) => short.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out short value) ? value : null;

    /// <summary>A ushort.</summary>
    public static ushort? UInt16OrNull(string? text) => ushort.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out ushort value) ? value : null;

    /// <summary>An int.</summary>
    public static int? Int32OrNull(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>A uint.</summary>
    public static uint? UInt32OrNull(string? text) => uint.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out uint value) ? value : null;

    /// <summary>A long.</summary>
    public static long? Int64OrNull(string? text) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>A ulong.</summary>
    public static ulong? UInt64OrNull(string? text) => ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <summary>A float.</summary>
    public static float? SingleOrNull(string? text) =>
        float.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out float value) ? value : null;

    /// <summary>A double.</summary>
    public static double? DoubleOrNull(string? text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <summary>A decimal.</summary>
    public static decimal? DecimalOrNull(string? text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value) ? value : null;

    /// <summary>A Guid in any of its forms.</summary>
    public static Guid? GuidOrNull(string? text) => Guid.TryParse(text, out Guid value) ? value : null;

    /// <summary>An instant: ISO 8601, or what the invariant culture reads. Without an offset it is UTC; the result is in UTC.</summary>
    public static DateTimeOffset? TimestampOrNull(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset value) ? value : null;

    /// <summary>A date.</summary>
    public static DateOnly? DateOrNull(string? text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out DateOnly value) ? value : null;

    /// <summary>A duration as <see cref="TimeSpan"/> writes it: <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
    public static TimeSpan? DurationOrNull(string? text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value) ? value : null;

    /// <summary>An enum by one of its names, or by its number.</summary>
    public static T? EnumOrNull<T>(string? text)
        where T : struct, Enum => Enum.TryParse(text, out T value) ? value : null;
}
