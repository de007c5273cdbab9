using Typed;

/// <summary>Somebody signed in, or tried to.</summary>
/// <param name="User">As whom.</param>
/// <param name="Address">From where.</param>
/// <param name="Succeeded">Whether the password was right.</param>
/// <param name="Time">When; it is known up to half a minute later, now and then much later.</param>
[StreamRecord]
public readonly partial record struct SignIn(string User, string Address, bool Succeeded, [EventTime] DateTimeOffset Time);

/// <summary>What the watch has to say about a user.</summary>
/// <param name="User">Who is meant.</param>
/// <param name="What">"guessing", and later either "got in" or "gave up".</param>
/// <param name="First">The first failure.</param>
/// <param name="Last">The failure or the success that this is about.</param>
/// <param name="Failures">How many failures there were.</param>
/// <param name="Addresses">From how many places they came.</param>
[StreamRecord]
public readonly partial record struct Alarm(string User, string What, DateTimeOffset First, DateTimeOffset Last, int Failures, int Addresses);

/// <summary>
/// Raises an alarm when a user has several failures within minutes, and tells how it ended: with a success from where the failures came, or
/// with a quarter of an hour without another failure. Until then it keeps what it has seen of the user, and nothing of a user who signs in
/// at once.
/// </summary>
[Processor(Time = TimeMode.EventTime)]
public sealed partial class Watcher : KeyedProcessor<string, SignIn, Alarm>
{
    [State] private DateTimeOffset? _first;
    [State] private DateTimeOffset _last;
    [State] private DateTimeOffset? _end;
    [State] private bool _isAlarmed;
    [State] private int _failures;
    [State] private ListState<DateTimeOffset> _recent;
    [State] private MapState<string, int> _addresses;

    /// <summary>So many failures are an alarm …</summary>
    public int Limit { get; init; } = 5;

    /// <summary>… if they lie within this time.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>After so long without a failure, a user is forgotten.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public override void OnRows(Rows<SignIn> rows, Context<string, Alarm> ctx)
    {
        foreach (ref readonly SignIn row in rows.OrderedByEventTime())
        {
            if (!row.Succeeded)
                Fail(row, ctx);
            else if (_addresses.Contains(row.Address))
                Succeed(row, ctx);
        }
    }

    /// <inheritdoc/>
    public override void OnTimer(DateTimeOffset time, Context<string, Alarm> ctx)
    {
        if (_isAlarmed)
            ctx.Emit(AlarmOf("gave up", ctx.Key, _last));
        ctx.Clear();
    }

    private void Fail(in SignIn row, Context<string, Alarm> ctx)
    {
        _first ??= row.Time;
        _last = row.Time > _last ? row.Time : _last;
        _failures++;
        _addresses[row.Address] = _addresses.TryGet(row.Address, out int before) ? before + 1 : 1;

        DateTimeOffset since = row.Time - Within;
        DateTimeOffset[] recent = [.. _recent.Where(time => time > since), row.Time];
        _recent.Set(recent);
        if (!_isAlarmed && recent.Length >= Limit)
        {
            _isAlarmed = true;
            ctx.Emit(AlarmOf("guessing", ctx.Key, row.Time));
        }

        // The timer moves with the last failure. It is due when the watermark reaches it.
        if (_end is { } end)
            ctx.DeleteTimer(end);
        _end = _last + Quiet;
        ctx.TimerAt(_last + Quiet);
    }

    private void Succeed(in SignIn row, Context<string, Alarm> ctx)
    {
        if (_isAlarmed)
            ctx.Emit(AlarmOf("got in", ctx.Key, row.Time));
        if (_end is { } end)
            ctx.DeleteTimer(end);
        ctx.Clear();
    }

    private Alarm AlarmOf(string what, string user, DateTimeOffset last) => new(user, what, _first ?? last, last, _failures, _addresses.Count);
}

[Pipeline(OutputMode.Append)]
public sealed partial class LoginWatch
{
    /// <summary>So many failures within three minutes are an alarm.</summary>
    public int Limit { get; init; } = 5;

    public Stream<Alarm> Define(Stream<SignIn> signIns) => signIns
        .WithWatermark(s => s.Time, "1 minute")
        .GroupBy(s => s.User)
        .Process(new Watcher { Limit = Limit }, "watcher");
}
