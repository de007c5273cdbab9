namespace Typed.Benchmarks.Distinct;

[StreamRecord]
public readonly partial record struct Beat([EventTime] DateTimeOffset Time, long Id, long Value);

[Pipeline(OutputMode.Append)]
public sealed partial class BeatsWithinWatermark
{
    public static Stream<Beat> Define(Stream<Beat> beats) => beats
        .WithWatermark(b => b.Time, "10 seconds")
        .DropDuplicatesWithinWatermark(b => b.Id);
}

[Pipeline(OutputMode.Append)]
public sealed partial class BeatsAtTheirTime
{
    public static Stream<Beat> Define(Stream<Beat> beats) => beats
        .WithWatermark(b => b.Time, "10 seconds")
        .DropDuplicates(b => new { b.Id, b.Time });
}

[Pipeline(OutputMode.Append)]
public sealed partial class BeatsForEver
{
    public static Stream<Beat> Define(Stream<Beat> beats) => beats
        .WithWatermark(b => b.Time, "10 seconds")
        .DropDuplicates(b => b.Id);
}
