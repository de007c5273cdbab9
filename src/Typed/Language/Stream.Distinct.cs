namespace Typed;

/// <content>Deduplication (semantics 5).</content>
public sealed partial class Stream<T>
{
    /// <summary>
    /// Drops rows whose key has been seen: the first to arrive wins (semantics 5.1). With the watermarked time among the keys a key is
    /// forgotten when the watermark passes it; without, all keys are kept for ever (5.2). Nulls equal each other.
    /// </summary>
    /// <param name="key">The key: a value or an anonymous object of several.</param>
    public Stream<T> DropDuplicates<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Drops rows all of whose columns equal those of an earlier row.</summary>
    public Stream<T> DropDuplicates() => throw Never.Runs();

    /// <summary>
    /// Drops rows whose key was seen within the delay of the watermark: a key is forgotten when the watermark passes the event time of its
    /// first row + delay; duplicates do not extend that (semantics 5.4). The event time need not be among the keys.
    /// </summary>
    /// <param name="key">The key: a value or an anonymous object of several.</param>
    public Stream<T> DropDuplicatesWithinWatermark<TKey>(Func<T, TKey> key) => throw Never.Runs();

    /// <summary>Drops rows all of whose columns equal those of a row seen within the delay of the watermark.</summary>
    public Stream<T> DropDuplicatesWithinWatermark() => throw Never.Runs();
}
