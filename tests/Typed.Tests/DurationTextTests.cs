using Typed.Time;

namespace Typed.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("5 hours", 18_000_000_000, 0)]
    [InlineData("1 hour 30 minutes", 5_400_000_000, 0)]
    [InlineData("interval 10 seconds", 10_000_000, 0)]
    [InlineData("1 months", 0, 1)]
    [InlineData("-1 second", -1_000_000, 0)]
    public void Reads(string text, long micros, int months)
    {
        Assert.True(DurationText.TryParse(text, out long readMicros, out int readMonths));
        Assert.Equal((micros, months), (readMicros, readMonths));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10 parsecs")]
    [InlineData("ten minutes")]
    public void Refuses(string text) => Assert.False(DurationText.TryParse(text, out _, out _));
}
