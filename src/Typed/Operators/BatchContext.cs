using Typed.Columns;

namespace Typed.Operators;

/// <summary>What is fixed for one micro-batch.</summary>
/// <param name="Id">The number of the batch.</param>
/// <param name="TimestampMicros">The clock of the batch (semantics 8.5), µs since 1970 UTC: a whole number of milliseconds.</param>
/// <param name="Mode">What is written.</param>
/// <param name="CaptureLate">Whether late rows are wanted as they came in.</param>
/// <param name="Scratch">Memory for values computed from the rows that are being pushed; taken back when the next rows come.</param>
public sealed record BatchContext(long Id, long TimestampMicros, OutputMode Mode, bool CaptureLate, Arena Scratch)
{
    internal static readonly BatchContext None = new(-1, 0, OutputMode.Append, false, new Arena());

    /// <summary>The source whose rows are being pushed; −1 while operators emit at the end of the batch.</summary>
    internal int Source { get; set; } = -1;

    /// <summary>The partition of that source; −1 if it has none.</summary>
    internal int Partition { get; set; } = -1;

    /// <summary>The number of the pushed rows among all that sources give in this micro-batch, where several workers take them; −1 where there is one.</summary>
    internal long Turn { get; set; } = -1;

    /// <summary>The instant at which the batch was planned.</summary>
    public DateTimeOffset Now { get; } = Instant.FromMicros(TimestampMicros);

    /// <summary>The UTC date of <see cref="Now"/>.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);
}
