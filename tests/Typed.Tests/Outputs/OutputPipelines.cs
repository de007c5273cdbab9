namespace Typed.Tests.Outputs;

[StreamRecord]
public readonly partial record struct Measurement(string Device, int Value, [EventTime] DateTimeOffset Time)
{
    public static Measurement At(long second, string device, int value) => new(device, value, DateTimeOffset.UnixEpoch.AddSeconds(second));
}

[StreamRecord]
public readonly partial record struct DeviceWindow(DateTimeOffset Start, string Device, double Mean, long Count);

[StreamRecord]
public readonly partial record struct DeviceCount(string Device, long Count);

/// <summary>A table and alerts from one aggregation (S58), and the rows it is made of.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class Devices
{
    [Output(Comment = "good readings")]
    public static Stream<Measurement> Good(Stream<Measurement> readings) => readings.Where(r => r.Value >= 0);

    [Output]
    public static Stream<DeviceWindow> Table(Stream<Measurement> good) => Windows(good);

    [Output]
    public static Stream<DeviceWindow> Alerts(Stream<Measurement> good) => Windows(good).Where(w => w.Mean > 100);

    private static Stream<DeviceWindow> Windows(Stream<Measurement> readings) => readings
        .WithWatermark(r => r.Time, "0 seconds")
        .GroupBy(r => r.Device, Window.Tumbling("10 seconds"))
        .Select(g => new DeviceWindow(g.Window.Start, g.Key, g.Average(r => r.Value), g.Count()));
}

/// <summary>Everything that came and how much of it, in update mode: the first output has no state.</summary>
[Pipeline(OutputMode.Update)]
public sealed partial class CountedDevices
{
    [Output]
    public static Stream<Measurement> Loud(Stream<Measurement> readings) => readings.Where(r => r.Value > 100);

    [Output]
    public static Stream<DeviceCount> Counts(Stream<Measurement> readings, Stream<Measurement> more) => readings.Union(more)
        .GroupBy(r => r.Device, "1 day").Select(g => new DeviceCount(g.Key, g.Count()));
}

/// <summary>Five outputs, more than sinks can be mixed for in one call.</summary>
[Pipeline(OutputMode.Append)]
internal sealed partial class FiveOutputs
{
    [Output]
    public static Stream<Measurement> A(Stream<Measurement> readings) => readings;

    [Output]
    public static Stream<Measurement> B(Stream<Measurement> a) => a.Where(r => r.Value > 1);

    [Output]
    public static Stream<Measurement> C(Stream<Measurement> b) => b.Where(r => r.Value > 2);

    [Output]
    public static Stream<Measurement> D(Stream<Measurement> c) => c.Where(r => r.Value > 3);

    [Output]
    public static Stream<DeviceCount> E(Stream<Measurement> d) => d.Select(r => new DeviceCount(r.Device, r.Value));
}
