using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>Every rule on plans: a query that breaks it, with the place that is pointed at, and the nearest query that does not.</summary>
public class PlanRuleTests
{
    private const string Counted = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";

    [Theory]
    // Semantics 3: which aggregation emits in append mode.
    [InlineData("rows.GroupBy(p => p.UserId)" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId)" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".Aggregate(g => new Result(\"\", g.Count()))", "Append", "TYPED1001 Aggregate")]
    [InlineData("rows.GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 hour\")" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".Select(p => new { p.UserId, Time = p.Time + Minutes(1) }).GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), p => p.Time)" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData("rows.Select(p => new { p.UserId, p.Time }).GroupBy(p => p).Select(g => g.Key).Select(p => new Result(p.UserId, 1))", "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new Result(\"\", g.Count()))", "Append")]
    [InlineData(Marked + ".Select(p => new { p.UserId, p.Time }).GroupBy(p => p).Select(g => g.Key).Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Append")]
    [InlineData(Marked + ".Select(p => new { p.UserId, At = p.Time }).Where(p => p.UserId != \"\").GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Append")]
    [InlineData(Marked + ".Join(products, (p, t) => p.Category == t.Id, (p, t) => new { t.Name, p.Time }).GroupBy(p => p.Name, Window.Tumbling(\"1 hour\"))" + Counted, "Append")]
    [InlineData(Marked + ".Union(more).GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Append")]
    [InlineData("from p in " + Marked + " where p.Quantity > 1 group p by p.Time into g select new Result(\"\", g.Count())", "Append")]
    [InlineData("rows.GroupBy(p => p.UserId)" + Counted, "Update", "TYPED2001 GroupBy")]
    [InlineData("rows.GroupBy(p => p.UserId)" + Counted, "Complete")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 hour\")" + Counted, "Update")]
    [InlineData("rows.GroupBy(p => p.Quantity > 3).Select(g => new Result(\"\", g.Count()))", "Update")]
    [InlineData("rows.Aggregate(g => new Result(\"\", g.Count()))", "Update")]
    [InlineData("rows.Aggregate(g => new Result(\"\", g.Count()))", "Complete")]

    // The watermark has to be on what the groups are cut by.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), on: p => p.Other)" + Counted, "Append", "TYPED1002 p => p.Other")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), on: p => p.Time + Hours(1))" + Counted, "Append", "TYPED1002 p => p.Time + Hours(1)")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), on: p => p.Time)" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), on: p => p.Other)" + Counted, "Complete")]
    [InlineData("rows.GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).WithWatermark(x => x.Key, \"1 hour\").Select(x => new Result(\"\", x.N))", "Append", "TYPED1003 WithWatermark")]
    [InlineData(Marked + ".GroupBy(p => new { p.UserId, p.Time }, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key.UserId, g.Count()))", "Append", "TYPED1004 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => new { p.UserId, p.Time }, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key.UserId, g.Count()))", "Complete")]

    // Semantics 2.1: the watermark itself.
    [InlineData(Marked + ".Where(p => p.Quantity > 0).WithWatermark(p => p.Other, \"1 minute\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1005 WithWatermark")]
    [InlineData(Marked + ".Union(more.WithWatermark(p => p.Other, \"1 minute\")).Select(p => new Result(p.UserId, 1))", "Append", "TYPED1021 Union")]
    [InlineData("rows.WithWatermark(p => p.Time, \"-1 ms\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1006 \"-1 ms\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 month -32 days\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1006 \"1 month -32 days\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 month -31 days\").Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.WithWatermark(p => p.Time, \"\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1007 \"\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"ten minutes\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1007 \"ten minutes\"")]
    [InlineData("rows.WithWatermark(p => p.Time + Minutes(1), \"1 minute\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1008 p => p.Time + Minutes(1)")]

    // Who waits for whom, and for how long.
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: \"0 seconds\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1040 \"0 seconds\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: \"-1 ms\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1040 \"-1 ms\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: \"1 month\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1040 \"1 month\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: \"soon\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1040 \"soon\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: \"1 ms\").Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", idleAfter: null, maxAhead: null).Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", maxAhead: \"-1 ms\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1041 \"-1 ms\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", maxAhead: \"1 year\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1041 \"1 year\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", maxAhead: \"\").Select(p => new Result(p.UserId, 1))", "Append", "TYPED1041 \"\"")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", maxAhead: \"0 seconds\").Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 minute\", \"30 seconds\", \"1 hour\").Select(p => new Result(p.UserId, 1))", "Append")]

    // Semantics 1.1: windows.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"-2 seconds\", \"1 second\"))" + Counted, "Append", "TYPED1010 \"-2 seconds\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"0 seconds\"))" + Counted, "Append", "TYPED1010 \"0 seconds\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"2 seconds\", every: \"0 seconds\"))" + Counted, "Append", "TYPED1011 \"0 seconds\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"2 seconds\", every: \"2001 ms\"))" + Counted, "Append", "TYPED1012 \"2001 ms\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"2 seconds\", every: \"2 seconds\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"2 seconds\", offset: \"2 seconds\"))" + Counted, "Append", "TYPED1013 \"2 seconds\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"2 seconds\", offset: \"-1999 ms\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 month\"))" + Counted, "Append", "TYPED1014 \"1 month\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 week\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"5\"))" + Counted, "Append", "TYPED1015 \"5\"")]
    [InlineData(Marked + ".GroupBy(p => new { W = Window.Tumbling(\"5 minutes\") }, Window.Tumbling(\"5 minutes\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED1016 Window.Tumbling(\"5 minutes\")")]
    [InlineData("rows.Where(p => Window.Tumbling(\"5 minutes\") != null).Select(p => new Result(p.UserId, 1))", "Append", "TYPED1019 Window.Tumbling(\"5 minutes\")")]
    [InlineData("rows.Select(p => new { p.UserId, p.Other }).GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Update", "TYPED1017 GroupBy")]
    [InlineData("rows.Select(p => new { p.UserId, A = p.Time, B = p.Time }).GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Update", "TYPED1017 GroupBy")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"0 seconds\")" + Counted, "Update", "TYPED1020 \"0 seconds\"")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 month\")" + Counted, "Update", "TYPED1020 \"1 month\"")]

    // Semantics 3, 4: sessions.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Counted, "Complete")]
    [InlineData("rows.GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Counted, "Complete")]
    [InlineData("rows.GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Counted, "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, sessionGap: p => p.Quantity > 3 ? TimeSpan.FromMinutes(5) : null)" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"10 minutes\"))" + Counted, "Update", "TYPED2040 GroupBy")]
    [InlineData("rows.GroupBy(p => p.UserId, sessionGap: p => TimeSpan.FromMinutes(5))" + Counted, "Update", "TYPED2040 GroupBy")]
    [InlineData(Marked + ".GroupBy(Window.Session(\"10 minutes\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED2041 GroupBy")]
    [InlineData("rows.GroupBy(Window.Session(\"10 minutes\")).Select(g => new Result(\"\", g.Count()))", "Complete", "TYPED2041 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"10\"))" + Counted, "Append", "TYPED2042 \"10\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 month\"))" + Counted, "Append", "TYPED2043 \"1 month\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"31 days\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"0 seconds\"))" + Counted, "Append", "TYPED2044 \"0 seconds\"")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"-1 month\"))" + Counted, "Append", "TYPED2044 \"-1 month\"")]
    [InlineData(Marked + ".GroupBy(p => new { W = Window.Tumbling(\"5 minutes\") }, Window.Session(\"5 minutes\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED2045 Window.Tumbling(\"5 minutes\")")]
    [InlineData(Marked + ".GroupBy(p => new { W = Window.Session(\"5 minutes\") }, Window.Tumbling(\"5 minutes\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED2045 Window.Session(\"5 minutes\")")]
    [InlineData(Marked + ".GroupBy(p => new { W = Window.Session(\"5 minutes\") }, Window.Session(\"5 minutes\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED1016 Window.Session(\"5 minutes\")")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\")).Select(g => new { g.Key, g.Window }).GroupBy(s => s.Key, Window.Session(\"1 hour\"))" + Counted, "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\")).Select(g => new { g.Key, g.Window.End }).GroupBy(s => s.Key, Window.Session(\"1 hour\"), s => s.End)" + Counted, "Append", "TYPED1001 GroupBy")]

    // Semantics 3.11, 20: chains of aggregations.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 minute\")).Select(g => new { g.Window, N = g.Count() }).GroupBy(Window.Tumbling(\"1 hour\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED1022 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 minute\")).Select(g => new { T = g.Window.Time, N = g.Count() }).GroupBy(Window.Tumbling(\"1 hour\")).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED1022 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 minute\")).Select(g => new { T = g.Window.End, N = g.Count() }).GroupBy(Window.Tumbling(\"1 hour\"), x => x.T).Select(g => new Result(\"\", g.Count()))", "Append", "TYPED1001 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId).Select(g => new { g.Key, T = g.Max(p => p.Time) }).GroupBy(x => x.Key)" + Counted, "Append", "TYPED1001 GroupBy", "TYPED1018 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).GroupBy(x => x.Key).Select(g => new Result(\"\", g.Count()))", "Append")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).GroupBy(x => x.Key).Select(g => new Result(\"\", g.Count()))", "Update", "TYPED2018 GroupBy")]
    [InlineData(Marked + ".GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).GroupBy(x => x.Key).Select(g => new Result(\"\", g.Count()))", "Complete", "TYPED2018 GroupBy")]

    // Semantics 3.12, 8: sorting, limits, skipping.
    [InlineData("rows.OrderBy(p => p.Quantity).Select(p => new Result(p.UserId, 1))", "Append", "TYPED2012 OrderBy")]
    [InlineData("rows.OrderBy(p => p.Quantity).Select(p => new Result(p.UserId, 1))", "Update", "TYPED2012 OrderBy")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted + ".OrderBy(r => r.Count)", "Append", "TYPED2012 OrderBy")]
    [InlineData("rows.OrderBy(p => p.Quantity).Take(5).GroupBy(p => p.UserId)" + Counted, "Complete", "TYPED2013 OrderBy")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 hour\")" + Counted + ".OrderBy(r => r.Count)", "Update", "TYPED2014 OrderBy")]
    [InlineData("rows.GroupBy(p => p.UserId)" + Counted + ".OrderByDescending(r => r.Count)", "Complete")]
    [InlineData("rows.Skip(3).Select(p => new Result(p.UserId, 1))", "Append", "TYPED2015 Skip")]
    [InlineData("rows.Take(3).Select(p => new Result(p.UserId, 1))", "Update", "TYPED2016 Take")]
    [InlineData("rows.Take(3).Select(p => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.Take(3).GroupBy(p => p.UserId)" + Counted + ".Take(2)", "Complete")]
    [InlineData("rows.Take(-1).Select(p => new Result(p.UserId, 1))", "Append", "TYPED2020 -1")]
    [InlineData("rows.Take(3).Select(p => new Result(p.UserId, 1))", "Complete", "TYPED2017 OutputMode.Complete")]
    [InlineData("rows.OrderBy(p => p.UserId).Select(p => new Result(p.UserId, 1))", "Complete", "TYPED2017 OutputMode.Complete")]

    // Semantics 3.10: exact distinct counts.
    [InlineData("rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))", "Complete", "TYPED2011 CountDistinct")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))", "Complete", "TYPED2011 CountDistinct")]
    [InlineData("rows.GroupBy(p => p.Quantity > 1).Select(g => new Result(\"\", g.CountDistinct(p => p.Category)))", "Update", "TYPED2011 CountDistinct")]
    [InlineData("rows.Aggregate(g => new Result(\"\", g.CountDistinct(p => p.Category)))", "Update", "TYPED2011 CountDistinct")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))", "Update")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.CountDistinct(p => p.Category)))", "Update")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, g.ApproxCountDistinct(p => p.Category)))", "Update")]

    // Semantics 7: tables.
    [InlineData("rows.Join(products, (p, t) => p.Amount > t.Price, (p, t) => new Result(t.Name, 1))", "Append", "TYPED2030 (p, t) => p.Amount > t.Price")]
    [InlineData("rows.Join(products, (p, t) => p.Amount > t.Price && t.Name == p.Category, (p, t) => new Result(t.Name, 1))", "Append")]
    [InlineData("rows.LeftJoin(products, (p, t) => NullSafe.Equal(p.Note, t.Country), (p, t) => new Result(p.UserId, 1))", "Update")]
    [InlineData("rows.Observe(\"a\", o => new { N = o.Count() }).Observe(\"a\", o => new { N = o.Count() }).Select(p => new Result(p.UserId, 1))", "Append", "TYPED6012 \"a\"")]
    [InlineData("rows.Observe(\"a\", o => new { N = o.CountDistinct(p => p.UserId) }).Observe(\"b\", o => new { N = o.Count() }).Select(p => new Result(p.UserId, 1))", "Append")]
    public void Each_rule_points_at_its_cause_and_at_nothing_else(string body, string mode, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, mode: mode));
}
