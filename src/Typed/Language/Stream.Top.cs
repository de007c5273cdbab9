namespace Typed;

/// <content>The latest row of each key, and the first rows of each group.</content>
public sealed partial class Stream<T>
{
    /// <summary>
    /// The row with the greatest <paramref name="by"/> of each key; of equal ones the last to arrive. Update mode writes the rows of the keys that
    /// changed in a batch, complete mode those of all keys. Append mode needs a watermarked time or window among the keys, and writes the row
    /// of a key when the watermark passes it. Rows whose <paramref name="by"/> is null are left out.
    /// </summary>
    /// <param name="key">The key: a value or an anonymous object of several.</param>
    /// <param name="by">What is greatest in the latest row: a time, a duration or a number.</param>
    /// <param name="ttl">How long a key without rows is kept, in processing time; null for ever.</param>
    public Stream<T> LastBy<TKey, TBy>(Func<T, TKey> key, Func<T, TBy> by, string? ttl = null) => throw Never.Runs();

    /// <summary>
    /// The rows with the greatest <paramref name="by"/> of each group, the greatest first; of equal ones the first to arrive comes first. Update
    /// mode writes all rows of the groups that changed in a batch, complete mode those of all groups. Append mode needs a watermarked
    /// time or window in the group, and writes the rows of a group when the watermark passes it. Rows whose <paramref name="by"/> is null
    /// are left out, and NaN is the greatest number.
    /// </summary>
    /// <param name="count">How many rows of a group, 1 to 1,000; a constant.</param>
    /// <param name="group">The group: a value or an anonymous object of several; <c>TimeWindow.Of(row.Time, Hours(1))</c> is its window of an hour.</param>
    /// <param name="by">What rows are ordered by: a number, a time or a duration.</param>
    public Stream<T> TopBy<TGroup, TBy>(int count, Func<T, TGroup> group, Func<T, TBy> by) => throw Never.Runs();

    /// <summary>
    /// As the other form, with the rank of each row in its group, from 1. In update mode a row replaces the one of the same group and rank
    /// that was written before.
    /// </summary>
    /// <param name="count">How many rows of a group, 1 to 1,000; a constant.</param>
    /// <param name="group">The group: a value or an anonymous object of several.</param>
    /// <param name="by">What rows are ordered by: a number, a time or a duration.</param>
    /// <param name="select">What is written for a row and its rank.</param>
    public Stream<TResult> TopBy<TGroup, TBy, TResult>(int count, Func<T, TGroup> group, Func<T, TBy> by, Func<T, int, TResult> select) => throw Never.Runs();
}
