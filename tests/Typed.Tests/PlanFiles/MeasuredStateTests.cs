extern alias plans;

using plans::Typed.PlanFiles;
using Typed.Tests.Generator;
using static Typed.Durations;

namespace Typed.Tests.PlanFiles;

[StreamRecord]
public readonly partial record struct Click([Cardinality(20_000)] long User, [Cardinality(20_000)] string Session, int Amount, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Clicks(long Count, long Sum);

[Pipeline(OutputMode.Update)]
public sealed partial class ClicksByUser
{
    public static Stream<Clicks> Define(Stream<Click> clicks) => clicks.GroupBy(c => c.User).Select(g => new Clicks(g.Count(), g.Sum(c => c.Amount)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class ClicksBySession
{
    public static Stream<Clicks> Define(Stream<Click> clicks) => clicks.GroupBy(c => c.Session).Select(g => new Clicks(g.Count(), g.Max(c => c.Amount)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClicksByHour
{
    public static Stream<Clicks> Define([Rate(1_000)] Stream<Click> clicks) => clicks.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.User, Window.Tumbling("1 hour")).Select(g => new Clicks(g.Count(), g.Sum(c => c.Amount)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClicksBySlides
{
    public static Stream<Clicks> Define([Rate(20_000 / 3600.0)] Stream<Click> clicks) => clicks.WithWatermark(c => c.Time, "0 seconds")
        .GroupBy(c => c.User, Window.Sliding("1 hour", every: "10 minutes")).Select(g => new Clicks(g.Count(), g.Sum(c => c.Amount)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClickSessions
{
    public static Stream<Clicks> Define([Rate(1_000)] Stream<Click> clicks) => clicks.WithWatermark(c => c.Time, "10 seconds")
        .GroupBy(c => c.User, Window.Session("10 seconds")).Select(g => new Clicks(g.Count(), g.Sum(c => c.Amount)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class LatestClicks
{
    public static Stream<Clicks> Define(Stream<Click> clicks) => clicks.LastBy(c => c.User, by: c => c.Time, ttl: "1 day").Select(c => new Clicks(1, c.Amount));
}

[Unbounded("no more users than the hint says")]
[Pipeline(OutputMode.Append)]
public sealed partial class FirstClicks
{
    public static Stream<Clicks> Define(Stream<Click> clicks) => clicks.DropDuplicates(c => c.User).Select(c => new Clicks(1, c.Amount));
}

[Pipeline(OutputMode.Append)]
public sealed partial class FirstClicksOfSessions
{
    public static Stream<Clicks> Define([Rate(1_000)] Stream<Click> clicks) => clicks.WithWatermark(c => c.Time, "10 seconds").DropDuplicatesWithinWatermark(c => c.Session).Select(c => new Clicks(1, c.Amount));
}

[Pipeline(OutputMode.Append)]
public sealed partial class ClicksInRow
{
    public static Stream<Clicks> Define([Rate(1_000)] Stream<Click> clicks, [Rate(2_000)] Stream<Click> others) => clicks.WithWatermark(c => c.Time, "10 seconds")
        .Join(others.WithWatermark(c => c.Time, "10 seconds"), on: (l, r) => l.User == r.User && r.Time >= l.Time && r.Time <= l.Time + Seconds(10), select: (l, r) => new Clicks(1, l.Amount + r.Amount));
}

/// <summary>What plans say of the size of state, beside what operators have in memory that keep as much.</summary>
public class MeasuredStateTests
{
    private const int Users = 20_000;

    // Tables grow by doubling, so that the same entries take up to twice as much as at best.
    private const double Factor = 2;

    private static readonly Lazy<ILookup<string, StateSheet>> Sheets = new(() =>
        AssemblyPlans.In(typeof(MeasuredStateTests).Assembly.Location).SelectMany(plan => plan.Sheet.Operators.SelectMany(one => one.State).Select(state => (plan.Sheet.Name, state))).ToLookup(one => one.Name, one => one.state));

    public static TheoryData<Type> Shapes => [typeof(ClicksByUser), typeof(ClicksBySession), typeof(ClicksByHour), typeof(ClicksBySlides), typeof(ClickSessions), typeof(LatestClicks), typeof(FirstClicks), typeof(FirstClicksOfSessions), typeof(ClicksInRow)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_a_plan_says_is_near_what_is_there(Type pipeline)
    {
        using PipelineRun<Clicks> run = new(Activator.CreateInstance(pipeline)!);
        run.Begin();
        run.Push(0, Rows(Users, pipeline == typeof(ClicksBySlides) ? 180 : 1));
        if (pipeline == typeof(ClicksInRow))
            run.Push(1, Rows(Users, 1));
        run.End();

        long said = Sheets.Value[pipeline.Name].Sum(state => state.Bytes);
        long there = run.Graph.Stateful.Single().MemoryBytes;
        Assert.True(there <= said * Factor && said <= there * Factor, $"{pipeline.Name}: {said:#,0} bytes said, {there:#,0} there");
    }

    private static Click[] Rows(int count, int millis) => [.. Enumerable.Range(0, count).Select(i => new Click(i * 7919L, $"session-{i * 7919:d8}", i % 100, DateTimeOffset.UnixEpoch.AddHours(1).AddMilliseconds((long)i * millis)))];
}
