namespace Typed.Tests.Late;

[StreamRecord]
public readonly partial record struct Call(string Caller, string Note, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Reply(string Caller, int Length, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Calls(string Caller, long Count);

[Pipeline(OutputMode.Append)]
public sealed partial class LateTumbling
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.Caller, Window.Tumbling("10 minutes")).Select(g => new Calls(g.Key, g.Count()));
}

[Pipeline(OutputMode.Update)]
public sealed partial class LateSliding
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.Caller, Window.Sliding("10 minutes", "5 minutes")).Select(g => new Calls(g.Key, g.Count()));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateByTime
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => new { c.Caller, c.Time }).Select(g => new Calls(g.Key.Caller, g.Count()));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateSessions
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.Caller, Window.Session("5 minutes")).Select(g => new Calls(g.Key, g.Count()));
}

/// <summary>The time is no part of the key, and a filter stands between: the row is handed over whole.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class LateOnce
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .Select(c => new { c.Caller, c.Time, Size = c.Note.Length }).Where(c => c.Size > 0)
        .DropDuplicates(c => new { c.Caller, c.Time }).Select(c => new Calls(c.Caller, c.Size));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateOnceWithin
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .DropDuplicatesWithinWatermark(c => c.Caller).Select(c => new Calls(c.Caller, 1));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateTop
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .TopBy(1, group: c => new { c.Caller, Ten = TimeWindow.Of(c.Time, Durations.Minutes(10)) }, by: c => c.Time, select: (c, rank) => new Calls(c.Caller, rank));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateReplies
{
    public static Stream<Calls> Define(Stream<Call> calls, Stream<Reply> replies) => calls.WithWatermark(c => c.Time, "0 seconds")
        .LeftJoin(
            replies.WithWatermark(r => r.Time, "0 seconds"),
            on: (c, r) => c.Caller == r.Caller && r.Time >= c.Time && r.Time <= c.Time + TimeSpan.FromMinutes(5),
            select: (c, r) => new Calls(c.Caller, r == null ? 0 : 1));
}

[Pipeline(OutputMode.Append)]
public sealed partial class LateKept
{
    public static Stream<Calls> Define(Stream<Call> calls) => calls.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.Caller).Process(new CallCounter(), "calls");
}

[Processor(Time = TimeMode.EventTime)]
public sealed partial class CallCounter : KeyedProcessor<string, Call, Calls>
{
    [State] private long _count;

    public override void OnRows(Rows<Call> rows, Context<string, Calls> ctx)
    {
        foreach (Call _ in rows)
            _count++;
        ctx.Emit(new Calls(ctx.Key, _count));
    }
}
