using Typed.Schema;

namespace Typed.Operators;

/// <summary>One side of a join of two streams, as the generator describes it.</summary>
/// <param name="Schema">The rows that come in.</param>
/// <param name="Columns">The columns of the input that are passed on.</param>
/// <param name="Stored">The columns of the input that are kept: those passed on, the keys, and what the condition reads.</param>
public sealed record JoinSide(RowSchema Schema, int[] Columns, int[] Stored)
{
    /// <summary>The timestamp or window by which rows are late (semantics 2.3.5) and by which state goes; −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>The key column whose time, or end of window, lets state go (semantics 6.2.1); −1 for none.</summary>
    public int EvictionColumn { get; init; } = -1;

    /// <summary>How far the state watermark lies behind the watermark of the join (semantics 6.2.2), ms; null for state that is kept for ever.</summary>
    public long? StateDelayMillis { get; init; }

    /// <summary>
    /// What the state watermark never passes (semantics 6.2.9), ms since the epoch; it is the state watermark where there is no
    /// <see cref="StateDelayMillis"/>. Null for no such bound.
    /// </summary>
    public long? StateCapMillis { get; init; }

    /// <summary>A boolean column that is false where a row can match nothing (semantics 6.1.4); −1 for none.</summary>
    public int CanMatchColumn { get; init; } = -1;

    /// <summary>Whether state of this side has a watermark by which it goes.</summary>
    internal bool IsBounded => EvictionColumn >= 0 || ((StateDelayMillis ?? StateCapMillis) is not null && TimeColumn >= 0);

    /// <summary>The column by which rows are put into buckets.</summary>
    internal int BucketColumn => EvictionColumn >= 0 ? EvictionColumn : TimeColumn;

    /// <summary>State at or below this time goes, µs; the least number for state that is kept.</summary>
    internal long StateWatermark(long inputMicros)
    {
        if (EvictionColumn >= 0)
            return inputMicros;
        if (!IsBounded)
            return long.MinValue;
        long moving = StateDelayMillis is { } delay ? inputMicros - (delay * 1000) : long.MaxValue;
        return StateCapMillis is { } cap ? Math.Min(moving, cap * 1000) : moving;
    }
}
