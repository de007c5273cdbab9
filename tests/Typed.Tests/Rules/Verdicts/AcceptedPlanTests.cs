namespace Typed.Tests.Rules.Verdicts;

/// <summary>Plans that start and mean what they say, as people write them: a build says nothing against them, and what is generated compiles.</summary>
public class AcceptedPlanTests
{
    private const string M = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string N = "more.WithWatermark(q => q.Time, \"5 minutes\")";
    private const string Hourly = ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))";
    private const string FiveMinutes = ".GroupBy(p => p.Category, Window.Tumbling(\"5 minutes\")).Select(g => new { g.Key, g.Window, N = g.Count() })";
    private const string Counted = ".Select(p => new Result(p.UserId, p.Quantity))";
    private const string Pair = ", select: (l, r) => new Result(l.UserId, r.Quantity))";
    private const string Band = "r.Time >= l.Time && r.Time <= l.Time + Minutes(10)";
    private const string Counter = """
        public sealed partial class P : KeyedProcessor<string, Purchase, Purchase>
        {
            [State] long _n;
            public override void OnRows(Rows<Purchase> rows, Context<string, Purchase> ctx) { _n += rows.Count; if (_n > 3) ctx.Clear(); ctx.Emit(rows[0]); }
        }
        """;

    private const string Reminder = """
        [Processor(Time = TimeMode.EventTime, OutputEventTime = "Time")]
        public sealed partial class P : KeyedProcessor<string, Purchase, Purchase>
        {
            [State] ValueState<long> _n;
            public override void OnRows(Rows<Purchase> rows, Context<string, Purchase> ctx)
            {
                foreach (Purchase row in rows.OrderedByEventTime()) { ctx.TimerAt(row.Time + Minutes(1)); ctx.Emit(row); }
                _n.Set(_n.Exists ? _n.Value + 1 : 1);
            }
            public override void OnTimer(DateTimeOffset time, Context<string, Purchase> ctx) => _n.Clear();
        }
        """;

    private const string Quiet = """
        [GroupProcessor(Timeout = TimeMode.ProcessingTime)]
        public sealed partial class P : GroupProcessor<string, Purchase, Result>
        {
            [State] long _n;
            public override void OnRows(Rows<Purchase> rows, GroupContext<string, Result> ctx) { _n += rows.Count; ctx.TimeoutAfter("10 minutes"); ctx.Emit(new(ctx.Key, _n)); }
            public override void OnTimeout(GroupContext<string, Result> ctx) { ctx.Emit(new(ctx.Key, -1)); ctx.Clear(); }
        }
        """;

    private static readonly WrittenPlan[] Chains =
    [
        new("dedup then window", "Append", M + ".DropDuplicates(p => new { p.EventId, p.Time })" + Hourly),
        new("dedup within watermark then window", "Append", M + ".DropDuplicatesWithinWatermark(p => p.EventId)" + Hourly),
        new("dedup within watermark in update", "Update", M + ".DropDuplicatesWithinWatermark(p => p.EventId)" + Counted),
        new("dedup of whole rows", "Append", M + ".Select(p => new { p.EventId, p.Time }).DropDuplicates().Select(p => new Result(p.EventId, 1))"),
        new("dedup by a window", "Append", M + ".DropDuplicates(p => new { p.UserId, Hour = TimeWindow.Of(p.Time, Hours(1)) })" + Counted),
        new("window then dedup", "Append", M + FiveMinutes + ".DropDuplicates(x => new { x.Key, x.Window }).Select(x => new Result(x.Key, x.N))"),
        new("windows of windows", "Append", M + FiveMinutes + ".GroupBy(x => x.Key, Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new Result(g.Key, g.Sum(x => x.N)))"),
        new("windows of the time of windows", "Append", M + FiveMinutes + ".GroupBy(x => x.Key, Window.Sliding(\"1 hour\", every: \"15 minutes\"), on: x => x.Window.Time).Select(g => new Result(g.Key, g.Max(x => x.N)))"),
        new("windows three deep", "Append", M + FiveMinutes + ".GroupBy(x => x.Key, Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new { g.Key, g.Window, N = g.Sum(x => x.N) }).GroupBy(x => x.Key, Window.Tumbling(\"1 day\"), on: x => x.Window).Select(g => new Result(g.Key, g.Average(x => x.N) > 3 ? 1 : 0))"),
        new("grouped by the same window again", "Append", M + FiveMinutes + ".GroupBy(x => x.Window).Select(g => new Result(\"all\", g.Sum(x => x.N)))"),
        new("sessions of deduplicated rows", "Append", M + ".DropDuplicatesWithinWatermark(p => p.EventId).GroupBy(p => p.UserId, Window.Session(\"10 minutes\")).Select(g => new Result(g.Key, g.Count()))"),
        new("windows of sessions", "Append", M + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\")).Select(g => new { g.Window, N = g.Count() }).GroupBy(Window.Tumbling(\"1 day\"), on: s => s.Window).Select(g => new Result(\"sessions\", g.Count()))"),
        new("filter between windows", "Append", M + FiveMinutes + ".Where(x => x.N > 10 && x.Key != \"\").GroupBy(Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new Result(\"busy\", g.Count()))"),
        new("having in append", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window.Start, Total = g.Sum(p => p.Amount) }).Where(x => x.Total > 100).Select(x => new Result(x.Key, 1))"),
        new("having in update", "Update", "rows.GroupBy(p => p.Category, ttl: \"1 day\").Select(g => new Result(g.Key, g.Count())).Where(x => x.Count > 10)"),
        new("take above a window", "Append", M + Hourly + ".Take(10)"),
        new("take below a window", "Append", "rows.Take(1000).WithWatermark(p => p.Time, \"10 minutes\")" + Hourly),
        new("take of a stateless stream", "Append", "rows" + Counted + ".Take(3)"),
        new("sorted result", "Complete", "rows.GroupBy(p => p.Category).Select(g => new Result(g.Key, g.Count())).OrderByDescending(r => r.Count).ThenBy(r => r.Key).Take(10)"),
        new("sorted result of windows", "Complete", M + Hourly + ".OrderBy(r => r.Key)"),
        new("filter in complete mode", "Complete", "rows.Where(p => p.Amount > 0).GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Sum(p => p.Quantity))).Where(r => r.Count > 3)"),
        new("take in complete mode", "Complete", "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count())).Take(5)"),
        new("sessions in complete mode", "Complete", M + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\")).Select(g => new Result(g.Key, g.Count()))"),
        new("one group in update", "Update", "rows.Aggregate(g => new Result(\"all\", g.Count()))"),
        new("one group in complete", "Complete", "rows.Where(p => p.Quantity > 1).Aggregate(g => new Result(\"all\", g.ApproxCountDistinct(p => p.UserId)))"),
        new("windows in update", "Update", M + Hourly),
        new("windows without a key in update", "Update", M + ".GroupBy(Window.Sliding(\"10 minutes\", every: \"5 minutes\")).Select(g => new Result(\"all\", g.Count()))"),
        new("windows without a watermark in update", "Update", "rows.GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))"),
        new("windows over another time in update", "Update", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\"), on: p => p.Other).Select(g => new Result(g.Key, g.Count()))"),
        new("plain keys in update", "Update", "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))"),
        new("grouped by event time", "Append", M + ".GroupBy(p => p.Time).Select(g => new Result(\"\", g.Count()))"),
        new("grouped by key and event time", "Append", M + ".GroupBy(p => new { p.UserId, p.Time }).Select(g => new Result(g.Key.UserId, g.Count()))"),
        new("grouped by a tuple with a window", "Append", M + ".GroupBy(p => (p.UserId, Hour: TimeWindow.Of(p.Time, Hours(1)))).Select(g => new Result(g.Key.UserId, g.Count()))"),
        new("grouped by a computed key", "Append", M + ".GroupBy(p => p.Category.ToLowerInvariant(), Window.Tumbling(\"1 hour\", offset: \"15 minutes\")).Select(g => new Result(g.Key, g.Count(p => p.Quantity > 1)))"),
        new("renamed event time", "Append", M + ".Select(p => new { p.UserId, At = p.Time }).GroupBy(x => x.UserId, Window.Tumbling(\"1 hour\"), on: x => x.At).Select(g => new Result(g.Key, g.Count()))"),
        new("exact distinct in a window", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.CountDistinct(p => p.UserId)))"),
        new("dynamic gap", "Append", M + ".GroupBy(p => p.UserId, p => p.Quantity > 10 ? Minutes(5) : Minutes(10)).Select(g => new Result(g.Key, g.Count()))"),
        new("gap that may be missing", "Append", M + ".GroupBy(p => p.UserId, p => p.Note == null ? (TimeSpan?)null : TimeSpan.FromSeconds(p.Quantity)).Select(g => new Result(g.Key, g.Count()))"),
        new("sessions by several keys", "Append", M + ".GroupBy(p => new { p.UserId, p.Category }, Window.Session(\"30 minutes\")).Select(g => new Result(g.Key.UserId, g.Count()))"),
        new("flattened before windows", "Append", M + ".SelectMany(p => p.Tags, (p, tag) => new { Tag = tag, p.Time }).GroupBy(x => x.Tag, Window.Tumbling(\"1 hour\"), on: x => x.Time).Select(g => new Result(g.Key, g.Count()))"),
        new("watermark after projection", "Append", "rows.Where(p => p.Amount > 0).Select(p => new { p.Category, At = p.Other }).WithWatermark(x => x.At, \"1 minute\").GroupBy(x => x.Category, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))"),
        new("expectations and observations", "Append", "rows.Expect(\"has user\", p => p.UserId != \"\", OnViolation.Drop).Observe(\"seen\", g => new { N = g.Count() }).WithWatermark(p => p.Time, \"10 minutes\")" + Hourly),
        new("top of each window", "Append", M + ".TopBy(3, p => TimeWindow.Of(p.Time, Hours(1)), by: p => p.Amount)" + Counted),
        new("top of each window and key", "Append", M + ".TopBy(3, p => new { p.Category, Hour = TimeWindow.Of(p.Time, Hours(1)) }, by: p => p.Quantity, (p, rank) => new Result(p.UserId, rank))"),
        new("top of windowed groups", "Append", M + FiveMinutes + ".TopBy(3, x => x.Window, by: x => x.N).Select(x => new Result(x.Key, x.N))"),
        new("latest of each key", "Update", "rows.LastBy(p => p.UserId, by: p => p.Time, ttl: \"30 days\")" + Counted),
    ];

    private static readonly WrittenPlan[] Joins =
    [
        .. new[]
        {
            Band,
            "l.Time <= r.Time && l.Time + Minutes(10) >= r.Time",
            "r.Time > l.Time && r.Time < l.Time + Minutes(10)",
            "r.Time - l.Time >= TimeSpan.Zero && r.Time - l.Time <= TimeSpan.FromMinutes(10)",
            "l.Time - r.Time <= TimeSpan.Zero && l.Time - r.Time >= -Minutes(10)",
            "!(r.Time < l.Time) && !(r.Time > l.Time + Minutes(10))",
            "!(r.Time < l.Time || r.Time > l.Time + Minutes(10))",
            "r.Time > l.Time.AddMinutes(-5) && r.Time < l.Time.AddMinutes(5)",
            "l.Time.AddSeconds(30) >= r.Time && l.Time.AddHours(-1) <= r.Time",
            "r.Time.Subtract(Minutes(10)) <= l.Time && r.Time.Add(Minutes(10)) >= l.Time",
            "l.Time >= r.Time - TimeSpan.FromHours(0.5) && l.Time <= r.Time + TimeSpan.FromDays(1)",
            "l.Time >= r.Time - new TimeSpan(0, 10, 0) && l.Time <= r.Time + (Minutes(5) + Seconds(30))",
            "l.Time >= r.Time - 2 * Minutes(5) && l.Time <= r.Time + Minutes(5) * 2",
            "l.Time >= r.Time - Wide && l.Time <= r.Time + Minutes(Narrow)",
            "(r.Time - l.Time).TotalMinutes is >= 0 and <= 10",
            "(r.Time - l.Time).TotalSeconds >= -300 && (r.Time - l.Time).TotalSeconds <= 300",
            "(r.Time - l.Time).Duration() <= Minutes(5)",
            "Math.Abs((r.Time - l.Time).TotalMinutes) <= 5",
            "r.Time == l.Time",
            "TimeWindow.Of(l.Time, Hours(1)) == TimeWindow.Of(r.Time, Hours(1))",
            "r.Time.ToUnixTimeSeconds() - l.Time.ToUnixTimeSeconds() <= 600 && r.Time >= l.Time",
            "(l.Time <= r.Time) == true && r.Time <= l.Time.Add(TimeSpan.FromSeconds(600))",
            Band + " && l.Quantity > 3 && r.Amount < l.Amount",
            Band + " && (l.Quantity > 3 || r.Quantity > 3)",
        }
        .Select((band, number) => new WrittenPlan("inner, band " + number, "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {band}{Pair}", "private const int Narrow = 10; private static readonly TimeSpan Wide = TimeSpan.FromMinutes(10);")),
        new("keys on other sides", "Append", $"{M}.Join({N}, on: (l, r) => {Band} && r.UserId == l.UserId && r.Category.Equals(l.Category){Pair}"),
        new("composite keys", "Append", $"{M}.Join({N}, on: (l, r) => new {{ l.UserId, l.Category }} == new {{ r.UserId, r.Category }} && {Band}{Pair}"),
        new("tuple keys", "Append", $"{M}.Join({N}, on: (l, r) => (l.UserId, l.Category) == (r.UserId, r.Category) && {Band}{Pair}"),
        new("inner in update", "Update", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}{Pair}"),
        new("band from a constant of Define", "Append", "{ const int minutes = 10; return " + $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Minutes(minutes){Pair}; }}"),
        new("left outer", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new Result(l.UserId, r == null ? 0 : 1))"),
        new("left outer, swapped", "Append", $"{M}.LeftJoin({N}, on: (l, r) => r.UserId == l.UserId && l.Time <= r.Time && r.Time - l.Time < Hours(1), select: (l, r) => new Result(l.UserId, r?.Quantity ?? 0))"),
        new("right outer", "Append", $"{M}.RightJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new Result(r.UserId, l?.Quantity ?? 0))"),
        new("full outer", "Append", $"{M}.FullJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new Result(l?.UserId ?? r?.UserId ?? \"\", 1))"),
        new("semi", "Append", $"{M}.SemiJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}){Counted}"),
        new("anti", "Append", $"{M}.AntiJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}){Counted}"),
        new("join then window", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.Category, l.Time }}){Hourly}"),
        new("outer join then window", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.Category, l.Time, Paid = r != null }}).GroupBy(x => x.Category, Window.Tumbling(\"1 hour\"), on: x => x.Time).Select(g => new Result(g.Key, g.Count(x => x.Paid)))"),
        new("join of windows", "Append", $"{M}{FiveMinutes}.Join({N}{FiveMinutes}, on: (l, r) => l.Key == r.Key && l.Window == r.Window, select: (l, r) => new Result(l.Key, l.N - r.N))"),
        new("outer join of windows", "Append", $"{M}{FiveMinutes}.LeftJoin({N}{FiveMinutes}, on: (l, r) => l.Window == r.Window && l.Key == r.Key, select: (l, r) => new Result(l.Key, r == null ? 0 : r.N))"),
        new("join with one's own windows", "Append", "{ var marked = " + M + "; var hourly = marked.GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window, N = g.Count() }); return marked.Join(hourly, on: (l, r) => l.UserId == r.Key && TimeWindow.Of(l.Time, Hours(1)) == r.Window, select: (l, r) => new Result(l.UserId, r.N)); }"),
        new("join then join", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.UserId, l.Time, r.Quantity }}).Join({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Hours(1){Pair}"),
        new("join then dedup", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.EventId, l.Time }}).DropDuplicates(x => new {{ x.EventId, x.Time }}).Select(x => new Result(x.EventId, 1))"),
        new("table before windows", "Append", M + ".Join(products, on: (p, t) => p.Category == t.Id, select: (p, t) => new { t.Name, p.Time, p.Amount }).GroupBy(x => x.Name, Window.Tumbling(\"1 hour\"), on: x => x.Time).Select(g => new Result(g.Key, g.Count()))"),
        new("table after windows", "Append", M + FiveMinutes + ".LeftJoin(products, on: (x, t) => x.Key == t.Id, select: (x, t) => new { Name = t == null ? x.Key : t.Value.Name, x.N }).Select(x => new Result(x.Name, x.N))"),
        new("table between windows", "Append", M + FiveMinutes + ".Join(products, on: (x, t) => x.Key == t.Id, select: (x, t) => new { t.Name, x.Window, x.N }).GroupBy(x => x.Name, Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new Result(g.Key, g.Sum(x => x.N)))"),
        new("table in update", "Update", "rows.SemiJoin(products, on: (p, t) => p.Category == t.Id && p.Amount > t.Price).GroupBy(p => p.Category, ttl: \"1 day\").Select(g => new Result(g.Key, g.Count()))"),
        new("table, anti", "Append", "rows.AntiJoin(products, on: (p, t) => t.Id == p.Category)" + Counted),
        new("table in complete", "Complete", "rows.GroupBy(p => p.Category).Select(g => new { g.Key, N = g.Count() }).LeftJoin(products, on: (x, t) => x.Key == t.Id, select: (x, t) => new Result(t == null ? \"?\" : t.Value.Name, x.N))"),
        new("union of watermarks", "Append", M + ".Union(" + N + ")" + Hourly),
        new("watermark of a union", "Append", "rows.Union(more).WithWatermark(p => p.Time, \"10 minutes\")" + Hourly),
        new("union of three", "Append", "rows.Where(p => p.Quantity > 1).Union(more).Union(rows.Where(p => p.Quantity < 0))" + Counted),
        new("union in update", "Update", "rows.Union(more).GroupBy(p => p.Quantity > 1).Select(g => new Result(\"\", g.Count()))"),
        new("union of windows", "Append", "{ var a = " + M + FiveMinutes + "; var b = " + N + FiveMinutes + "; return a.Union(b).GroupBy(x => x.Key, Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new Result(g.Key, g.Sum(x => x.N))); }"),
        new("one stream twice", "Append", "{ var marked = " + M + "; return marked.Where(p => p.Quantity > 1).Union(marked.Where(p => p.Quantity < 0))" + Hourly + "; }"),
        new("processor without time, then window", "Append", M + ".GroupBy(p => p.UserId).Process(new P(), \"p\").WithWatermark(p => p.Time, \"1 minute\")" + Hourly, Counter.Replace("public sealed partial", "[Processor(Time = TimeMode.ProcessingTime)] public sealed partial", StringComparison.Ordinal)),
        new("processor with timers, then window", "Append", M + ".GroupBy(p => p.UserId).Process(new P(), \"p\")" + Hourly, Reminder),
        new("processor in update", "Update", "rows.GroupBy(p => p.UserId).Process(new P(), \"p\")" + Counted, Counter),
        new("window, then processor", "Append", M + ".DropDuplicatesWithinWatermark(p => p.EventId).GroupBy(p => p.UserId).Process(new P(), \"p\")" + Counted, Reminder),
        new("group with a time-out", "Append", "rows.GroupBy(p => p.UserId).Process(new P(), \"p\")", Quiet),
        new("group with a time-out, then take", "Append", "rows.Where(p => p.Amount > 0).GroupBy(p => p.UserId).Process(new P(), \"p\").Take(100)", Quiet),
        new("query syntax", "Append", "from p in " + M + " where p.Quantity > 1 let n = p.Quantity * 2 select new Result(p.UserId, n)"),
        new("helpers", "Append", "Count(Marked(rows.Where(IsGood)))", "private static Stream<Purchase> Marked(Stream<Purchase> s) => s.WithWatermark(p => p.Time, \"10 minutes\"); private static Stream<Result> Count(Stream<Purchase> s) => s" + Hourly + "; private static bool IsGood(Purchase p) => p.Quantity > 0;"),
    ];

    private static readonly WrittenPlan[] Mixed =
    [
        new("dedup by a window alone", "Append", M + ".DropDuplicates(p => TimeWindow.Of(p.Time, Hours(1)))" + Counted),
        new("a stream with itself", "Append", "{ var m = " + M + "; return m.Join(m, on: (l, r) => l.UserId == r.UserId && " + Band + " && l.EventId != r.EventId" + Pair + "; }"),
        new("watermark of the other time", "Append", "rows.WithWatermark(p => p.Other, \"10 minutes\").GroupBy(p => p.Category, Window.Tumbling(\"1 hour\"), on: p => p.Other).Select(g => new Result(g.Key, g.Count()))"),
        new("windows without a key", "Append", M + ".GroupBy(Window.Tumbling(\"1 hour\")).Select(g => new Result(\"all\", g.Count()))"),
        new("many aggregates", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Min(p => p.Quantity) + g.Max(p => p.Quantity) + g.First(p => p.Quantity) + g.MaxBy(p => p.Quantity, by: p => p.Amount)))"),
        new("approximate values of a stream", "Update", "rows.GroupBy(p => p.Category, ttl: \"1 day\").Select(g => new Result(g.Key, g.ApproxCountDistinct(p => p.UserId)))"),
        new("a group of a flag in update", "Update", "rows.GroupBy(p => p.Note == null).Select(g => new Result(g.Key ? \"a\" : \"b\", g.Count()))"),
        new("session of a table's rows", "Append", M + ".LeftJoin(products, on: (p, t) => p.Category == t.Id, select: (p, t) => new { p.UserId, p.Time, Name = t == null ? \"\" : t.Value.Name }).GroupBy(x => new { x.UserId, x.Name }, Window.Session(\"10 minutes\"), on: x => x.Time).Select(g => new Result(g.Key.Name, g.Count()))"),
        new("left outer, filtered behind", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.UserId, l.Time, Later = r == null ? (DateTimeOffset?)null : r.Value.Time }}).Where(x => x.Later == null).Select(x => new Result(x.UserId, 1))"),
        new("left outer of three", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.UserId, l.Time, A = r != null }}).LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Hours(1), select: (l, r) => new Result(l.UserId, r == null ? 0 : 1))"),
        new("anti join then windows", "Append", $"{M}.AntiJoin({N}, on: (l, r) => l.EventId == r.EventId && {Band}){Hourly}"),
        new("semi join then dedup then windows", "Append", $"{M}.SemiJoin({N}, on: (l, r) => l.EventId == r.EventId && {Band}).DropDuplicates(p => new {{ p.EventId, p.Time }}){Hourly}"),
        new("windows joined with rows of later", "Append", $"{M}{FiveMinutes}.Join({N}, on: (l, r) => l.Key == r.Category && r.Time >= l.Window.End && r.Time <= l.Window.End + Minutes(10), select: (l, r) => new Result(l.Key, r.Quantity))"),
        new("rows joined with windows of their time", "Append", $"{M}.Join({N}{FiveMinutes}, on: (l, r) => l.Category == r.Key && r.Window.End >= l.Time && r.Window.End <= l.Time + Hours(1), select: (l, r) => new Result(l.UserId, r.N))"),
        new("null-safe keys", "Append", $"{M}.Join({N}, on: (l, r) => NullSafe.Equal(l.Note, r.Note) && {Band}{Pair}"),
        new("keys with a case", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId.ToLowerInvariant() == r.UserId.ToLowerInvariant() && {Band}{Pair}"),
        new("a band that a switch of sides gives", "Append", $"{N}.Join({M}, on: (c, i) => i.UserId == c.UserId && c.Time - i.Time is var after && after >= TimeSpan.Zero && after <= Minutes(10), select: (c, i) => new Result(c.UserId, i.Quantity))"),
        new("a band in halves", "Append", $"{M}.Join({N}, on: (l, r) => (l.UserId == r.UserId && r.Time >= l.Time) && (r.Category == l.Category && r.Time <= l.Time + Minutes(10)){Pair}"),
        new("expectation that quarantines", "Append", M + ".ExpectAll(OnViolation.Quarantine, (\"user\", p => p.UserId != \"\"), (\"amount\", p => p.Amount > 0))" + Hourly),
        new("latest of windowed groups", "Append", M + FiveMinutes + ".TopBy(1, x => new { x.Key, x.Window }, by: x => x.N).Select(x => new Result(x.Key, x.N))"),
        new("top in complete", "Complete", "rows.TopBy(3, p => p.Category, by: p => p.Amount)" + Counted),
        new("processor of windows", "Append", M + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count())).GroupBy(r => r.Key).Process(new P(), \"p\")", Counter.Replace("Purchase", "Result", StringComparison.Ordinal)),
        new("wide sliding windows", "Append", M + ".GroupBy(p => p.Category, Window.Sliding(\"1 hour\", \"1 minute\", offset: \"30 seconds\")).Select(g => new Result(g.Key, g.Count()))"),
        new("delay of nothing", "Append", "rows.WithWatermark(p => p.Time, \"0 seconds\")" + Hourly),
        new("idle and poisoned clocks", "Append", "rows.WithWatermark(p => p.Time, delay: \"1 hour 30 minutes\", idleAfter: \"30 seconds\", maxAhead: \"1 hour\")" + Hourly),
    ];

    private static readonly Lazy<PlanVerdicts> Verdicts = new(() => PlanVerdicts.Of([.. Chains, .. Joins, .. Mixed]));

    public static TheoryData<string> Names => [.. Chains.Concat(Joins).Concat(Mixed).Select(plan => plan.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_said_against_it(string name) => Assert.Empty(Verdicts.Value[name]);
}
