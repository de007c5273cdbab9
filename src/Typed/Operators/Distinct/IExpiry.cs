using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>When the key of a row expires; a type argument of the loop.</summary>
internal interface IExpiry
{
    /// <summary>The watermark, µs.</summary>
    long Of(int row);
}

/// <summary>Keys that are kept for ever: what they have instead of an expiry tells which came first.</summary>
/// <param name="generation">The number of the micro-batch.</param>
internal readonly struct NoExpiry(long generation) : IExpiry
{
    /// <inheritdoc/>
    public long Of(int row) => generation;
}

/// <summary>Keys that expire some time after that of their row.</summary>
/// <param name="times">The column of the times, µs.</param>
/// <param name="delay">How long after, µs.</param>
internal readonly unsafe struct ExpiryAfter(long* times, long delay) : IExpiry
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Of(int row) => times[row] + delay is var expiry && expiry >= times[row] ? expiry : DistinctEntry<byte>.Never;
}

/// <summary>The same where a time may be null.</summary>
/// <param name="column">The column, for its nulls.</param>
/// <param name="times">The times, µs.</param>
/// <param name="delay">How long after, µs.</param>
/// <param name="withoutTime">When the key of a row without a time expires.</param>
internal readonly unsafe struct NullableExpiry(Column column, long* times, long delay, long withoutTime) : IExpiry
{
    /// <inheritdoc/>
    public long Of(int row) => column.IsValid(row) ? new ExpiryAfter(times, delay).Of(row) : withoutTime;
}
