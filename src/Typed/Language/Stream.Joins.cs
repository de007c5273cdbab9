namespace Typed;

/// <content>Joins of two streams (semantics 6).</content>
public sealed partial class Stream<T>
{
    /// <summary>
    /// Inner join of two streams: a row for each pair that fulfils <paramref name="on"/>, whichever of the two comes first (semantics 6.1).
    /// A time range over both event times, such as <c>c.Time &gt;= i.Time &amp;&amp; c.Time &lt;= i.Time + Minutes(10)</c>, bounds the state.
    /// Keys that are null never match; see <see cref="NullSafe"/>.
    /// </summary>
    public Stream<TResult> Join<TRight, TResult>(Stream<TRight> other, Func<T, TRight, bool> on, Func<T, TRight, TResult> select) =>
        throw Never.Runs();

    /// <summary>
    /// Left outer join of two streams: a row of this stream without a match is emitted with a null other row once the watermark
    /// excludes one (semantics 6.3). Append mode only.
    /// </summary>
    public Stream<TResult> LeftJoin<TRight, TResult>(Stream<TRight> other, Func<T, TRight, bool> on, Func<T, TRight?, TResult> select)
        where TRight : struct => throw Never.Runs();

    /// <inheritdoc cref="LeftJoin{TRight, TResult}(Stream{TRight}, Func{T, TRight, bool}, Func{T, TRight?, TResult})"/>
    public Stream<TResult> LeftJoin<TRight, TResult>(Stream<TRight> other, Func<T, TRight, bool> on, Func<T, TRight?, TResult> select)
        where TRight : class => throw Never.Runs();

    /// <summary>Left semi join of two streams: each row of this stream that has a match, once, when the first match is known (semantics 6.1.7).</summary>
    public Stream<T> SemiJoin<TRight>(Stream<TRight> other, Func<T, TRight, bool> on) => throw Never.Runs();

    /// <summary>
    /// Left anti join of two streams: each row of this stream that has no match, once the watermark excludes one. It is the left outer
    /// join's unmatched rows (semantics 6.3.1); Spark has no such join of streams. Append mode only.
    /// </summary>
    public Stream<T> AntiJoin<TRight>(Stream<TRight> other, Func<T, TRight, bool> on) => throw Never.Runs();
}

/// <summary>Outer joins in which a row of the first stream may be missing (semantics 6.3). Append mode only.</summary>
public static class OuterJoins
{
    /// <summary>Right outer join of two streams: a row of <paramref name="other"/> without a match is emitted with a null row of this stream.</summary>
    public static Stream<TResult> RightJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight, TResult> select)
        where T : struct => throw Never.Runs();

    /// <inheritdoc cref="RightJoin{T, TRight, TResult}(Stream{T}, Stream{TRight}, Func{T, TRight, bool}, Func{T?, TRight, TResult})"/>
    public static Stream<TResult> RightJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight, TResult> select)
        where T : class => throw Never.Runs();

    /// <summary>Full outer join of two streams: rows of either without a match are emitted with a null row of the other.</summary>
    public static Stream<TResult> FullJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight?, TResult> select)
        where T : struct
        where TRight : struct => throw Never.Runs();

    /// <inheritdoc cref="FullJoin{T, TRight, TResult}(Stream{T}, Stream{TRight}, Func{T, TRight, bool}, Func{T?, TRight?, TResult})"/>
    public static Stream<TResult> FullJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight?, TResult> select)
        where T : class
        where TRight : class => throw Never.Runs();
}

/// <summary>Full outer joins of a stream of record structs with one of classes.</summary>
public static class MixedOuterJoins
{
    /// <inheritdoc cref="OuterJoins.FullJoin{T, TRight, TResult}(Stream{T}, Stream{TRight}, Func{T, TRight, bool}, Func{T?, TRight?, TResult})"/>
    public static Stream<TResult> FullJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight?, TResult> select)
        where T : struct
        where TRight : class => throw Never.Runs();

    /// <inheritdoc cref="OuterJoins.FullJoin{T, TRight, TResult}(Stream{T}, Stream{TRight}, Func{T, TRight, bool}, Func{T?, TRight?, TResult})"/>
    public static Stream<TResult> FullJoin<T, TRight, TResult>(this Stream<T> stream, Stream<TRight> other, Func<T, TRight, bool> on, Func<T?, TRight?, TResult> select)
        where T : class
        where TRight : struct => throw Never.Runs();
}
