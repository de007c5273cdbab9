using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Typed.Operators;

/// <summary>A comparison of two values with C#'s meaning, also for NaN; of one pair or of vectors of them.</summary>
public interface IComparison
{
    /// <summary>Compares two values.</summary>
    static abstract bool Test<T>(T left, T right)
        where T : IComparisonOperators<T, T, bool>;

    /// <summary>Compares pairs of values: all bits set where it holds.</summary>
    static abstract Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right);

    /// <summary>Compares pairs of values: all bits set where it holds.</summary>
    static abstract Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right);
}

/// <summary>The comparisons.</summary>
public static class Compare
{
    /// <summary><c>&lt;</c>.</summary>
    public readonly struct Less : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left < right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => Vector128.LessThan(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => Vector256.LessThan(left, right);
    }

    /// <summary><c>&lt;=</c>.</summary>
    public readonly struct LessOrEqual : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left <= right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => Vector128.LessThanOrEqual(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => Vector256.LessThanOrEqual(left, right);
    }

    /// <summary><c>&gt;</c>.</summary>
    public readonly struct Greater : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left > right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => Vector128.GreaterThan(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => Vector256.GreaterThan(left, right);
    }

    /// <summary><c>&gt;=</c>.</summary>
    public readonly struct GreaterOrEqual : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left >= right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => Vector128.GreaterThanOrEqual(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => Vector256.GreaterThanOrEqual(left, right);
    }

    /// <summary><c>==</c>.</summary>
    public readonly struct Equal : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left == right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => Vector128.Equals(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);
    }

    /// <summary><c>!=</c>.</summary>
    public readonly struct NotEqual : IComparison
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static bool Test<T>(T left, T right)
            where T : IComparisonOperators<T, T, bool> => left != right;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> Test<T>(Vector128<T> left, Vector128<T> right) => ~Vector128.Equals(left, right);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> Test<T>(Vector256<T> left, Vector256<T> right) => ~Vector256.Equals(left, right);
    }
}
