using Typed.Connect;
using Typed.Testing;

namespace Typed.Tests.Connect;

public sealed class RateTests
{
    private static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_hundred_a_second_for_three_seconds_are_the_values_0_to_299()
    {
        VirtualClock time = new(Noon);
        await using ISourceReader reader = RateSource.Of(100, i => new Item(i, null)).Open(Reading.Context(time: time));
        Assert.Null(await reader.NextOffsetAsync(null, false, Reading.Token));
        List<long> seen = [];
        string? start = null;
        for (int second = 0; second < 3; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            (List<List<Item>> batches, start) = await reader.DrainAsync<Item>(start);
            seen.AddRange(batches.SelectMany(batch => batch).Select(item => item.Id));
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task The_count_goes_on_after_a_restart()
    {
        string directory = Directory.CreateTempSubdirectory().FullName;
        VirtualClock time = new(Noon);
        await using (ISourceReader first = RateSource.Of(10, i => new Item(i, null)).Open(Reading.Context(directory, time)))
        {
            time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal("20", await first.NextOffsetAsync(null, false, Reading.Token));
        }

        time.Advance(TimeSpan.FromSeconds(1));
        await using (ISourceReader second = RateSource.Of(10, i => new Item(i, null)).Open(Reading.Context(directory, time)))
        {
            Assert.Equal("30", await second.NextOffsetAsync("20", false, Reading.Token));
            Assert.Equal([18, 19], (await second.RowsAsync<Item>("18", "20")).Select(item => item.Id));
        }

        File.WriteAllText(Path.Combine(directory, "began"), "yesterday");
        InvalidDataException damaged = Assert.Throws<InvalidDataException>(() => RateSource.Of(10, i => new Item(i, null)).Open(Reading.Context(directory, time)));
        Assert.Contains(directory, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ramp_makes_half_as_many_rows()
    {
        VirtualClock time = new(Noon);
        await using ISourceReader reader = RateSource.Of(100, i => new Item(i, null), rampUp: TimeSpan.FromSeconds(10)).Open(Reading.Context(time: time));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("125", await reader.NextOffsetAsync(null, false, Reading.Token));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("500", await reader.NextOffsetAsync(null, false, Reading.Token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("600", await reader.NextOffsetAsync(null, false, Reading.Token));
    }

    [Fact]
    public async Task Waiting_ends_when_the_next_row_is_due()
    {
        VirtualClock time = new(Noon);
        await using ISourceReader reader = RateSource.Of(2, i => new Item(i, null)).Open(Reading.Context(time: time));
        Task waiting = reader.WaitForDataAsync(null, Reading.Token).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(200));
        await waiting.WaitAsync(TimeSpan.FromSeconds(120), Reading.Token);
    }

    [Fact]
    public async Task A_batch_has_its_own_time()
    {
        ISource<Item> source = RatePerMicroBatch.Of(2, (i, time) => new Item(i, time.ToString("HH:mm:ss", null)), Noon, TimeSpan.FromMinutes(1), batches: 3);
        await using ISourceReader reader = source.Open(Reading.Context());
        await reader.FreezeAsync(null, Reading.Token);
        (List<List<Item>> batches, string? end) = await reader.DrainAsync<Item>(null);
        Assert.Equal(
            [[new(0, "12:00:00"), new(1, "12:00:00")], [new(2, "12:01:00"), new(3, "12:01:00")], [new(4, "12:02:00"), new(5, "12:02:00")]],
            batches);
        Assert.True(reader.HasEnded(end));
        Assert.False(reader.HasEnded("4"));
    }

    [Fact]
    public async Task Without_a_last_batch_available_now_is_one_batch()
    {
        await using ISourceReader reader = RatePerMicroBatch.Of(5, i => new Item(i, null)).Open(Reading.Context());
        await reader.FreezeAsync("10", Reading.Token);
        Assert.Equal("15", await reader.NextOffsetAsync("10", false, Reading.Token));
        Assert.Equal("15", await reader.NextOffsetAsync("15", false, Reading.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Rates_must_be_above_zero(long rate)
    {
        Assert.Equal("rate-source-options", Assert.Throws<QueryStartException>(() => RateSource.Of(rate, i => new Item(i, null))).Rule);
        Assert.Equal("rate-source-options", Assert.Throws<QueryStartException>(() => RatePerMicroBatch.Of(rate, i => new Item(i, null))).Rule);
        Assert.Contains("rampUp", Assert.Throws<QueryStartException>(
            () => RateSource.Of(1, i => new Item(i, null), rampUp: TimeSpan.FromSeconds(-1))).Message, StringComparison.Ordinal);
    }
}
