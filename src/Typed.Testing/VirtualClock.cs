namespace Typed.Testing;

/// <summary>A clock that stands still until a test moves it. Timers fire when it passes them, on the thread that moves it.</summary>
public sealed class VirtualClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];
    private DateTimeOffset _now;

    /// <summary>A clock that stands at an instant.</summary>
    public VirtualClock(DateTimeOffset now) => _now = now;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock on.</summary>
    public void Advance(TimeSpan by) => Set(GetUtcNow() + by);

    /// <summary>Goes to the next timer, if one waits.</summary>
    public void AdvanceToTimer()
    {
        DateTimeOffset? next;
        lock (_lock)
            next = _timers.Count == 0 ? null : _timers.Min(timer => timer.Due);
        if (next is DateTimeOffset due)
            Move(due, back: false);
    }

    /// <summary>
    /// Sets the clock. Timers that are due by then fire one after the other, each at the instant it is due; a periodic one as often as it would have. It can be set back
    /// too: real clocks are.
    /// </summary>
    public void Set(DateTimeOffset now)
    {
        bool back;
        lock (_lock)
            back = now < _now;
        Move(now, back);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Move(DateTimeOffset to, bool back)
    {
        while (NextDue(to) is { } timer)
            timer.Fire();

        // Whoever was woken by a timer may have moved it on meanwhile, on another thread.
        lock (_lock)
            _now = back || to > _now ? to : _now;
    }

    /// <summary>Takes the next timer that is due by then and goes to its instant, if that lies ahead.</summary>
    private VirtualTimer? NextDue(DateTimeOffset by)
    {
        lock (_lock)
        {
            VirtualTimer? next = _timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > by)
                return null;
            _timers.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
            return next;
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        internal DateTimeOffset Due { get; private set; }

        internal void Fire()
        {
            if (_period > TimeSpan.Zero)
                Change(_period, _period);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _period = period;
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
