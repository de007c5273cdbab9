namespace Typed.Tests.Distinct;

[StreamRecord]
public readonly partial record struct Ping(string? Id, int? Kind, double Level, [EventTime] DateTimeOffset? Time);

[StreamRecord]
public readonly partial record struct SeenPing(string? Id, int? Kind, double Level, DateTimeOffset? Time);

[Pipeline(OutputMode.Append)]
public sealed partial class EachForEver
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .DropDuplicates(p => new { p.Id, p.Level })
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}

[Pipeline(OutputMode.Update)]
public sealed partial class EachForEverInTime
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicates(p => new { p.Id, p.Kind })
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EachAtItsTime
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicates(p => new { p.Kind, p.Time })
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EachWholeRow
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicates()
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EachWithinWatermark
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicatesWithinWatermark(p => p.Id)
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EachWholeRowWithinWatermark
{
    public static Stream<SeenPing> Define(Stream<Ping> pings) => pings
        .WithWatermark(p => p.Time, "10 seconds")
        .DropDuplicatesWithinWatermark()
        .Select(p => new SeenPing(p.Id, p.Kind, p.Level, p.Time));
}
