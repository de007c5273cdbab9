using Typed.Operators;
using Typed.Testing;
using Typed.Tests.Files;
using Typed.Tests.Generator;

namespace Typed.Tests.Processors;

/// <summary>Timers that never come: at the end of time, or deleted (semantics 9.4, 10.3).</summary>
public sealed class FarTimerTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(1);
    private readonly Folder _folder = new();
    private readonly MemorySource<Order> _orders = new();
    private readonly MemorySink<Report> _reports = new() { SurvivesRestart = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_timer_at_the_end_of_time_does_not_end_the_query()
    {
        await RunTwiceAsync(FarTimers.From(_orders).To(_reports), "far");
        Assert.Equal(["1", "1", "1"], _reports.Rows.Select(row => row.What));
        Assert.All(_reports.Rows, row => Assert.Equal(9999, row.At?.Year));
    }

    [Theory]
    [InlineData("far")]
    [InlineData("far words")]
    public async Task A_time_out_after_the_end_of_time_does_not_end_the_query(string what)
    {
        await RunTwiceAsync(FarTimeouts.From(_orders).To(_reports), what);
        Assert.Equal(["1", "2", "3"], _reports.Rows.Select(row => row.What));
    }

    /// <summary>A query over sources that have ended waits for timers, but not for one that was deleted or never comes.</summary>
    [Theory]
    [InlineData("far")]
    [InlineData("timer", "untimer")]
    public async Task A_query_does_not_wait_for_what_does_not_come(params string[] orders)
    {
        await using StreamingQuery query = await FarTimers.From(OrdersAsync().AsSource()).To(_reports)
            .StartAsync(new() { TimeProvider = new VirtualClock(Start) }, TestContext.Current.CancellationToken);
        await query.Completion.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.NotEmpty(_reports.Rows);

        async IAsyncEnumerable<Order> OrdersAsync()
        {
            foreach (string what in orders)
                yield return Order(what);
            await Task.CompletedTask;
        }
    }

    [Fact]
    public void A_timer_that_was_deleted_or_replaced_is_not_waited_for()
    {
        using (PipelineRun<Report> timers = new(new FarTimers()))
        {
            timers.Batch(Order("timer", 20), Order("timer", 30));
            Assert.Equal(20_000_000, Next(timers));
            timers.Batch(Order("untimer", 20));
            Assert.Equal(30_000_000, Next(timers));
            timers.Batch(Order("untimer", 30));
            Assert.Equal(long.MaxValue, Next(timers));
        }

        using PipelineRun<Report> timeouts = new(new FarTimeouts()) { Clock = 0 };
        timeouts.Batch(Order("timer", 20));
        Assert.Equal(20_000_001, Next(timeouts));
        timeouts.Batch(Order("timer", 30));
        Assert.Equal(30_000_001, Next(timeouts));
        timeouts.Batch(Order("none"));
        Assert.Equal(long.MaxValue, Next(timeouts));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_for_the_end_of_time_is_explained(bool byTimeout)
    {
        PipelineStart<Report> start = byTimeout ? LastTimeouts.From(_orders) : LastTimers.From(_orders);
        await using StreamingQuery query = await start.To(_reports)
            .StartAsync(new() { Stepped = true, TimeProvider = new VirtualClock(Start) }, TestContext.Current.CancellationToken);
        _orders.Add(Order("far"));
        await query.ProcessAllAvailableAsync();
        string told = query.Explain()!;
        Assert.Contains("holds 1 key until its watermark reaches 9999-12-31 23:59:59.999999Z", told, StringComparison.Ordinal);
        Assert.Contains("It takes an event time of orders at 9999-12-31 23:59:59.999999Z or later", told, StringComparison.Ordinal);
    }

    private static long Next(PipelineRun<Report> run)
    {
        StatefulOperator one = run.Graph.Stateful.Single();
        return one.NextTimer;
    }

    private static Order Order(string what, long number = 100_000) => new("key", what, "", number, Start);

    private async Task RunTwiceAsync(PipelineStart<Report> start, string what)
    {
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, TimeProvider = new VirtualClock(Start) };
        for (int run = 0; run < 2; run++)
        {
            await using StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken);
            for (int batch = run; batch < 2; batch++)
            {
                _orders.Add(Order(what));
                await query.ProcessAllAvailableAsync().WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            }

            Assert.Equal(3 - 1 + run, _reports.Rows.Count);
        }
    }
}
