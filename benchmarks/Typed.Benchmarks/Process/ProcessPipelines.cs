namespace Typed.Benchmarks.Process;

[StreamRecord]
public readonly partial record struct Meter([EventTime] DateTimeOffset Time, long Device, long Value);

[StreamRecord]
public readonly partial record struct NamedMeter([EventTime] DateTimeOffset Time, string Place, long Value);

[StreamRecord]
public readonly partial record struct Jump(long Device, long From, long To);

/// <summary>One value for each device, and a row when it jumps, which one in a thousand does.</summary>
public sealed partial class JumpFinder : KeyedProcessor<long, Meter, Jump>
{
    [State] private long? _last;

    public override void OnRows(Rows<Meter> rows, Context<long, Jump> ctx)
    {
        foreach (ref readonly Meter meter in rows)
        {
            if (_last is { } last && Math.Abs(meter.Value - last) >= 999)
                ctx.Emit(new Jump(ctx.Key, last, meter.Value));
            _last = meter.Value;
        }
    }
}

/// <summary>The same with a row out for each row in.</summary>
public sealed partial class EachStep : KeyedProcessor<long, Meter, Jump>
{
    [State] private long? _last;

    public override void OnRows(Rows<Meter> rows, Context<long, Jump> ctx)
    {
        foreach (ref readonly Meter meter in rows)
        {
            ctx.Emit(new Jump(ctx.Key, _last ?? 0, meter.Value));
            _last = meter.Value;
        }
    }
}

/// <summary>The same by a text, which is in the row too.</summary>
public sealed partial class PlaceJumpFinder : KeyedProcessor<string, NamedMeter, Jump>
{
    [State] private long? _last;

    public override void OnRows(Rows<NamedMeter> rows, Context<string, Jump> ctx)
    {
        foreach (ref readonly NamedMeter meter in rows)
        {
            if (_last is { } last && Math.Abs(meter.Value - last) >= 999)
                ctx.Emit(new Jump(meter.Place.Length, last, meter.Value));
            _last = meter.Value;
        }
    }
}

/// <summary>A timer for each device that moves with its rows.</summary>
[Processor(Time = TimeMode.EventTime)]
public sealed partial class SilenceFinder : KeyedProcessor<long, Meter, Jump>
{
    [State] private long _seconds;

    public override void OnRows(Rows<Meter> rows, Context<long, Jump> ctx)
    {
        long latest = rows[^1].Time.ToUnixTimeSeconds();
        if (latest <= _seconds)
            return;
        if (_seconds != 0)
            ctx.DeleteTimer(DateTimeOffset.FromUnixTimeSeconds(_seconds + 10));
        _seconds = latest;
        ctx.TimerAt(DateTimeOffset.FromUnixTimeSeconds(latest + 10));
    }

    public override void OnTimer(DateTimeOffset time, Context<long, Jump> ctx)
    {
        ctx.Emit(new Jump(ctx.Key, _seconds, 0));
        ctx.Clear();
    }
}

/// <summary>A map of ten entries for each device.</summary>
public sealed partial class Histogram : KeyedProcessor<long, Meter, Jump>
{
    [State] private MapState<long, long> _counts;

    public override void OnRows(Rows<Meter> rows, Context<long, Jump> ctx)
    {
        foreach (ref readonly Meter meter in rows)
        {
            long part = meter.Value / 100;
            long count = _counts.TryGet(part, out long before) ? before + 1 : 1;
            _counts.Set(part, count);
            if (count % 10_000 == 0)
                ctx.Emit(new Jump(ctx.Key, part, count));
        }
    }
}

/// <summary>The group form with a time-out.</summary>
[GroupProcessor(Timeout = TimeMode.EventTime)]
public sealed partial class SilentGroups : GroupProcessor<long, Meter, Jump>
{
    [State] private long _rows;

    public override void OnRows(Rows<Meter> rows, GroupContext<long, Jump> ctx)
    {
        _rows += rows.Count;
        ctx.TimeoutAt(rows[^1].Time.AddSeconds(10));
    }

    public override void OnTimeout(GroupContext<long, Jump> ctx)
    {
        ctx.Emit(new Jump(ctx.Key, _rows, 0));
        ctx.Clear();
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class Jumps
{
    public static Stream<Jump> Define(Stream<Meter> meters) => meters.GroupBy(m => m.Device).Process(new JumpFinder(), "jumps");
}

[Pipeline(OutputMode.Append)]
public sealed partial class Steps
{
    public static Stream<Jump> Define(Stream<Meter> meters) => meters.GroupBy(m => m.Device).Process(new EachStep(), "steps");
}

[Pipeline(OutputMode.Append)]
public sealed partial class PlaceJumps
{
    public static Stream<Jump> Define(Stream<NamedMeter> meters) => meters.GroupBy(m => m.Place).Process(new PlaceJumpFinder(), "place-jumps");
}

[Pipeline(OutputMode.Append)]
public sealed partial class Silences
{
    public static Stream<Jump> Define(Stream<Meter> meters) => meters
        .WithWatermark(m => m.Time, "1 second")
        .GroupBy(m => m.Device)
        .Process(new SilenceFinder(), "silences");
}

[Pipeline(OutputMode.Append)]
public sealed partial class Histograms
{
    public static Stream<Jump> Define(Stream<Meter> meters) => meters.GroupBy(m => m.Device).Process(new Histogram(), "histograms");
}

[Pipeline(OutputMode.Append)]
public sealed partial class GroupSilences
{
    public static Stream<Jump> Define(Stream<Meter> meters) => meters
        .WithWatermark(m => m.Time, "1 second")
        .GroupBy(m => m.Device)
        .Process(new SilentGroups(), "silent-groups");
}
