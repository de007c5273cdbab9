namespace Typed.Tests.Execution;

/// <summary>A clock that stands still until a test moves it; timers fire when it passes them.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>How many timers wait.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    internal void SetMillis(long millis) => Set(DateTimeOffset.FromUnixTimeMilliseconds(millis));

    /// <summary>Goes to the next timer, if one waits.</summary>
    internal void AdvanceToTimer()
    {
        DateTimeOffset? next;
        lock (_lock)
            next = _timers.Count == 0 ? null : _timers.Min(timer => timer.Due);
        if (next is DateTimeOffset due)
            Set(due);
    }

    internal void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Set(DateTimeOffset now)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _now = now;
            due = [.. _timers.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due)];
            foreach (ManualTimer timer in due)
                _timers.Remove(timer);
        }

        foreach (ManualTimer timer in due)
            timer.Fire();
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        internal DateTimeOffset Due { get; private set; }

        internal void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
