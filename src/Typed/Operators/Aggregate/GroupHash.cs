using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>
/// Hashes of grouping keys: 32 bits, the upper ones the best, since tables take their slot from the top. Not stored anywhere.
/// </summary>
public static class GroupHash
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    /// <summary>
    /// Gives every key the same hash, so that tests reach the paths of collisions. Set by the switch
    /// <c>Typed.ConstantGroupHash</c>; a table reads it when it is made.
    /// </summary>
    public static bool Constant { get; set; } = AppContext.TryGetSwitch("Typed.ConstantGroupHash", out bool on) && on;

    /// <summary>The hash of eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ulong value) => (uint)(((value ^ (value >> 32)) * Odd) >> 32);

    /// <summary>The hash of eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(long value) => Of((ulong)value);

    /// <summary>The hash of sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ulong first, ulong second) => Of(Mixed(first) + second);

    /// <summary>The hash of a decimal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(Int128 value) => Of((ulong)value, (ulong)(value >> 64));

    /// <summary>The hash of a Guid.</summary>
    public static uint Of(Guid value)
    {
        ref ulong bits = ref Unsafe.As<Guid, ulong>(ref value);
        return Of(bits, Unsafe.Add(ref bits, 1));
    }

    /// <summary>The hash of one more part of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Combine(uint hash, uint next) => Of(((ulong)hash << 32) | next);

    /// <summary>The hash of bytes.</summary>
    public static unsafe uint Of(byte* bytes, int length)
    {
        ulong hash = (ulong)length * Odd;
        int at = 0;
        for (; at + 8 <= length; at += 8)
            hash = Mixed(hash ^ *(ulong*)(bytes + at));
        ulong rest = 0;
        for (int shift = 0; at < length; at++, shift += 8)
            rest |= (ulong)bytes[at] << shift;
        return Of(Mixed(hash ^ rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mixed(ulong value)
    {
        value *= Odd;
        return value ^ (value >> 29);
    }
}
