namespace Typed;

/// <summary>
/// The query language: an unbounded stream of rows. Its members are the operators, with the meaning they have in
/// Spark Structured Streaming and with LINQ's names where LINQ has one.
/// </summary>
/// <remarks>
/// A stream is never executed. The body of a pipeline's <c>Define</c> is type-checked by C#, read by the source generator
/// and compiled into columnar operators; calling it at run time throws <see cref="InvalidOperationException"/>.
/// </remarks>
/// <typeparam name="T">The row: a <see cref="StreamRecordAttribute"/> record, an anonymous type, a tuple or a field type.</typeparam>
public sealed partial class Stream<T>
{
    internal Stream()
    {
    }

    /// <summary>Keeps the rows for which <paramref name="predicate"/> is true.</summary>
    public Stream<T> Where(Func<T, bool> predicate) => throw Never.Runs();

    /// <summary>Keeps the rows whose <paramref name="value"/> is not null.</summary>
    public Stream<T> WhereNotNull<TValue>(Func<T, TValue> value) => throw Never.Runs();

    /// <summary>Computes one row from each row.</summary>
    public Stream<TResult> Select<TResult>(Func<T, TResult> selector) => throw Never.Runs();

    /// <summary>Emits one row for each element of a list; a null or an empty list gives no row.</summary>
    public Stream<TResult> SelectMany<TResult>(Func<T, IEnumerable<TResult>?> collection) => throw Never.Runs();

    /// <summary>Emits one row, computed from the row and the element, for each element of a list.</summary>
    public Stream<TResult> SelectMany<TElement, TResult>(Func<T, IEnumerable<TElement>?> collection, Func<T, TElement, TResult> selector) =>
        throw Never.Runs();

    /// <summary>Declares the event time and how long rows may be late (semantics 2.1).</summary>
    /// <param name="eventTime">The event-time column. Rows where it is null do not move the watermark.</param>
    /// <param name="delay">How far the watermark stays behind the latest event time, for example <c>"10 minutes"</c>; not negative.</param>
    /// <param name="idleAfter">
    /// After how long without rows, in processing time, this input no longer holds the watermark of the query back while others go on;
    /// null for as long as the options of the query say.
    /// </param>
    /// <param name="maxAhead">
    /// How far ahead of the clock of the batch an event time may be and still move the watermark; a row beyond is kept and reported, but the
    /// watermark does not see it. Null for as far as the options of the query say.
    /// </param>
    public Stream<T> WithWatermark(Func<T, DateTimeOffset?> eventTime, string delay, string? idleAfter = null, string? maxAhead = null) => throw Never.Runs();

    /// <summary>Declares a window as the event time; its end is used (semantics 2.1.1).</summary>
    public Stream<T> WithWatermark(Func<T, TimeWindow> eventTime, string delay) => throw Never.Runs();

