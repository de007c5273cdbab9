namespace Typed.Benchmarks.Workers;

[StreamRecord]
public readonly partial record struct KeyedReading(long Key, long Value);

[StreamRecord]
public readonly partial record struct KeyTotal(long Key, long Count, long Sum);

[Pipeline(OutputMode.Complete)]
public sealed partial class ReadingsByKey
{
    public static Stream<KeyTotal> Define(Stream<KeyedReading> readings) => readings
        .GroupBy(r => r.Key)
        .Select(g => new KeyTotal(g.Key, g.Count(), g.Sum(r => r.Value)));
}
