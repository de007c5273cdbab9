using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>How values of one storage are hashed, compared and kept inside cells; a type argument.</summary>
/// <typeparam name="T">The storage.</typeparam>
public interface IValueKind<T>
    where T : unmanaged
{
    /// <summary>The hash.</summary>
    static abstract uint Hash(in T value);

    /// <summary>Below zero if <paramref name="left"/> comes first, zero if they are equal.</summary>
    static abstract int Compare(in T left, in T right);

    /// <summary>The value with what it points to in an arena.</summary>
    static abstract T Own(in T value, Arena arena);
}

/// <summary>Signed integers, times, dates, enums and bools, as a long.</summary>
public readonly struct WholeValue : IValueKind<long>
{
    /// <inheritdoc/>
    public static uint Hash(in long value) => GroupHash.Of(value);

    /// <inheritdoc/>
    public static int Compare(in long left, in long right) => left.CompareTo(right);

    /// <inheritdoc/>
    public static long Own(in long value, Arena arena) => value;
}

/// <summary>Unsigned integers.</summary>
public readonly struct UnsignedValue : IValueKind<ulong>
{
    /// <inheritdoc/>
    public static uint Hash(in ulong value) => GroupHash.Of(value);

    /// <inheritdoc/>
    public static int Compare(in ulong left, in ulong right) => left.CompareTo(right);

    /// <inheritdoc/>
    public static ulong Own(in ulong value, Arena arena) => value;
}

/// <summary>Floats and doubles: NaN is equal to itself and above all else, −0.0 equals 0.0 (semantics 3.9).</summary>
public readonly struct RealValue : IValueKind<double>
{
    /// <inheritdoc/>
    public static uint Hash(in double value) => GroupHash.Of(Bits(value));

    /// <inheritdoc/>
    public static int Compare(in double left, in double right) =>
        left < right ? -1 : left > right ? 1 : left == right ? 0 : double.IsNaN(left).CompareTo(double.IsNaN(right));

    /// <inheritdoc/>
    public static double Own(in double value, Arena arena) => value;

    /// <summary>The same bits for all that is equal: a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Bits(double value) =>
        value == 0 ? 0 : double.IsNaN(value) ? BitConverter.DoubleToInt64Bits(double.NaN) : BitConverter.DoubleToInt64Bits(value);

    /// <summary>The lesser of two; NaN is above all else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Least(double left, double right) => right < left || double.IsNaN(left) ? right : left;

    /// <summary>The greater of two; NaN is above all else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Greatest(double left, double right) => right > left || double.IsNaN(right) ? right : left;

    /// <summary>The lesser of two; NaN is above all else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(float left, float right) => right < left || float.IsNaN(left) ? right : left;

    /// <summary>The greater of two; NaN is above all else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(float left, float right) => right > left || float.IsNaN(right) ? right : left;
}

/// <summary>Decimals of one scale.</summary>
public readonly struct ExactValue : IValueKind<Int128>
{
    /// <inheritdoc/>
    public static uint Hash(in Int128 value) => GroupHash.Of(value);

    /// <inheritdoc/>
    public static int Compare(in Int128 left, in Int128 right) => left.CompareTo(right);

    /// <inheritdoc/>
    public static Int128 Own(in Int128 value, Arena arena) => value;
}

/// <summary>Guids.</summary>
public readonly struct GuidValue : IValueKind<Guid>
{
    /// <inheritdoc/>
    public static uint Hash(in Guid value) => GroupHash.Of(value);

    /// <inheritdoc/>
    public static int Compare(in Guid left, in Guid right) => left.CompareTo(right);

    /// <inheritdoc/>
    public static Guid Own(in Guid value, Arena arena) => value;

    /// <summary>All bits in one number, for sketches.</summary>
    public static ulong Bits(Guid value)
    {
        ref ulong halves = ref Unsafe.As<Guid, ulong>(ref value);
        return halves ^ DistinctSketch.Spread(Unsafe.Add(ref halves, 1));
    }

    /// <summary>The lesser of two.</summary>
    public static Guid Least(Guid left, Guid right) => right.CompareTo(left) < 0 ? right : left;

    /// <summary>The greater of two.</summary>
    public static Guid Greatest(Guid left, Guid right) => right.CompareTo(left) > 0 ? right : left;
}

/// <summary>Strings and binary values, by their bytes.</summary>
public readonly struct TextValue : IValueKind<TextKey>
{
    /// <inheritdoc/>
    public static uint Hash(in TextKey value) => TextKey.Hash(value);

    /// <inheritdoc/>
    public static int Compare(in TextKey left, in TextKey right) =>
        TextKey.Same(left, right) ? 0 : TextKey.View(left).Span.SequenceCompareTo(TextKey.View(right).Span);

    /// <inheritdoc/>
    public static TextKey Own(in TextKey value, Arena arena) => value.Own(arena);
}
