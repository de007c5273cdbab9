namespace Typed;

/// <summary>What a handler of custom state knows and can do, whatever its kind. Valid during the call.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public abstract class ProcessContext<TKey, TOut>
{
    private protected ProcessContext()
    {
    }

    /// <summary>The key of the call. A string is taken from the texts that were read lately, or allocated.</summary>
    public abstract TKey Key { get; }

    /// <summary>The clock of the batch: it stands still within one (semantics 8.5, 9.8).</summary>
    public DateTimeOffset Now { get; internal set; }

    /// <summary>The watermark of the batch up to which everything has come: the one that timers are compared with (9.8).</summary>
    /// <exception cref="StreamingQueryException">The input has no watermark (<c>current-watermark-without-watermark</c>).</exception>
    public abstract DateTimeOffset Watermark { get; }

    /// <summary>Emits a row.</summary>
    public abstract void Emit(TOut row);

    /// <summary>Forgets all state of the key: its fields are absent from now on, and may be set again (9.7). Timers stay.</summary>
    public abstract void Clear();
}

/// <summary>What a handler of a <see cref="KeyedProcessor{TKey, TIn, TOut}"/> knows and can do.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public abstract class Context<TKey, TOut> : ProcessContext<TKey, TOut>
{
    private protected Context()
    {
    }

    /// <summary>The timers of the key, the earliest first, as they are now: later changes do not show.</summary>
    /// <exception cref="StreamingQueryException">The time mode is none (<c>tws-timer-without-time-mode</c>).</exception>
    public abstract TimerList Timers { get; }

    /// <summary>
    /// Registers a timer of the key, to whole microseconds. A second one for the same time is none; rows do not cancel it (semantics 10.3, 10.4).
    /// </summary>
    /// <exception cref="StreamingQueryException">The time mode is none (<c>tws-timer-without-time-mode</c>).</exception>
    public abstract void TimerAt(DateTimeOffset time);

    /// <summary>Takes a timer of the key back; nothing happens if there is none.</summary>
    /// <exception cref="StreamingQueryException">The time mode is none (<c>tws-timer-without-time-mode</c>).</exception>
    public abstract void DeleteTimer(DateTimeOffset time);
}

/// <summary>What a handler of a <see cref="GroupProcessor{TKey, TIn, TOut}"/> knows and can do.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public abstract class GroupContext<TKey, TOut> : ProcessContext<TKey, TOut>
{
    private protected GroupContext()
    {
    }

    /// <summary>Sets the time-out of the key so long after the clock of the batch; it expires in a later batch whose clock is past that (semantics 9.4).</summary>
    /// <exception cref="StreamingQueryException">
    /// The time-out follows the event time, or there is none (<c>timeout-mode-mismatch</c>); the duration is not above zero (<c>timeout-duration-not-positive</c>).
    /// </exception>
    public abstract void TimeoutAfter(TimeSpan duration);

    /// <summary>Sets the time-out of the key so long after the clock of the batch, for example <c>"10 minutes"</c>.</summary>
    /// <exception cref="StreamingQueryException">As for <see cref="TimeoutAfter(TimeSpan)"/>; or the text is no duration.</exception>
    public abstract void TimeoutAfter(string duration);

    /// <summary>Sets the time-out of the key: it expires once the watermark is past <paramref name="time"/>, not at it (semantics 9.5).</summary>
    /// <exception cref="StreamingQueryException">
    /// The time-out follows the clock, or there is none (<c>timeout-mode-mismatch</c>); the time is not after 1970 or before the watermark (<c>timeout-before-watermark</c>).
    /// </exception>
    public abstract void TimeoutAt(DateTimeOffset time);
}

/// <summary>The timers of a key, the earliest first: a copy that is valid during the call.</summary>
public readonly ref struct TimerList
{
    private readonly ReadOnlySpan<long> _times;

    internal TimerList(ReadOnlySpan<long> times) => _times = times;

    /// <summary>How many there are.</summary>
    public int Count => _times.Length;

    /// <summary>A timer by its place.</summary>
    public DateTimeOffset this[int index] => Columns.Instant.FromMicros(_times[index]);

    /// <summary>Whether there is a timer for a time.</summary>
    public bool Contains(DateTimeOffset time) => _times.BinarySearch(Columns.Instant.ToMicros(time)) >= 0;

    /// <summary>The timers in order.</summary>
    public Enumerator GetEnumerator() => new(_times);

    /// <summary>Goes through the timers.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<long> _times;
        private int _next;

        internal Enumerator(ReadOnlySpan<long> times) => _times = times;

        /// <summary>The present timer.</summary>
        public readonly DateTimeOffset Current => Columns.Instant.FromMicros(_times[_next - 1]);

        /// <summary>Goes on.</summary>
        public bool MoveNext() => ++_next <= _times.Length;
    }
}
