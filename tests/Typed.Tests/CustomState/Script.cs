namespace Typed.Tests.CustomState;

/// <summary>A row that tells a processor what to do with the state of its key.</summary>
[StreamRecord]
public readonly partial record struct Step(string? Key, string Do, string? Name, long Number, [EventTime] DateTimeOffset? At);

/// <summary>What a processor saw.</summary>
[StreamRecord]
public readonly partial record struct Seen(string? Key, string What, string? Name, long Number);

/// <summary>A record inside state.</summary>
[StreamRecord]
public readonly partial record struct Charge(string Card, decimal Amount, DateTimeOffset? Time);

/// <summary>A row of an initial state.</summary>
[StreamRecord]
public readonly partial record struct Before(string? Key, long Count);

/// <summary>Every kind of state field, driven by the rows. Values with a lifetime have one of 10 s; they are used in processing time only.</summary>
[Processor(Time = TimeMode.ProcessingTime)]
public sealed partial class Script : KeyedProcessor<string?, Step, Seen, Before>
{
    [State] private long _count;
    [State] private DateTimeOffset? _last;
    [State] private string? _name;
    [State] private Charge? _charge;
    [State] private ListState<string> _names;
    [State] private MapState<string, long> _numbers;
    [State(Ttl = "10 seconds")] private ValueState<long> _fresh;
    [State(Ttl = "10 seconds")] private ListState<long> _recent;
    [State(Ttl = "10 seconds")] private MapState<string, string> _lately;

    public bool InOrder { get; init; }

    public override void OnInitial(Before row, Context<string?, Seen> ctx)
    {
        _count += row.Count;
        ctx.Emit(new Seen(ctx.Key, "initial", null, _count));
    }

    public override void OnRows(Rows<Step> rows, Context<string?, Seen> ctx)
    {
        Assert.True(rows.Count > 0);
        foreach (Step step in InOrder ? rows.OrderedByEventTime() : rows)
            Take(step, ctx);
        ctx.Emit(new Seen(ctx.Key, "rows", _name, rows.Count));
    }

    public override void OnTimer(DateTimeOffset time, Context<string?, Seen> ctx)
    {
        Assert.True(ctx.Timers.Contains(time));
        ctx.Emit(new Seen(ctx.Key, "timer", null, time.ToUnixTimeMilliseconds()));
        if (_count > 5)
            ctx.TimerAt(time.AddSeconds(1));
        ctx.TimerAt(time);
        _count++;
    }

    private void Take(Step step, Context<string?, Seen> ctx)
    {
        string name = step.Name ?? "";
        switch (step.Do)
        {
            case "count":
                _count += step.Number;
                _last = step.At;
                Say("count", null, _count);
                break;
            case "name":
                Say("named", _name, _last?.ToUnixTimeMilliseconds() ?? -1);
                _name = step.Name;
                break;
            case "charge":
                Say("charged", _charge?.Card, (long)(_charge?.Amount ?? -1));
                _charge = step.Number == 0 ? null : new Charge(name, step.Number, step.At);
                break;
            case "append":
                _names.Append(name);
                break;
            case "replace":
                _names.Set(name, "b", "c");
                break;
            case "list":
                foreach (string one in _names)
                {
                    Say("element", one, 0);
                    _names.Clear();
                    _names.Append("again");
                }

                break;
            case "put":
                _numbers.Set(name, step.Number);
                break;
            case "get":
                Say("got", name, _numbers.TryGet(name, out long number) ? number : -1);
                break;
            case "remove":
                Say("removed", name, _numbers.Remove(name) ? 1 : 0);
                break;
            case "map":
                Say("map", string.Join(",", _numbers.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value}")), _numbers.Count);
                break;
            case "timer":
                ctx.TimerAt(Time(step));
                break;
            case "untimer":
                ctx.DeleteTimer(Time(step));
                break;
            case "timers":
                foreach (DateTimeOffset time in ctx.Timers)
                    Say("listed", null, time.ToUnixTimeMilliseconds());
                break;
            case "fresh":
                _fresh.Value = step.Number;
                break;
            case "recent":
                _recent.Append(step.Number);
                break;
            case "lately":
                _lately[name] = name;
                break;
            case "unlately":
                Say("unlately", name, _lately.Remove(name) ? 1 : 0);
                break;
            case "lives":
                Say("fresh", _fresh.TryGet(out long fresh) ? "yes" : "no", fresh);
                Say("expires", null, _fresh.ExpiresAt?.ToUnixTimeMilliseconds() ?? -1);
                Say("recent", string.Join(",", _recent), _recent.Count);
                Say("expiries", string.Join(",", _recent.Expiries().Select(one => one?.ToUnixTimeMilliseconds())), 0);
                Say("lately", string.Join(",", _lately.Select(one => one.Key).Order(StringComparer.Ordinal)), _lately.Count);
                break;
            case "unfresh":
                _fresh.Clear();
                _recent.Clear();
                break;
            case "clear":
                ctx.Clear();
                break;
            default:
                throw new InvalidOperationException($"No step {step.Do}.");
        }

        void Say(string what, string? text, long number) => ctx.Emit(new Seen(ctx.Key, what, text, number));
    }

    private static DateTimeOffset Time(Step step) => DateTimeOffset.FromUnixTimeMilliseconds(step.Number);
}