    /// <summary>Groups rows by a key. Null keys form one group (semantics 3.8).</summary>
    public GroupedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Groups rows by a key and forgets a group that saw no row for <paramref name="ttl"/> of processing time.</summary>
    public GroupedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, string ttl) => throw Never.Runs();

    /// <summary>Groups rows by a key and by windows over the stream's event time (semantics 1).</summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Window window) => throw Never.Runs();

    /// <summary>Groups rows by a key and by windows over the named time.</summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Window window, Func<T, DateTimeOffset?> on) => throw Never.Runs();

    /// <summary>Groups rows by a key and by windows over a window; the instant used is its end minus 1 µs (semantics 1.7).</summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Window window, Func<T, TimeWindow> on) => throw Never.Runs();

    /// <summary>
    /// Groups rows by a key and by sessions over the stream's event time with a gap of each row's own (semantics 4.1); a row whose gap is null or
    /// not above zero is removed (4.3).
    /// </summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Func<T, TimeSpan?> sessionGap) => throw Never.Runs();

    /// <summary>Groups rows by a key and by sessions over the named time with a gap of each row's own.</summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Func<T, TimeSpan?> sessionGap, Func<T, DateTimeOffset?> on) => throw Never.Runs();

    /// <summary>Groups rows by a key and by sessions over a window with a gap of each row's own; the instant used is its end minus 1 µs (semantics 1.7).</summary>
    public WindowedStream<TKey, T> GroupBy<TKey>(Func<T, TKey> key, Func<T, TimeSpan?> sessionGap, Func<T, TimeWindow> on) => throw Never.Runs();

    /// <summary>Groups rows by windows over the stream's event time.</summary>
    public WindowedStream<T> GroupBy(Window window) => throw Never.Runs();

    /// <summary>Groups rows by windows over the named time.</summary>
    public WindowedStream<T> GroupBy(Window window, Func<T, DateTimeOffset?> on) => throw Never.Runs();

    /// <summary>Groups rows by windows over a window; the instant used is its end minus 1 µs (semantics 1.7).</summary>
    public WindowedStream<T> GroupBy(Window window, Func<T, TimeWindow> on) => throw Never.Runs();

    /// <summary>Aggregates all rows into one (semantics 3.5); update and complete mode only.</summary>
    public Stream<TResult> Aggregate<TResult>(Func<GlobalGroup<T>, TResult> selector) => throw Never.Runs();

    /// <summary>All rows of both streams, duplicates included (semantics 8.4).</summary>
    public Stream<T> Union(Stream<T> other) => throw Never.Runs();

    /// <summary>The first <paramref name="count"/> rows over the life of the query (semantics 8.1, 8.2); above an aggregation in complete mode, of each result.</summary>
    public Stream<T> Take(int count) => throw Never.Runs();

    /// <summary>Sorts a complete result, nulls first (semantics 3.12). Only above an aggregation in complete mode.</summary>
    public OrderedStream<T> OrderBy<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Sorts a complete result in descending order, nulls last.</summary>
    public OrderedStream<T> OrderByDescending<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Skips rows. Refused on a stream, which has no first row to skip from.</summary>
    public Stream<T> Skip(int count) => throw Never.Runs();

    /// <summary>Inner join with a table: a row for each match (semantics 7). Keys that are null never match; see <see cref="NullSafe"/>.</summary>
    public Stream<TResult> Join<TRight, TResult>(Table<TRight> table, Func<T, TRight, bool> on, Func<T, TRight, TResult> select) =>
        throw Never.Runs();

    /// <summary>Left outer join with a table of record structs: unmatched rows are kept with a null table row.</summary>
    public Stream<TResult> LeftJoin<TRight, TResult>(Table<TRight> table, Func<T, TRight, bool> on, Func<T, TRight?, TResult> select)
        where TRight : struct => throw Never.Runs();

    /// <summary>Left semi join with a table: the rows that have a match, once.</summary>
    public Stream<T> SemiJoin<TRight>(Table<TRight> table, Func<T, TRight, bool> on) => throw Never.Runs();

    /// <summary>Left anti join with a table: the rows that have no match.</summary>
    public Stream<T> AntiJoin<TRight>(Table<TRight> table, Func<T, TRight, bool> on) => throw Never.Runs();

    /// <summary>
    /// Names the state of the operator right before it: the <c>GroupBy</c>, <c>Select</c> or <c>Aggregate</c> of groups, a deduplication, a join of streams, <c>TopBy</c>,
    /// <c>LastBy</c>, <c>Take</c>. Messages, the progress and the checkpoint call it so, and stored state is found by this name however the rest of the query
    /// changes. Without one it is called by its kind and a count, as in <c>aggregate-1</c>. Custom state has its name from <c>Process</c>.
    /// </summary>
    /// <param name="name">A constant of letters, digits, '-', '_' and '.'; unique in a pipeline.</param>
    public Stream<T> Named(string name) => throw Never.Runs();

    /// <summary>Computes named aggregates of the rows that pass here, per batch, into the progress record (semantics 13.5).</summary>
    /// <param name="name">The name of the metrics in <c>observedMetrics</c>; unique in a pipeline.</param>
    /// <param name="metrics">The aggregates, as a new anonymous object.</param>
    public Stream<T> Observe<TMetrics>(string name, Func<GlobalGroup<T>, TMetrics> metrics) => throw Never.Runs();
}

/// <summary>A sorted complete result.</summary>
/// <typeparam name="T">The row.</typeparam>
public sealed class OrderedStream<T>
{
    internal OrderedStream()
    {
    }

    /// <summary>Breaks ties by a further key.</summary>
    public OrderedStream<T> ThenBy<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Breaks ties by a further key in descending order.</summary>
    public OrderedStream<T> ThenByDescending<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>The first rows of each sorted result.</summary>
    public Stream<T> Take(int count) => throw Never.Runs();

    /// <summary>Computes one row from each row, keeping the order.</summary>
    public OrderedStream<TResult> Select<TResult>(Func<T, TResult> selector) => throw Never.Runs();

    /// <summary>Ends the chain: the sorted rows as a stream.</summary>
    public static implicit operator Stream<T>(OrderedStream<T> ordered) => throw Never.Runs();
}

/// <summary>A static table that a stream is joined with; read as its refresh policy says (semantics 7.2).</summary>
/// <typeparam name="T">The row.</typeparam>
public sealed class Table<T>
{
    internal Table()
    {
    }
}

/// <summary>Equality of join keys that matches null with null (semantics 6.1.3). Inside expressions plain <c>==</c> is C#'s.</summary>
public static class NullSafe
{
    /// <summary>True if both are equal or both are null.</summary>
    public static bool Equal<T>(T left, T right) => EqualityComparer<T>.Default.Equals(left, right);
}

internal static class Never
{
    internal static InvalidOperationException Runs() =>
        new("A query is compiled by the Typed source generator and is never executed as C#. "
            + "Is the class that holds Define marked [Pipeline] and partial, and does the project reference the package Typed?");
}
