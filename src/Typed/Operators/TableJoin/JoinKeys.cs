using Typed.Columns;

namespace Typed.Operators;

/// <summary>Parts of keys as they are compared.</summary>
public static class JoinKeys
{
    /// <summary>The bits of a number, the same for all NaNs and for both zeros (semantics 3.9).</summary>
    public static long Bits(double value) =>
        BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value);

    /// <summary>A decimal with so many more digits after the point; one that has no room for them is given as a number that no decimal is.</summary>
    public static Int128 Scaled(Int128 value, int digits)
    {
        Int128 factor = Decimals.PowerOfTen(digits);
        return Int128.Abs(value) <= Int128.MaxValue / factor ? value * factor : Int128.MaxValue;
    }
}
