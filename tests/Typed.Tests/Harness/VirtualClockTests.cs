using Typed.Testing;

namespace Typed.Tests.Harness;

public sealed class VirtualClockTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timers_fire_in_order_each_at_its_instant()
    {
        VirtualClock clock = new(Start);
        List<(string Name, double Second)> fired = [];
        void Fire(object? name) => fired.Add(((string)name!, (clock.GetUtcNow() - Start).TotalSeconds));
        using ITimer late = clock.CreateTimer(Fire, "late", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using ITimer often = clock.CreateTimer(Fire, "often", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        using ITimer never = clock.CreateTimer(Fire, "never", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(fired);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("often", 1), ("often", 3), ("late", 5), ("often", 5)], fired);
        Assert.Equal(Start.AddMilliseconds(5_999), clock.GetUtcNow());
        Assert.Equal(1, clock.Waiting);
        often.Dispose();
        clock.AdvanceToTimer();
        Assert.Equal(Start.AddMilliseconds(5_999), clock.GetUtcNow());
        Assert.Equal(0, clock.Waiting);
    }

    [Fact]
    public async Task Delays_end_when_it_passes_them()
    {
        VirtualClock clock = new(Start);
        Task delay = Task.Delay(TimeSpan.FromHours(3), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.False(delay.IsCompleted);
        clock.AdvanceToTimer();
        await delay;
        Assert.Equal(Start.AddHours(3), clock.GetUtcNow());
    }

    [Fact]
    public void It_can_be_set_back()
    {
        VirtualClock clock = new(Start);
        long before = clock.GetTimestamp();
        clock.Set(Start.AddMinutes(-1));
        Assert.Equal(TimeSpan.FromMinutes(-1), clock.GetElapsedTime(before));
        Assert.Equal(Start.AddMinutes(-1), clock.GetUtcNow());
    }

    [Fact]
    public void Who_is_woken_by_a_timer_may_move_it_on()
    {
        VirtualClock clock = new(DateTimeOffset.UnixEpoch);
        using ITimer timer = clock.CreateTimer(_ => clock.Advance(TimeSpan.FromSeconds(5)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        clock.AdvanceToTimer();
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(6), clock.GetUtcNow());
    }
}
