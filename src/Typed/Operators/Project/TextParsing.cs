using System.Globalization;
using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// The parsing of expressions: what <see cref="Parse"/> and the <c>Parse</c> methods of .NET do with strings, done with UTF-8. Null text
/// gives null in the forms that may, and <see cref="ArgumentNullException"/> in the others.
/// </summary>
public static class TextParsing
{
    private const NumberStyles FloatStyles = NumberStyles.Float | NumberStyles.AllowThousands;

    /// <inheritdoc cref="Parse.BooleanOrNull"/>
    [SkipLocalsInit]
    public static bool? BooleanOrNull(Utf8 text)
    {
        if (text.IsNull)
            return null;
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return bool.TryParse(chars.Chars, out bool value) ? value : null;
    }

    /// <inheritdoc cref="Parse.SByteOrNull"/>
    public static sbyte? SByteOrNull(Utf8 text) =>
        !text.IsNull && sbyte.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out sbyte value) ? value : null;

    /// <inheritdoc cref="Parse.ByteOrNull"/>
    public static byte? ByteOrNull(Utf8 text) =>
        !text.IsNull && byte.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out byte value) ? value : null;

    /// <inheritdoc cref="Parse.Int16OrNull"/>
    public static short? Int16OrNull(Utf8 text) =>
        !text.IsNull && short.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out short value) ? value : null;

    /// <inheritdoc cref="Parse.UInt16OrNull"/>
    public static ushort? UInt16OrNull(Utf8 text) =>
        !text.IsNull && ushort.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out ushort value) ? value : null;

    /// <inheritdoc cref="Parse.Int32OrNull"/>
    public static int? Int32OrNull(Utf8 text) =>
        !text.IsNull && int.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <inheritdoc cref="Parse.UInt32OrNull"/>
    public static uint? UInt32OrNull(Utf8 text) =>
        !text.IsNull && uint.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out uint value) ? value : null;

    /// <inheritdoc cref="Parse.Int64OrNull"/>
    public static long? Int64OrNull(Utf8 text) =>
        !text.IsNull && long.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <inheritdoc cref="Parse.UInt64OrNull"/>
    public static ulong? UInt64OrNull(Utf8 text) =>
        !text.IsNull && ulong.TryParse(text.Span, NumberStyles.Integer, CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <inheritdoc cref="Parse.SingleOrNull"/>
    public static float? SingleOrNull(Utf8 text) =>
        !text.IsNull && float.TryParse(text.Span, FloatStyles, CultureInfo.InvariantCulture, out float value) ? value : null;

    /// <inheritdoc cref="Parse.DoubleOrNull"/>
    public static double? DoubleOrNull(Utf8 text) =>
        !text.IsNull && double.TryParse(text.Span, FloatStyles, CultureInfo.InvariantCulture, out double value) ? value : null;

    /// <inheritdoc cref="Parse.DecimalOrNull"/>
    public static decimal? DecimalOrNull(Utf8 text) =>
        !text.IsNull && decimal.TryParse(text.Span, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value) ? value : null;

    /// <inheritdoc cref="Parse.GuidOrNull"/>
    [SkipLocalsInit]
    public static Guid? GuidOrNull(Utf8 text)
    {
        if (text.IsNull)
            return null;
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return System.Guid.TryParse(chars.Chars, out Guid value) ? value : null;
    }

    /// <inheritdoc cref="Parse.TimestampOrNull"/>
    [SkipLocalsInit]
    public static DateTimeOffset? TimestampOrNull(Utf8 text)
    {
        if (text.IsNull)
            return null;
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return DateTimeOffset.TryParse(
            chars.Chars, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset value) ? value : null;
    }

    /// <inheritdoc cref="Parse.DateOrNull"/>
    [SkipLocalsInit]
    public static DateOnly? DateOrNull(Utf8 text)
    {
        if (text.IsNull)
            return null;
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return DateOnly.TryParse(chars.Chars, CultureInfo.InvariantCulture, out DateOnly value) ? value : null;
    }

    /// <inheritdoc cref="Parse.DurationOrNull"/>
    [SkipLocalsInit]
    public static TimeSpan? DurationOrNull(Utf8 text)
    {
        if (text.IsNull)
            return null;
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return TimeSpan.TryParse(chars.Chars, CultureInfo.InvariantCulture, out TimeSpan value) ? value : null;
    }

    /// <summary><see cref="bool.Parse(string)"/>.</summary>
    [SkipLocalsInit]
    public static bool Boolean(Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return bool.Parse(chars.Chars);
    }

    /// <summary><see cref="sbyte.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static sbyte SByte(Utf8 text, NumberStyles styles = NumberStyles.Integer) => sbyte.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="byte.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static byte Byte(Utf8 text, NumberStyles styles = NumberStyles.Integer) => byte.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="short.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static short Int16(Utf8 text, NumberStyles styles = NumberStyles.Integer) => short.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="ushort.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static ushort UInt16(Utf8 text, NumberStyles styles = NumberStyles.Integer) => ushort.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="int.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static int Int32(Utf8 text, NumberStyles styles = NumberStyles.Integer) => int.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="uint.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static uint UInt32(Utf8 text, NumberStyles styles = NumberStyles.Integer) => uint.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="long.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static long Int64(Utf8 text, NumberStyles styles = NumberStyles.Integer) => long.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="ulong.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static ulong UInt64(Utf8 text, NumberStyles styles = NumberStyles.Integer) => ulong.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="float.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static float Float(Utf8 text, NumberStyles styles = FloatStyles) => float.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="double.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static double Double(Utf8 text, NumberStyles styles = FloatStyles) => double.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="decimal.Parse(string, NumberStyles, IFormatProvider)"/>, invariant.</summary>
    public static decimal Decimal(Utf8 text, NumberStyles styles = NumberStyles.Number) => decimal.Parse(NotNull(text).Span, styles, CultureInfo.InvariantCulture);

    /// <summary><see cref="System.Guid.Parse(string)"/>.</summary>
    [SkipLocalsInit]
    public static Guid Guid(Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return System.Guid.Parse(chars.Chars);
    }

    /// <summary><see cref="System.Guid.ParseExact(string, string)"/>.</summary>
    [SkipLocalsInit]
    public static Guid ExactGuid(Utf8 text, string format)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return System.Guid.ParseExact(chars.Chars, format);
    }

    /// <summary><see cref="DateTimeOffset.Parse(string, IFormatProvider, DateTimeStyles)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static DateTimeOffset Timestamp(Utf8 text, DateTimeStyles styles)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return DateTimeOffset.Parse(chars.Chars, CultureInfo.InvariantCulture, styles);
    }

    /// <summary><see cref="DateTimeOffset.ParseExact(string, string, IFormatProvider, DateTimeStyles)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static DateTimeOffset ExactTimestamp(Utf8 text, string format, DateTimeStyles styles)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return DateTimeOffset.ParseExact(chars.Chars, format, CultureInfo.InvariantCulture, styles);
    }

    /// <summary><see cref="DateOnly.Parse(string, IFormatProvider, DateTimeStyles)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static DateOnly Date(Utf8 text, DateTimeStyles styles = DateTimeStyles.None)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return DateOnly.Parse(chars.Chars, CultureInfo.InvariantCulture, styles);
    }

    /// <summary><see cref="DateOnly.ParseExact(string, string, IFormatProvider, DateTimeStyles)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static DateOnly ExactDate(Utf8 text, string format, DateTimeStyles styles = DateTimeStyles.None)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return DateOnly.ParseExact(chars.Chars, format, CultureInfo.InvariantCulture, styles);
    }

    /// <summary><see cref="TimeSpan.Parse(string, IFormatProvider)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static TimeSpan Duration(Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return TimeSpan.Parse(chars.Chars, CultureInfo.InvariantCulture);
    }

    /// <summary><see cref="TimeSpan.ParseExact(string, string, IFormatProvider, TimeSpanStyles)"/>, invariant.</summary>
    [SkipLocalsInit]
    public static TimeSpan ExactDuration(Utf8 text, string format, TimeSpanStyles styles = TimeSpanStyles.None)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return TimeSpan.ParseExact(chars.Chars, format, CultureInfo.InvariantCulture, styles);
    }

    private static Utf8 NotNull(Utf8 text) => text.IsNull ? throw new ArgumentNullException(nameof(text), "An expression parses a string that is null.") : text;
}
