namespace Storms.Tests;

public class DelayStormsTests
{
    [Fact]
    public async Task An_hour_of_long_delays_is_a_storm()
    {
        await using var test = DelayStorms.Test();
        test.Airports.Set(new Airport("DFW", "Dallas-Fort Worth International", "Dallas", "TX"));
        test.Flights.Add(Enumerable.Repeat(new Flight(test.At("10:05"), Delay: 90, Distance: 802, "DFW", "ORD"), 20));
        await test.AdvanceWatermarkAsync(test.At("11:00"));
        test.Output.ExpectNew(new Storm(test.At("10:00"), "DFW", "Dallas", Flights: 20, Mean: 90, Worst: 90));
    }

    [Fact]
    public async Task A_flight_two_hours_behind_is_late()
    {
        await using var test = DelayStorms.Test(options: new() { KeepLateRows = true });
        test.Flights.Add(new Flight(test.At("14:30"), 0, 802, "DFW", "ORD"));
        await test.RunUntilIdleAsync();
        Assert.Equal(test.At("12:30"), test.Watermark);
        test.Flights.Add(new Flight(test.At("11:59"), 150, 802, "DFW", "ORD"), new Flight(test.At("12:00"), 150, 802, "DFW", "ORD"));
        await test.RunUntilIdleAsync();
        Assert.Equal(test.At("12:00"), Assert.Single(test.LateRows).Time);
        Assert.Equal(2, test.StateRows);
    }

    [Theory]
    [InlineData(CrashPoint.AfterOffsets)]
    [InlineData(CrashPoint.MidBatch)]
    [InlineData(CrashPoint.AfterSinkCommit)]
    public async Task A_crash_loses_nothing_and_doubles_nothing(CrashPoint point)
    {
        await using var test = DelayStorms.Test(options: new() { Durable = true });
        Flight flight = new(test.At("10:05"), 60, 802, "DFW", "ORD");
        test.Flights.Add(Enumerable.Repeat(flight, 12));
        await test.RunUntilIdleAsync();
        test.Flights.Add(Enumerable.Repeat(flight, 13));
        await test.CrashAsync(point);
        await test.AdvanceWatermarkAsync(test.At("11:00"));
        test.Output.ExpectAll(new Storm(test.At("10:00"), "DFW", null, Flights: 25, Mean: 60, Worst: 60));
    }
}
