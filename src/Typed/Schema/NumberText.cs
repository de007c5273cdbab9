using System.Globalization;
using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Schema;

/// <summary>The parts of a decimal number in UTF-8 text: a sign, digits, digits after a point, an exponent.</summary>
/// <param name="start">The first byte.</param>
/// <param name="end">The byte after the last one.</param>
/// <param name="digits">The first digit.</param>
/// <param name="whole">How many digits stand before the point.</param>
/// <param name="fraction">How many digits stand after the point.</param>
/// <param name="exponent">What follows the <c>e</c>; null without.</param>
internal readonly unsafe ref struct NumberText(byte* start, byte* end, byte* digits, int whole, int fraction, byte* exponent)
{
    private const int MaxExponent = 1_000_000;

    private static readonly double[] ExactPowers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private readonly byte* _start = start;
    private readonly byte* _end = end;
    private readonly byte* _digits = digits;
    private readonly int _whole = whole;
    private readonly int _fraction = fraction;
    private readonly byte* _exponent = exponent;

    /// <summary>Whether it has neither a point nor an exponent.</summary>
    public bool IsInteger => _fraction == 0 && _exponent == null;

    /// <summary>Whether it starts with a minus.</summary>
    public bool Negative => *_start == '-';

    /// <summary>The magnitude of an integer; false if it has more than 38 digits.</summary>
    public bool TryInteger(out UInt128 magnitude)
    {
        magnitude = 0;
        byte* at = _digits;
        int count = _whole;
        while (count > 1 && *at == '0')
        {
            at++;
            count--;
        }

        if (count > 38)
            return false;
        for (int i = 0; i < count; i++)
            magnitude = (magnitude * 10) + (uint)(at[i] - '0');
        return true;
    }

    /// <summary>The nearest double; false if it is beyond the largest one.</summary>
    public bool TryDouble(out double value)
    {
        // Both the digits and the power of ten are exact, so that one rounding gives the nearest double.
        if (TryMantissa(out ulong mantissa, out int power) && mantissa <= 1UL << 53 && power is >= -22 and <= 22)
        {
            value = power < 0 ? mantissa / ExactPowers[-power] : mantissa * ExactPowers[power];
            if (Negative)
                value = -value;
            return true;
        }

        return double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>The nearest float; false if it is beyond the largest one.</summary>
    public bool TryFloat(out float value)
    {
        if (TryMantissa(out ulong mantissa, out int power) && mantissa <= 1UL << 24 && power is >= -10 and <= 10)
        {
            value = power < 0 ? mantissa / (float)ExactPowers[-power] : mantissa * (float)ExactPowers[power];
            if (Negative)
                value = -value;
            return true;
        }

        return float.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);
    }

    /// <summary>The number times ten to the scale, rounded half up; false if it has more than <paramref name="precision"/> digits.</summary>
    public bool TryDecimal(int precision, int scale, out Int128 value)
    {
        UInt128 scaled;
        if (TryMantissa(out ulong mantissa, out int power) && power <= 0)
        {
            if (!Decimals.TryRescale(mantissa, -power, precision, scale, out scaled))
            {
                value = 0;
                return false;
            }
        }
        else if (!TryLongDecimal(precision, scale, out scaled))
        {
            value = 0;
            return false;
        }

        value = Negative ? -(Int128)scaled : (Int128)scaled;
        return true;
    }

    private ReadOnlySpan<byte> Text => new(_start, (int)(_end - _start));

    /// <summary>The digits as an integer and the power of ten it is multiplied with; false if there are more than 19 digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryMantissa(out ulong mantissa, out int power)
    {
        mantissa = 0;
        power = 0;
        if (_whole + _fraction > 19)
            return false;
        for (int i = 0; i < _whole; i++)
            mantissa = (mantissa * 10) + (uint)(_digits[i] - '0');
        byte* after = _digits + _whole + 1;
        for (int i = 0; i < _fraction; i++)
            mantissa = (mantissa * 10) + (uint)(after[i] - '0');
        power = ReadExponent() - _fraction;
        return true;
    }

    /// <summary>Any number of digits and any exponent: only the digits that the result can show are looked at, and the one after them.</summary>
    private bool TryLongDecimal(int precision, int scale, out UInt128 scaled)
    {
        scaled = 0;
        long digits = (long)_whole + _fraction;
        long first = 0;
        while (first < digits && Digit(first) == 0)
            first++;
        if (first == digits)
            return true;
        long kept = digits - first - _fraction + ReadExponent() + scale;
        if (kept > precision)
            return false;
        if (kept < 0)
            return true;
        for (long i = first; i < first + kept; i++)
            scaled = (scaled * 10) + (uint)(i < digits ? Digit(i) : 0);
        if (first + kept < digits && Digit(first + kept) >= 5)
            scaled++;
        return scaled < (UInt128)Decimals.PowerOfTen(precision);
    }

    private int Digit(long index) => _digits[index < _whole ? index : index + 1] - '0';

    /// <summary>The exponent, held within a million.</summary>
    private int ReadExponent()
    {
        if (_exponent == null)
            return 0;
        byte* at = _exponent;
        bool negative = *at == '-';
        if (*at is (byte)'-' or (byte)'+')
            at++;
        int value = 0;
        for (; at < _end; at++)
            value = Math.Min(MaxExponent, (value * 10) + (*at - '0'));
        return negative ? -value : value;
    }
}
