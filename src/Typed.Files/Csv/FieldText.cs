using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Typed.Columns;
using Typed.Schema;
using Unicode = System.Text.Unicode.Utf8;

namespace Typed.Files;

/// <summary>The text of a value into a column: the counterpart of <see cref="ColumnText"/>.</summary>
internal static class FieldText
{
    private const NumberStyles Integer = NumberStyles.AllowLeadingSign;

    /// <summary>Appends the value of a text.</summary>
    /// <returns>False, and nothing is appended, if the text is no such value.</returns>
    internal static bool TryAppend(Column column, ReadOnlySpan<byte> text)
    {
        switch (column.Type.Kind)
        {
            case FieldKind.String:
                if (!Unicode.IsValid(text))
                    return false;
                ((Utf8Column)column).Append(text);
                return true;
            case FieldKind.Int64:
                return Append(column, long.TryParse(text, Integer, CultureInfo.InvariantCulture, out long int64), int64);
            case FieldKind.Int32:
                return Append(column, int.TryParse(text, Integer, CultureInfo.InvariantCulture, out int int32), int32);
            case FieldKind.Double:
                return Append(column, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && !IsPadded(text), real);
            case FieldKind.Decimal:
                return Append(column, TryDecimal(text, column.Type, out Int128 stored), stored);
            case FieldKind.Timestamp:
                return Append(column, TimeText.TryParseInstant(text, out long micros), micros);
            case FieldKind.Boolean:
                return TryBoolean((BoolColumn)column, text);
            case FieldKind.Date:
                return Append(column, TimeText.TryParseDate(text, out int days), days);
            default:
                return TryAppendSeldom(column, text);
        }
    }

    private static bool TryAppendSeldom(Column column, ReadOnlySpan<byte> text)
    {
        switch (column.Type.Kind)
        {
            case FieldKind.SByte:
                return Append(column, sbyte.TryParse(text, Integer, CultureInfo.InvariantCulture, out sbyte int8), int8);
            case FieldKind.Byte:
                return Append(column, byte.TryParse(text, Integer, CultureInfo.InvariantCulture, out byte uint8), uint8);
            case FieldKind.Int16:
                return Append(column, short.TryParse(text, Integer, CultureInfo.InvariantCulture, out short int16), int16);
            case FieldKind.UInt16:
                return Append(column, ushort.TryParse(text, Integer, CultureInfo.InvariantCulture, out ushort uint16), uint16);
            case FieldKind.UInt32:
                return Append(column, uint.TryParse(text, Integer, CultureInfo.InvariantCulture, out uint uint32), uint32);
            case FieldKind.UInt64:
                return Append(column, ulong.TryParse(text, Integer, CultureInfo.InvariantCulture, out ulong uint64), uint64);
            case FieldKind.Float:
                return Append(column, float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float real) && !IsPadded(text), real);
            case FieldKind.Duration:
                return Append(column, TimeText.TryParseDuration(text, out long micros), micros);
            case FieldKind.Guid:
                bool whole = Utf8Parser.TryParse(text, out Guid guid, out int used) && used == text.Length;
                return Append(column, whole, guid);
            case FieldKind.Enum:
                return Append(column, TryEnum(column.Type, text, out long number), number);
            case FieldKind.Binary:
                return TryBinary((Utf8Column)column, text);
            default:
                throw new InvalidOperationException($"A value of the type {column.Type} has no text of one line.");
        }
    }

    private static bool Append<T>(Column column, bool parsed, T value)
        where T : unmanaged
    {
        if (parsed)
            ((FixedColumn<T>)column).Append(value);
        return parsed;
    }

    private static bool IsPadded(ReadOnlySpan<byte> text) => text[0] <= ' ' || text[^1] <= ' ';

    /// <summary>Digits with at most one point, and an exponent if any, rounded half up to the scale.</summary>
    private static bool TryDecimal(ReadOnlySpan<byte> text, FieldType type, out Int128 stored)
    {
        stored = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        int at = negative || (text.Length > 0 && text[0] == '+') ? 1 : 0;
        UInt128 magnitude = 0;
        int scale = 0;
        int digits = 0;
        bool point = false;
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }

            if ((uint)(c - '0') > 9)
                break;
            digits++;
            if (magnitude > (UInt128.MaxValue - 9) / 10)
            {
                // More digits than 128 bits hold: those after the point no longer matter, others do not fit.
                if (!point)
                    return false;
                continue;
            }

            magnitude = (magnitude * 10) + (UInt128)(c - '0');
            scale += point ? 1 : 0;
        }

        int exponent = 0;
        if (digits == 0 || (at < text.Length && !TryExponent(text[at..], out exponent)))
            return false;
        if (!Decimals.TryRescale(magnitude, scale - exponent, type.Precision, type.Scale, out UInt128 scaled))
            return false;
        stored = negative ? -(Int128)scaled : (Int128)scaled;
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        return text[0] is (byte)'e' or (byte)'E' && int.TryParse(text[1..], Integer, CultureInfo.InvariantCulture, out exponent) && Math.Abs(exponent) <= 1000;
    }

    private static bool TryBoolean(BoolColumn column, ReadOnlySpan<byte> text)
    {
        bool yes = System.Text.Ascii.EqualsIgnoreCase(text, "true");
        if (!yes && !System.Text.Ascii.EqualsIgnoreCase(text, "false"))
            return false;
        column.Append(yes);
        return true;
    }

    private static bool TryDuration(ReadOnlySpan<byte> text, out long micros)
    {
        bool whole = Utf8Parser.TryParse(text, out TimeSpan value, out int used, 'c') && used == text.Length;
        micros = whole ? Instant.ToMicros(value) : 0;
        return whole;
    }

    private static bool TryEnum(FieldType type, ReadOnlySpan<byte> text, out long value)
    {
        foreach ((string name, long number) in type.EnumNames)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(text, name))
            {
                value = number;
                return true;
            }
        }

        return long.TryParse(text, Integer, CultureInfo.InvariantCulture, out value) && HasNumber(type, value);
    }

    private static bool HasNumber(FieldType type, long value)
    {
        foreach ((_, long number) in type.EnumNames)
        {
            if (number == value)
                return true;
        }

        return false;
    }

    private static bool TryBinary(Utf8Column column, ReadOnlySpan<byte> text)
    {
        Span<byte> to = column.Reserve(Base64.GetMaxDecodedFromUtf8Length(text.Length));
        if (Base64.DecodeFromUtf8(text, to, out _, out int written) != OperationStatus.Done)
            return false;
        column.Commit(written);
        return true;
    }
}
