namespace Typed.Tests.Processors;

/// <summary>Counts rows, and fails at those that are named in its parameters.</summary>
[Processor(Time = TimeMode.EventTime)]
public sealed partial class Fragile : KeyedProcessor<string?, Order, Report>
{
    /// <summary>Set when a row asked to wait is there.</summary>
    public static readonly ManualResetEventSlim Waits = new();

    /// <summary>Set to let it go on.</summary>
    public static readonly ManualResetEventSlim GoesOn = new();

    [State] private long _count;

    public string Poison { get; init; } = "";

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (Order row in rows)
        {
            if (row.Name == Poison)
                throw row.Do == "cancel" ? new OperationCanceledException("given up") : new FormatException("an unheard-of name");
            if (row.Do == "wait")
            {
                Waits.Set();
                GoesOn.Wait(TimeSpan.FromSeconds(120));
            }

            if (row.Do == "timer")
                ctx.TimerAt(DateTimeOffset.UnixEpoch.AddSeconds(row.Number));
            _count++;
        }

        ctx.Emit(new Report(ctx.Key, $"{_count}", null));
    }

    public override void OnTimer(DateTimeOffset time, Context<string?, Report> ctx)
    {
        if (Poison == "timer")
            throw new FormatException("an untimely timer");
        ctx.Emit(new Report(ctx.Key, "timer", null));
    }
}

[Pipeline(OutputMode.Append)]
public sealed partial class FragileReports
{
    public string Poison { get; init; } = "";

    public Stream<Report> Define(Stream<Order> orders) => orders
        .WithWatermark(o => o.At, "0 seconds")
        .GroupBy(o => o.Key)
        .Process(new Fragile { Poison = Poison }, "fragile");
}

/// <summary>Passes the time of each row on, as it is told: a processor before an operator that needs the watermark.</summary>
[Processor(Time = TimeMode.EventTime, OutputEventTime = nameof(Report.At))]
public sealed partial class Stamper : KeyedProcessor<string?, Order, Report>
{
    [State] private long _count;

    public override void OnRows(Rows<Order> rows, Context<string?, Report> ctx)
    {
        foreach (Order row in rows)
            ctx.Emit(new Report(ctx.Key, $"{++_count}", row.At?.AddSeconds(-row.Number)));
    }
}

[StreamRecord]
public readonly partial record struct Stamped(DateTimeOffset Start, long Count);

[Pipeline(OutputMode.Append)]
public sealed partial class StampedMinutes
{
    public static Stream<Stamped> Define(Stream<Order> orders) => orders
        .WithWatermark(o => o.At, "5 seconds")
        .GroupBy(o => o.Key)
        .Process(new Stamper(), "stamper")
        .GroupBy(Window.Tumbling("1 minute"))
        .Select(g => new Stamped(g.Window.Start, g.Count()));
}
