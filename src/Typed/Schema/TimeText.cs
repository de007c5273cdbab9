using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Typed.Schema;

/// <summary>
/// Instants, dates and durations in UTF-8 text. An instant is ISO 8601: <c>2024-02-29T12:30:00.123456Z</c>; the seconds, their fraction
/// and the zone may be missing (no zone is UTC), the zone may be <c>+01:00</c>, <c>+0100</c> or <c>+01</c>, a space may stand for the T, and
/// a date alone is its midnight. Digits beyond the microsecond are cut off.
/// </summary>
public static unsafe class TimeText
{
    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerMinute = 60 * MicrosPerSecond;
    private const long MicrosPerHour = 60 * MicrosPerMinute;
    private const long MicrosPerDay = 24 * MicrosPerHour;

    // How many days of the year are past when each month starts.
    private static readonly ushort[] Before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    private static readonly ushort[] BeforeInLeapYear = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366];

    /// <summary>Reads an instant: microseconds since 1970 UTC, within the years 1 to 9999.</summary>
    public static bool TryParseInstant(ReadOnlySpan<byte> text, out long micros)
    {
        fixed (byte* start = text)
            return TryParseInstant(start, start + text.Length, out micros);
    }

    /// <summary>Reads a date, <c>yyyy-MM-dd</c>: days since 1970.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        return text.Length == 10 && text[4] == '-' && text[7] == '-'
            && TryDigits(text[..4], out int year) && TryDigits(text[5..7], out int month) && TryDigits(text[8..], out int day)
            && TryDays(year, month, day, out days);
    }

    /// <summary>Reads a duration as .NET writes it, <c>[-][d.]hh:mm:ss[.fffffff]</c>: microseconds, rounded down.</summary>
    public static bool TryParseDuration(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out TimeSpan span, out int consumed, 'c') || consumed != text.Length)
            return false;
        micros = Columns.Instant.ToMicros(span);
        return true;
    }

    /// <summary>
    /// Reads the usual form <c>yyyy-MM-ddTHH:mm:ssZ</c> before a quote, from memory of which 32 bytes can be read; false for all other
    /// forms, valid or not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryParseUsual(byte* at, out long micros)
    {
        // 0123456789012345678901
        // 2024-02-29T12:30:00Z"     The first 16 bytes have all digits but those of the seconds.
        Vector128<byte> text = Vector128.Load(at);
        Vector128<byte> gathered = Vector128.Shuffle(text, Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 255, 255, 255, 255));
        ulong seconds = Unsafe.ReadUnaligned<ushort>(at + 17) | 0x3030_0000UL;
        Vector128<byte> digits = (gathered | Vector128.Create(0UL, seconds << 32).AsByte()) - Vector128.Create((byte)'0');
        Vector128<byte> marks = Vector128.BitwiseAnd(text, Vector128.Create(0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, (byte)0));
        micros = 0;
        if (marks != Vector128.Create(0, 0, 0, 0, (byte)'-', 0, 0, (byte)'-', 0, 0, (byte)'T', 0, 0, (byte)':', 0, 0)
            || Vector128.GreaterThanAny(digits, Vector128.Create((byte)9))
            || at[16] != ':' || at[19] != 'Z' || at[20] != '"')
        {
            return false;
        }

        ulong low = Pairs(digits.AsUInt64().ToScalar());
        ulong high = Pairs(digits.AsUInt64().GetElement(1));
        int year = ((int)(low & 0xFF) * 100) + (int)((low >> 16) & 0xFF);
        int hour = (int)(high & 0xFF);
        int minute = (int)((high >> 16) & 0xFF);
        int second = (int)((high >> 32) & 0xFF);
        if (!TryDays(year, (int)((low >> 32) & 0xFF), (int)(low >> 48), out int days) || hour > 23 || minute > 59 || second > 59)
            return false;
        micros = (days * MicrosPerDay) + (((((hour * 60) + minute) * 60L) + second) * MicrosPerSecond);
        return true;
    }

    /// <summary>Reads any form of an instant.</summary>
    internal static bool TryParseInstant(byte* at, byte* end, out long micros)
    {
        micros = 0;
        if (end - at < 10 || !TryParseDate(new ReadOnlySpan<byte>(at, 10), out int days))
            return false;
        at += 10;
        long time = 0;
        long offset = 0;
        if (at < end)
        {
            if (*at is not ((byte)'T' or (byte)'t' or (byte)' '))
                return false;
            at++;
            if (!TryTimeOfDay(ref at, end, out time) || !TryOffset(at, end, out offset))
                return false;
        }

        micros = (days * MicrosPerDay) + time - offset;
        return micros >= Columns.Instant.FirstDay * MicrosPerDay && micros < (Columns.Instant.LastDay + 1) * MicrosPerDay;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pairs(ulong digits) => ((digits * 10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;

    private static bool TryTimeOfDay(ref byte* at, byte* end, out long micros)
    {
        micros = 0;
        if (end - at < 5 || at[2] != ':' || !TryPair(at, 23, out int hour) || !TryPair(at + 3, 59, out int minute))
            return false;
        at += 5;
        micros = (hour * MicrosPerHour) + (minute * MicrosPerMinute);
        if (at >= end || *at != ':')
            return true;
        if (end - at < 3 || !TryPair(at + 1, 59, out int second))
            return false;
        at += 3;
        micros += second * MicrosPerSecond;
        if (at >= end || *at != '.')
            return true;
        byte* digit = ++at;
        for (long unit = 100_000; at < end && (uint)*at - '0' <= 9; at++, unit /= 10)
            micros += (*at - '0') * unit;
        return at > digit;
    }

    private static bool TryOffset(byte* at, byte* end, out long micros)
    {
        micros = 0;
        if (at == end || (end - at == 1 && *at is (byte)'Z' or (byte)'z'))
            return true;
        bool west = *at == '-';
        if (!west && *at != '+')
            return false;
        at++;
        int length = (int)(end - at);
        int minute = 0;
        if (length < 2 || !TryPair(at, 18, out int hour))
            return false;
        if (length != 2 && !(length == 4 && TryPair(at + 2, 59, out minute)) && !(length == 5 && at[2] == ':' && TryPair(at + 3, 59, out minute)))
            return false;
        micros = ((hour * 60) + minute) * (west ? -MicrosPerMinute : MicrosPerMinute);
        return true;
    }

    private static bool TryPair(byte* at, int largest, out int value)
    {
        value = ((at[0] - '0') * 10) + at[1] - '0';
        return (uint)at[0] - '0' <= 9 && (uint)at[1] - '0' <= 9 && value <= largest;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            if ((uint)digit - '0' > 9)
                return false;
            value = (value * 10) + digit - '0';
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDays(int year, int month, int day, out int days)
    {
        days = 0;
        bool leap = (year & 3) == 0 && (year % 100 != 0 || (year & 15) == 0);
        if ((uint)(month - 1) > 11 || year < 1)
            return false;
        ushort[] before = leap ? BeforeInLeapYear : Before;
        int start = before[month - 1];
        if (day < 1 || day > before[month] - start)
            return false;
        int past = year - 1;
        int centuries = past / 100;
        days = (past * 365) + (past >> 2) - centuries + (centuries >> 2) + start + day - 1 + Columns.Instant.FirstDay;
        return true;
    }
}
