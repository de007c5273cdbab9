namespace Typed.Tests.Rules.Verdicts;

/// <summary>Plans that Spark refuses, or that could never give a row, in spellings that rules are not tested by elsewhere: each is refused, by its own rule and no other.</summary>
public class RefusedPlanTests
{
    private const string M = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string N = "more.WithWatermark(q => q.Time, \"5 minutes\")";
    private const string Count = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Hourly = ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\"))" + Count;
    private const string FiveMinutes = ".GroupBy(p => p.Category, Window.Tumbling(\"5 minutes\")).Select(g => new { g.Key, g.Window, N = g.Count() })";
    private const string Counted = ".Select(p => new Result(p.UserId, p.Quantity))";
    private const string Left = ", select: (l, r) => new Result(l.UserId, r == null ? 0 : 1))";
    private const string Pair = ", select: (l, r) => new Result(l.UserId, r.Quantity))";
    private const string Band = "r.Time >= l.Time && r.Time <= l.Time + Minutes(10)";
    private const string Timed = """
        [GroupProcessor(Timeout = TimeMode.EventTime)]
        public sealed partial class P : GroupProcessor<string, Purchase, Purchase>
        {
            [State] long _n;
            public override void OnRows(Rows<Purchase> rows, GroupContext<string, Purchase> ctx) { _n++; ctx.TimeoutAt(rows[0].Time); ctx.Emit(rows[0]); }
            public override void OnTimeout(GroupContext<string, Purchase> ctx) => ctx.Clear();
        }
        """;

    private const string Reminder = """
        [Processor(Time = TimeMode.EventTime)]
        public sealed partial class P : KeyedProcessor<string, Purchase, Purchase>
        {
            [State] ValueState<long> _n;
            public override void OnRows(Rows<Purchase> rows, Context<string, Purchase> ctx) { ctx.TimerAt(rows[0].Time); ctx.Emit(rows[0]); _n.Set(1); }
            public override void OnTimer(DateTimeOffset time, Context<string, Purchase> ctx) => _n.Clear();
        }
        """;

    private const string Passing = """
        public sealed partial class P : KeyedProcessor<string, Result, Result>
        {
            [State] long _n;
            public override void OnRows(Rows<Result> rows, Context<string, Result> ctx) { if (++_n > 3) ctx.Clear(); ctx.Emit(rows[0]); }
        }
        """;

