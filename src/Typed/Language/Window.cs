namespace Typed;

/// <summary>How event time is cut into windows (semantics 1). Durations are texts such as <c>"5 minutes"</c>; months and years are refused.</summary>
public sealed class Window
{
    private Window()
    {
    }

    /// <summary>Windows of one size, one after the other.</summary>
    /// <param name="size">The length of a window, above zero.</param>
    /// <param name="offset">Moves the start of every window from the epoch; its absolute value is below the size.</param>
    public static Window Tumbling(string size, string? offset = null) => throw Never.Runs();

    /// <summary>Windows of one size that start at every slide and may overlap.</summary>
    /// <param name="size">The length of a window, above zero.</param>
    /// <param name="every">The slide, above zero and not above the size.</param>
    /// <param name="offset">Moves the start of every window from the epoch; its absolute value is below the slide.</param>
    public static Window Sliding(string size, string every, string? offset = null) => throw Never.Runs();

    /// <summary>
    /// Sessions: each row opens a window of the length of the gap, and windows of a key that overlap or touch become one (semantics 4).
    /// Append and complete mode; with a key besides the window.
    /// </summary>
    /// <param name="gap">How long a session stays open after its last row, above zero.</param>
    public static Window Session(string gap) => throw Never.Runs();
}

/// <summary>A window of time, half open: <see cref="Start"/> belongs to it, <see cref="End"/> does not (semantics 1.3).</summary>
/// <param name="Start">The first instant.</param>
/// <param name="End">The first instant after the window.</param>
public readonly record struct TimeWindow(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The event time of the window: its end minus 1 µs (semantics 1.7). It carries the watermark on.</summary>
    public DateTimeOffset Time => End.AddMicroseconds(-1);

    /// <summary>
    /// The tumbling window that an instant falls into (semantics 1.2), as a value of a row: two streams that are joined on it match within a window. It
    /// carries the watermark of the time on (semantics 1.9).
    /// </summary>
    /// <param name="time">The instant.</param>
    /// <param name="size">The length of a window.</param>
    /// <param name="offset">Moves the start of every window from the epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not above zero.</exception>
    public static TimeWindow Of(DateTimeOffset time, TimeSpan size, TimeSpan offset = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        long past = (time - DateTimeOffset.UnixEpoch - offset).Ticks % size.Ticks;
        DateTimeOffset start = time.ToUniversalTime().AddTicks(past < 0 ? -past - size.Ticks : -past);
        return new TimeWindow(start, start + size);
    }
}
