// Pipelines in several versions, each in a namespace of its own, that differ in the keys of their operators and in what they aggregate.
namespace Typed.Tests.State.Evolution.Keys
{
    [StreamRecord]
    public readonly partial record struct Visit(string User, string Id, DateTimeOffset Time, int Value, int Size);

    [StreamRecord]
    public readonly partial record struct Sum(string Key, long Total);

    [StreamRecord]
    public readonly partial record struct Small(string User, int Value, long Size);

    [StreamRecord]
    public readonly partial record struct Large(string User, long Value, long Size);

    public sealed partial class Totals : KeyedProcessor<string, Visit, Sum>
    {
        [State] private long _total;

        public override void OnRows(Rows<Visit> rows, Context<string, Sum> ctx)
        {
            foreach (Visit visit in rows)
                _total += visit.Value;
            ctx.Emit(new Sum(ctx.Key, _total));
        }
    }
}

namespace Typed.Tests.State.Evolution.Keys.First
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Summed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Counted
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Count(v => v.Value > 2)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Largest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.Select(v => new Small(v.User, v.Value, v.Size)).GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Size, v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Greatest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Value, v => v.Size)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Groups
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => new { A = v.User }).Select(g => new Sum(g.Key.A, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Hours
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .GroupBy(v => new { v.User, W = TimeWindow.Of(v.Time, Durations.Minutes(5)) }).Select(g => new Sum(g.Key.User, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Computed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.Value % 10).Select(g => new Sum("all", g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Windows
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "10 minutes").GroupBy(v => v.User, Window.Tumbling("5 minutes")).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Sessions
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "10 minutes").GroupBy(v => v.User, Window.Session("5 minutes")).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Processed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Process(new Totals(), "totals");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Tops
    {
        public static Stream<Visit> Define(Stream<Visit> visits) => visits
            .TopBy(2, group: v => new { v.User, Hour = TimeWindow.Of(v.Time, Durations.Minutes(15)) }, by: v => v.Value);
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Lasts
    {
        public static Stream<Visit> Define(Stream<Visit> visits) => visits.LastBy(v => v.User, by: v => v.Time, ttl: "1 day");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Both
    {
        [Output]
        public static Stream<Sum> Users(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));

        [Output]
        public static Stream<Sum> Ids(Stream<Visit> visits) => visits.GroupBy(v => v.Id).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Joined
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "1 minute")
            .Join(visits.WithWatermark(o => o.Time, "1 minute"), on: (v, o) => v.Value == o.Value - 4 && o.Time >= v.Time && o.Time <= v.Time + Durations.Minutes(5), select: (v, o) => new Sum(v.User, o.Value));
    }
}

// The same, written in another way.
namespace Typed.Tests.State.Evolution.Keys.Same
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Summed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(one => /* of the visit */ (long)one.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Counted
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Count(one => (one.Value) > 1 + 1)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Largest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.Select(v => new Small(v.User, v.Value, v.Size)).GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Size, v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Greatest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Value, one => one.Size)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Groups
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(one => new { B = one.User }).Select(g => new Sum(g.Key.B, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Hours
    {
        private const int Width = 300;

        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .GroupBy(one => new
            {
                Who = one.User,
                Of = TimeWindow.Of(
                    one.Time,
                    TimeSpan.FromSeconds(Width)),
            })
            .Select(g => new Sum(g.Key.Who, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Computed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .Where(v => v.Value > -5).GroupBy(one => (one.Value) /* the last digit */ % (5 + 5)).Select(g => new Sum("all", g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Processed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.Where(v => v.Value > -5).GroupBy(one => one.User).Process(new Totals(), "totals");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Tops
    {
        public static Stream<Visit> Define(Stream<Visit> visits) => visits
            .TopBy(2, group: one => new { one.User, Quarter = TimeWindow.Of(one.Time, Durations.Seconds(900)) }, by: one => one.Value);
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Joined
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "1 minute")
            .Join(visits.WithWatermark(o => o.Time, "1 minute"), on: (v, o) => o.Time <= v.Time + Durations.Minutes(5) && v.Value == o.Value - 4 && o.Time >= v.Time, select: (v, o) => new Sum(v.User, o.Value));
    }
}

// Another key of the same type.
namespace Typed.Tests.State.Evolution.Keys.Other
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Summed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Size)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Counted
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Count(v => v.Value > 1)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Largest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.Select(v => new Large(v.User, v.Value, v.Size)).GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Size, v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Greatest
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.MaxBy(v => v.Value, v => v.Time)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Groups
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => new { A = v.Id }).Select(g => new Sum(g.Key.A, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Hours
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .GroupBy(v => new { v.User, W = TimeWindow.Of(v.Time, Durations.Minutes(10)) }).Select(g => new Sum(g.Key.User, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Computed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.Value % 11).Select(g => new Sum("all", g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Windows
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "10 minutes").GroupBy(v => v.Id, Window.Tumbling("5 minutes")).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Sessions
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "10 minutes").GroupBy(v => v.Id, Window.Session("5 minutes")).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Processed
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.Id).Process(new Totals(), "totals");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Tops
    {
        public static Stream<Visit> Define(Stream<Visit> visits) => visits
            .TopBy(2, group: v => new { v.User, Hour = TimeWindow.Of(v.Time, Durations.Minutes(30)) }, by: v => v.Value);
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Lasts
    {
        public static Stream<Visit> Define(Stream<Visit> visits) => visits.LastBy(v => v.Id, by: v => v.Time, ttl: "1 day");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Both
    {
        [Output]
        public static Stream<Sum> Ids(Stream<Visit> visits) => visits.GroupBy(v => v.Id).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));

        [Output]
        public static Stream<Sum> Users(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Joined
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "1 minute")
            .Join(visits.WithWatermark(o => o.Time, "1 minute"), on: (v, o) => v.Value == o.Value - 5 && o.Time >= v.Time && o.Time <= v.Time + Durations.Minutes(5), select: (v, o) => new Sum(v.User, o.Value));
    }
}
