using System.Numerics;

namespace Typed.Operators;

/// <summary>
/// The groups and the order of the first rows of each group as the generator writes them. The kernel takes them as a type argument, so that the
/// loop over the rows is compiled for them and calls nothing.
/// </summary>
/// <typeparam name="TKey">The key of a group: an unmanaged struct.</typeparam>
/// <typeparam name="TOrder">What rows are ordered by: a number of 64 or 128 bits, the greatest first.</typeparam>
public interface ITopRows<TKey, TOrder> : IStoredKeys<TKey>, ITimedKey<TKey>
    where TKey : unmanaged
    where TOrder : unmanaged, IBinaryInteger<TOrder>
{
    /// <summary>What a row is ordered by; false where that is null.</summary>
    bool TryLoadOrder(int row, out TOrder order);
}

/// <summary>What the first rows of each group are.</summary>
public sealed class TopSettings
{
    /// <summary>The columns of the input that are kept and passed on.</summary>
    public required int[] Columns { get; init; }

    /// <summary>How many rows of a group are kept.</summary>
    public required int Count { get; init; }

    /// <summary>What is written when (semantics 3.1–3.3).</summary>
    public required OutputMode Mode { get; init; }

    /// <summary>Whether of rows that are equal in order the last to arrive comes first; else the first to arrive does.</summary>
    public bool LatestFirst { get; init; }

    /// <summary>The column of the key that carries the watermark, a time or a window; −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>How long a group without rows is kept by the clock of the batches, µs; 0 for ever.</summary>
    public long TtlMicros { get; init; }

    /// <summary>Whether the last column of the output is the rank of a row in its group, from 1.</summary>
    public bool HasRank { get; init; }
}

/// <summary>Numbers with the order of other values.</summary>
public static class TopOrder
{
    /// <summary>NaN is greater than all other numbers, and the two zeros are equal, as in comparisons of groups (semantics 3.9).</summary>
    public static long Of(double value)
    {
        if (double.IsNaN(value))
            return long.MaxValue;
        long bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    /// <summary>The same order from the least long on.</summary>
    public static long Of(ulong value) => (long)(value ^ (1UL << 63));
}
