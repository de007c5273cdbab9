namespace Typed.Columns;

/// <summary>Between <see cref="decimal"/> and the 128-bit integers that columns store: the value times ten to the scale.</summary>
public static class Decimals
{
    private static readonly Int128[] Powers = CreatePowers();

    /// <summary>Ten to an exponent of 0 to 38.</summary>
    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>The decimal that is stored as <paramref name="value"/>.</summary>
    /// <param name="value">The value times ten to <paramref name="scale"/>.</param>
    /// <param name="scale">The digits after the point, 0 to 28.</param>
    /// <exception cref="OverflowException">It has more digits than a <see cref="decimal"/> holds, which are 28 to 29.</exception>
    public static decimal ToDecimal(Int128 value, int scale)
    {
        UInt128 magnitude = (UInt128)(value < 0 ? -value : value);

        // A decimal has 96 bits: digits after the point that are zero, or that do not fit, go first.
        while (magnitude >> 96 != 0)
        {
            (UInt128 quotient, UInt128 digit) = UInt128.DivRem(magnitude, 10);
            if (scale == 0 || digit != 0)
                throw new OverflowException("A decimal column holds a number of more digits than the C# type decimal can show (28). Compute it with a smaller precision.");
            magnitude = quotient;
            scale--;
        }

        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), value < 0, (byte)scale);
    }

    /// <summary>The stored form, rounded half up (away from zero) to the scale.</summary>
    /// <returns>False if it has more than <paramref name="precision"/> digits.</returns>
    public static bool TryToInt128(decimal value, int precision, int scale, out Int128 stored)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        UInt128 magnitude = new((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        int ownScale = (bits[3] >> 16) & 0xFF;
        if (!TryRescale(magnitude, ownScale, precision, scale, out UInt128 scaled))
        {
            stored = 0;
            return false;
        }

        stored = bits[3] < 0 ? -(Int128)scaled : (Int128)scaled;
        return true;
    }

    /// <summary>The stored form, rounded half up to the scale.</summary>
    /// <exception cref="ArgumentException">It has more than <paramref name="precision"/> digits.</exception>
    public static Int128 ToInt128(decimal value, int precision, int scale) =>
        TryToInt128(value, precision, scale, out Int128 stored)
            ? stored
            : throw new ArgumentException(FormattableString.Invariant(
                $"{value} does not fit a field of decimal({precision},{scale}): at most {precision - scale} digits stand before the point. Give the field a larger [Precision]."));

    /// <summary>Brings a magnitude from one scale to another, rounding half up.</summary>
    /// <returns>False if the result has more than <paramref name="precision"/> digits.</returns>
    internal static bool TryRescale(UInt128 magnitude, int fromScale, int precision, int toScale, out UInt128 scaled)
    {
        scaled = magnitude;
        if (fromScale < toScale)
        {
            // Zero fits every scale; anything else times ten to more than 38 does not fit.
            int exponent = toScale - fromScale;
            if (magnitude != 0 && (exponent > 38 || magnitude > (UInt128)Powers[38] / (UInt128)Powers[exponent]))
                return false;
            scaled = magnitude == 0 ? 0 : magnitude * (UInt128)Powers[exponent];
        }
        else if (fromScale > toScale)
        {
            int exponent = fromScale - toScale;
            if (exponent > 38)
            {
                scaled = 0;
            }
            else
            {
                UInt128 divisor = (UInt128)Powers[exponent];
                (UInt128 quotient, UInt128 rest) = UInt128.DivRem(magnitude, divisor);
                scaled = rest >= divisor - rest ? quotient + 1 : quotient;
            }
        }

        return scaled < (UInt128)Powers[precision];
    }

    private static Int128[] CreatePowers()
    {
        Int128[] powers = new Int128[39];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
