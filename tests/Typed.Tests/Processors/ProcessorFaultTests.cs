namespace Typed.Tests.Processors;

/// <summary>What handlers must not do: each fails the query by the id of its rule and says where.</summary>
public sealed class ProcessorFaultTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(1);
    private readonly MemorySource<Wrong> _wrongs = new();
    private readonly MemorySink<Result> _results = new();

    [Theory]
    [InlineData("absent value", "state-get-when-absent")]
    [InlineData("absent entry", "state-get-when-absent")]
    [InlineData("null value", "null-state-value")]
    [InlineData("null element", "null-state-value")]
    [InlineData("no elements", "empty-list-value")]
    [InlineData("null map key", "null-state-value")]
    [InlineData("null map value", "null-state-value")]
    [InlineData("timer", "tws-timer-without-time-mode")]
    [InlineData("timers", "tws-timer-without-time-mode")]
    [InlineData("untimer", "tws-timer-without-time-mode")]
    [InlineData("watermark", "current-watermark-without-watermark")]
    [InlineData("throw", "user-function-failure")]
    public async Task A_keyed_processor(string what, string rule)
    {
        StreamingQueryException failure = await FailureAsync(CarelessOnes.From(_wrongs, new CarelessOnes()).To(_results), ["", "", what]);
        Assert.Equal(rule, failure.Rule);
        Assert.Contains("Careless 'careless'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'k'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("batch 2", failure.Message, StringComparison.Ordinal);
        if (what == "throw")
            Assert.IsType<FormatException>(failure.InnerException);
    }

    [Theory]
    [InlineData("at zero", "timeout-before-watermark")]
    [InlineData("at passed", "timeout-before-watermark")]
    [InlineData("after", "timeout-mode-mismatch")]
    [InlineData("at watermark", null)]
    [InlineData("watermark", null)]
    public async Task A_group_processor_by_event_time(string what, string? rule) =>
        await ExpectAsync(ByEventOnes.From(_wrongs).To(_results), ["", what], rule);

    [Theory]
    [InlineData("after nothing", "timeout-duration-not-positive")]
    [InlineData("after minus", "timeout-duration-not-positive")]
    [InlineData("after words", "timeout-duration-not-positive")]
    [InlineData("at", "timeout-mode-mismatch")]
    [InlineData("watermark", "current-watermark-without-watermark")]
    [InlineData("two rows", "user-function-failure")]
    [InlineData("", "user-function-failure")]
    [InlineData("one row", null)]
    public async Task A_group_processor_by_the_clock(string what, string? rule) => await ExpectAsync(ByClockOnes.From(_wrongs).To(_results), ["one row", what], rule);

    [Theory]
    [InlineData("late", "emitted-row-older-than-watermark")]
    [InlineData("in time", null)]
    public async Task A_row_at_the_watermark_would_be_late(string what, string? rule) => await ExpectAsync(LateOnes.From(_wrongs).To(_results), ["", "", what], rule);

    [Fact]
    public async Task State_is_not_there_before_the_first_call()
    {
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(async () =>
            await CarelessOnes.From(_wrongs, new CarelessOnes { Early = true }).To(_results).StartAsync(null, TestContext.Current.CancellationToken));
        Assert.Equal("tws-state-outside-init", failure.Rule);
    }

    [Fact]
    public async Task A_context_is_good_for_its_call()
    {
        await using StreamingQuery query = await CarelessOnes.From(_wrongs, new CarelessOnes()).To(_results).StartAsync(new() { Stepped = true }, TestContext.Current.CancellationToken);
        _wrongs.Add(new Wrong("k", "key of another call", Start));
        await query.ProcessAllAvailableAsync();
        Context<string, Result> kept = Elsewhere.Kept!;
        Assert.Equal("tws-no-implicit-key", Assert.Throws<StreamingQueryException>(() => kept.Emit(default)).Rule);
        Assert.Equal("tws-no-implicit-key", Assert.Throws<StreamingQueryException>(kept.Clear).Rule);
    }

    private async Task ExpectAsync(PipelineStart<Result> start, string[] batches, string? rule)
    {
        if (rule is not null)
        {
            Assert.Equal(rule, (await FailureAsync(start, batches)).Rule);
            return;
        }

        await using StreamingQuery query = await start.StartAsync(new() { Stepped = true }, TestContext.Current.CancellationToken);
        await RunAsync(query, batches);
    }

    private async Task<StreamingQueryException> FailureAsync(PipelineStart<Result> start, string[] batches)
    {
        await using StreamingQuery query = await start.StartAsync(new() { Stepped = true }, TestContext.Current.CancellationToken);
        return await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(query, batches));
    }

    private async Task RunAsync(StreamingQuery query, string[] batches)
    {
        for (int i = 0; i < batches.Length; i++)
        {
            _wrongs.Add(new Wrong("k", batches[i], Start.AddSeconds(i)));
            await query.Loop.StepAsync();
        }
    }
}
