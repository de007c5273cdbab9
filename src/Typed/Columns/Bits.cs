using System.Runtime.CompilerServices;

namespace Typed.Columns;

/// <summary>Bits of a bitmap, least significant first: of booleans, and of validity (bit set = value present).</summary>
public static unsafe class Bits
{
    /// <summary>The bit of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Get(byte* bits, int row) => (bits[row >> 3] & (1 << (row & 7))) != 0;

    /// <summary>Whether a row is null by a validity bitmap, which is absent while no row is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNull(byte* validity, int row) => validity != null && (validity[row >> 3] & (1 << (row & 7))) == 0;
}