    private static readonly (string Expected, WrittenPlan Plan)[] Plans =
    [
        // Output modes.
        ("TYPED1001", new("no watermark", "Append", "rows" + Hourly)),
        ("TYPED1001", new("no watermark, behind a helper", "Append", "Count(Good(rows))", "private static Stream<Purchase> Good(Stream<Purchase> s) => s.Where(p => p.Quantity > 0); private static Stream<Result> Count(Stream<Purchase> s) => s" + Hourly + ";")),
        ("TYPED1001", new("no watermark, in a query", "Append", "from g in (from p in rows group p by p.Category) select new Result(g.Key, g.Count())")),
        ("TYPED1001", new("watermark on one branch only", "Append", "rows.Union(" + N + ")" + Hourly)),
        ("TYPED1001", new("plain key beside a watermark", "Append", M + ".GroupBy(p => p.UserId)" + Count)),
        ("TYPED1001", new("date of the event time as key", "Append", M + ".GroupBy(p => DateOnly.FromDateTime(p.Time.UtcDateTime)).Select(g => new Result(\"\", g.Count()))")),
        ("TYPED1001", new("hour of the event time as key", "Append", M + ".GroupBy(p => p.Time.Hour).Select(g => new Result(\"\", g.Count()))")),
        ("TYPED1001", new("shifted event time as key", "Append", M + ".GroupBy(p => p.Time + Hours(1)).Select(g => new Result(\"\", g.Count()))")),
        ("TYPED1001", new("start of a window as key", "Append", M + ".GroupBy(p => TimeWindow.Of(p.Time, Hours(1)).Start).Select(g => new Result(\"\", g.Count()))")),
        ("TYPED1001", new("one group of all", "Append", M + ".Aggregate(g => new Result(\"all\", g.Count()))")),
        ("TYPED1001", new("event time computed anew", "Append", M + ".Select(p => new { p.Category, At = p.Time.AddMinutes(0) }).GroupBy(x => x.Category, Window.Tumbling(\"1 hour\"), on: x => x.At)" + Count)),
        ("TYPED1002", new("windows over another time", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\"), on: p => p.Other)" + Count)),
        ("TYPED1002", new("sessions over another time", "Append", M + ".GroupBy(p => p.Category, Window.Session(\"1 hour\"), on: p => p.Other)" + Count)),
        ("TYPED1002", new("windows over a shifted time", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 hour\"), on: p => p.Time.AddHours(1))" + Count)),
        ("TYPED1003", new("watermark behind the windows", "Append", "rows.GroupBy(p => p.Category, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window, N = g.Count() }).WithWatermark(x => x.Window, \"1 minute\").Select(x => new Result(x.Key, x.N))")),
        ("TYPED1005", new("watermark twice", "Append", M + ".Where(p => p.Quantity > 1).WithWatermark(p => p.Other, \"1 hour\")" + Hourly)),
        ("TYPED1005", new("watermark behind a join", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => l).WithWatermark(p => p.Time, \"1 minute\"){Hourly}")),
        ("TYPED2017", new("complete of a filter", "Complete", "rows.Where(p => p.Quantity > 1)" + Counted)),
        ("TYPED2017", new("complete of a dedup", "Complete", M + ".DropDuplicatesWithinWatermark(p => p.EventId)" + Counted)),
        ("TYPED2016", new("take in update", "Update", "rows.GroupBy(p => p.UserId)" + Count + ".Take(5)")),
        ("TYPED2016", new("take of a stateless stream in update", "Update", "rows.Take(5)" + Counted)),
        ("TYPED2012", new("sorted rows", "Append", "rows.OrderBy(p => p.Amount).Select(p => new Result(p.UserId, 1))")),
        ("TYPED2012", new("sorted windows", "Append", M + Hourly + ".OrderByDescending(r => r.Count)")),
        ("TYPED2012", new("sorted by a query", "Append", "from p in rows orderby p.Amount descending select new Result(p.UserId, 1)")),
        ("TYPED2014", new("sorted in update", "Update", "rows.GroupBy(p => p.UserId)" + Count + ".OrderBy(r => r.Count)")),
        ("TYPED2013", new("sorted below", "Complete", "{ Stream<Purchase> sorted = rows.OrderBy(p => p.Time); return sorted.GroupBy(p => p.UserId)" + Count + "; }")),
        ("TYPED2015", new("skip", "Append", "rows.Skip(10)" + Counted)),
        ("TYPED2040", new("sessions in update", "Update", M + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Count)),
        ("TYPED2040", new("dynamic sessions in update", "Update", M + ".GroupBy(p => p.UserId, p => TimeSpan.FromSeconds(p.Quantity))" + Count)),
        ("TYPED2041", new("sessions without a key", "Append", M + ".GroupBy(Window.Session(\"10 minutes\")).Select(g => new Result(\"all\", g.Count()))")),
        ("TYPED2041", new("sessions without a key in complete", "Complete", M + ".GroupBy(Window.Session(\"10 minutes\")).Select(g => new Result(\"all\", g.Count()))")),
        ("TYPED2044", new("gap of nothing", "Append", M + ".GroupBy(p => p.UserId, Window.Session(\"0 seconds\"))" + Count)),
        ("TYPED2011", new("exact distinct in update", "Update", "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))")),
        ("TYPED2011", new("exact distinct in complete", "Complete", M + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))")),

        // Windows and delays.
        ("TYPED1006", new("negative delay", "Append", "rows.WithWatermark(p => p.Time, \"-1 minute\")" + Hourly)),
        ("TYPED1007", new("a delay that is none", "Append", "rows.WithWatermark(p => p.Time, \"ten minutes\")" + Hourly)),
        ("TYPED1010", new("window of nothing", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"0 seconds\"))" + Count)),
        ("TYPED1011", new("slide of nothing", "Append", M + ".GroupBy(p => p.Category, Window.Sliding(\"1 hour\", every: \"0 seconds\"))" + Count)),
        ("TYPED1012", new("gaps between windows", "Append", M + ".GroupBy(p => p.Category, Window.Sliding(every: \"1 hour\", size: \"10 minutes\"))" + Count)),
        ("TYPED1013", new("offset beyond the slide", "Append", M + ".GroupBy(p => p.Category, Window.Sliding(\"1 hour\", \"10 minutes\", offset: \"10 minutes\"))" + Count)),
        ("TYPED1013", new("offset beyond a tumbling window", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(offset: \"-1 hour\", size: \"60 minutes\"))" + Count)),
        ("TYPED1014", new("calendar windows", "Append", M + ".GroupBy(p => p.Category, Window.Tumbling(\"1 month\"))" + Count)),

        // Chains.
        ("TYPED2018", new("windows of windows in update", "Update", M + FiveMinutes + ".GroupBy(x => x.Key, Window.Tumbling(\"1 hour\"), on: x => x.Window).Select(g => new Result(g.Key, g.Sum(x => x.N)))")),
        ("TYPED2018", new("groups of groups in update", "Update", "rows.GroupBy(p => p.UserId)" + Count + ".GroupBy(r => r.Count > 1, ttl: \"1 day\").Select(g => new Result(\"\", g.Count()))")),
        ("TYPED2018", new("one group of groups in complete", "Complete", "rows.GroupBy(p => p.UserId)" + Count + ".Aggregate(g => new Result(\"all\", g.Count()))")),
        ("TYPED2018", new("dedup of changing windows", "Update", M + FiveMinutes + ".DropDuplicates(x => new { x.Window, x.Key }).Select(x => new Result(x.Key, x.N))")),
        ("TYPED2018", new("processor of changing groups", "Update", M + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count())).GroupBy(r => r.Key).Process(new P(), \"p\")", Passing)),
        ("TYPED2090", new("group with an event-time time-out, then windows", "Append", M + ".GroupBy(p => p.UserId).Process(new P(), \"p\").WithWatermark(p => p.Time, \"1 minute\")" + Hourly, Timed)),
        ("TYPED2089", new("timers without a watermark", "Append", "rows.GroupBy(p => p.UserId).Process(new P(), \"p\")" + Counted, Reminder)),
        ("TYPED2088", new("time-outs without a watermark", "Append", "rows.Where(p => p.Quantity > 0).GroupBy(p => p.UserId).Process(new P(), \"p\")" + Counted, Timed)),

        // Deduplication.
        ("TYPED2051", new("within no watermark", "Append", "rows.Where(p => p.Quantity > 0).DropDuplicatesWithinWatermark(p => p.EventId)" + Counted)),
        ("TYPED2051", new("within a watermark that is lost", "Append", M + ".Select(p => new { p.EventId, p.UserId, p.Quantity }).DropDuplicatesWithinWatermark(p => p.EventId)" + Counted)),
        ("TYPED2052", new("dedup of a join with two event times", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ l.UserId, A = l.Time, B = r.Time }}).DropDuplicates(x => x.UserId).Select(x => new Result(x.UserId, 1))")),
        ("TYPED1004", new("groups by two event times", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && {Band}, select: (l, r) => new {{ A = l.Time, B = r.Time }}).GroupBy(x => new {{ x.A, x.B }}).Select(g => new Result(\"\", g.Count()))")),
        ("TYPED2053", new("top that never closes", "Append", M + ".TopBy(3, p => p.Category, by: p => p.Amount)" + Counted)),
        ("TYPED2053", new("top of hours of the day", "Append", M + ".TopBy(3, p => new { p.Category, p.Time.Hour }, by: p => p.Amount)" + Counted)),

        // Joins.
        ("TYPED2061", new("join by time alone", "Append", $"{M}.Join({N}, on: (l, r) => {Band}{Pair}")),
        ("TYPED2061", new("join by an inequality of keys", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId != r.UserId && {Band}{Pair}")),
        ("TYPED2061", new("join by one or the other key", "Append", $"{M}.Join({N}, on: (l, r) => (l.UserId == r.UserId || l.EventId == r.EventId) && {Band}{Pair}")),
        ("TYPED2061", new("join by a helper", "Append", $"{M}.Join({N}, on: (l, r) => Same(l.UserId, r.UserId) && {Band}{Pair}", "private static bool Same(string a, string b) => a == b;")),
        ("TYPED2062", new("left outer by key alone", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId{Left}")),
        ("TYPED2062", new("left outer, bound on the wrong side", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time - Minutes(10){Left}")),
        ("TYPED2062", new("left outer, later only", "Append", $"{M}.LeftJoin({N}, on: (l, r) => r.UserId == l.UserId && !(r.Time < l.Time){Left}")),
        ("TYPED2062", new("left outer, either bound", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && (r.Time <= l.Time + Minutes(10) || r.Quantity == 0) && r.Time >= l.Time{Left}")),
        ("TYPED2062", new("left outer, other times", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && r.Other >= l.Other && r.Other <= l.Other + Minutes(10){Left}")),
        ("TYPED2062", new("left outer, no watermark on the right", "Append", $"{M}.LeftJoin(more, on: (l, r) => l.UserId == r.UserId && {Band}{Left}")),
        ("TYPED2062", new("left outer, bound in a filter behind it", "Append", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId, select: (l, r) => new {{ l.UserId, l.Time, Later = r == null ? l.Time : r.Value.Time }}).Where(x => x.Later <= x.Time + Minutes(10)).Select(x => new Result(x.UserId, 1))")),
        ("TYPED2063", new("right outer by key alone", "Append", $"{M}.RightJoin({N}, on: (l, r) => l.UserId == r.UserId, select: (l, r) => new Result(r.UserId, 1))")),
        ("TYPED2064", new("full outer by key alone", "Append", $"{M}.FullJoin({N}, on: (l, r) => l.UserId == r.UserId, select: (l, r) => new Result(l?.UserId ?? \"\", 1))")),
        ("TYPED2069", new("full outer with one bound", "Append", $"{M}.FullJoin({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time - Minutes(1), select: (l, r) => new Result(l?.UserId ?? \"\", 1))")),
        ("TYPED2065", new("semi by key alone", "Append", $"{M}.SemiJoin({N}, on: (l, r) => l.UserId == r.UserId){Counted}")),
        ("TYPED2066", new("anti by key alone", "Append", $"{M}.AntiJoin({N}, on: (l, r) => l.UserId == r.UserId){Counted}")),
        ("TYPED2060", new("left outer in update", "Update", $"{M}.LeftJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}{Left}")),
        ("TYPED2060", new("anti in update", "Update", $"{M}.AntiJoin({N}, on: (l, r) => l.UserId == r.UserId && {Band}){Counted}")),
        ("TYPED2072", new("calendar band", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && l.Time >= r.Time.AddMonths(-1){Pair}")),
        ("TYPED2067", new("inner by key alone", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId{Pair}")),
        ("TYPED2067", new("inner, within a length that is read at start", "Append", $"{M}.Join({N}, on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Wide{Pair}", "private static readonly TimeSpan Wide = TimeSpan.Parse(\"00:10:00\");")),
        ("TYPED2067", new("inner without watermarks", "Append", $"rows.Join(more, on: (l, r) => l.UserId == r.UserId && {Band}{Pair}")),
    ];

    private static readonly Lazy<PlanVerdicts> Verdicts = new(() => PlanVerdicts.Of(Plans.Select(one => one.Plan)));

    public static TheoryData<string, string> Names => [.. Plans.Select(one => (one.Plan.Name, one.Expected))];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_refused_by_its_rule(string name, string expected) =>
        Assert.Equal([expected], Verdicts.Value[name].Select(said => said[..9] == expected ? expected : said).Distinct());
}
