using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>What is said of how long results take and of how often a row counts, with its arguments, and the nearest queries of which nothing is said.</summary>
public class WaitRuleTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Counted = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";
    private const string Again = ".GroupBy(p => p.UserId, Window.Tumbling(\"1 day\"))" + Counted;

    [Theory]
    [InlineData(Marked + ".Union(more.WithWatermark(p => p.Time, \"1 hour\"))" + Result, "Append", "TYPED1021 Union: 1 hour | 10 minutes")]
    [InlineData(Marked + ".Where(p => p.Quantity > 1).Union(more.WithWatermark(p => p.Time, \"1 hour\").Select(p => p))" + Result, "Append", "TYPED1021 Union: 1 hour | 10 minutes")]
    [InlineData(Marked + ".Union(more.WithWatermark(p => p.Time, \"10 minutes\"))" + Result, "Append")]
    [InlineData(Marked + ".Union(more)" + Result, "Append")]

    // Semantics 20.2.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Window, UserId = g.Key })" + Again, "Append", "TYPED1022 GroupBy: 1450 minutes | the windows below close after 1 hour, those here after 1 day, and the former end where the latter do | 10 minutes")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"1 hour\", every: \"5 minutes\")).Select(g => new { g.Window, UserId = g.Key })" + Again, "Append", "TYPED1022 GroupBy: 1510 minutes | the windows below close after 1 hour, those here after 1 day | 10 minutes")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 hour\")).Select(g => new { g.Window, UserId = g.Key })" + Again, "Append")]
    [InlineData(Marked + Again, "Append")]

    // Semantics 1.2.
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"1 hour\", every: \"1 second\"))" + Counted, "Append", "TYPED2031 \"1 second\": 3600 | 1 hour | 1 second")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"61 minutes\", \"1 minute\"))" + Counted, "Update", "TYPED2031 \"1 minute\": 61 | 61 minutes | 1 minute")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Sliding(\"1 hour\", every: \"1 minute\"))" + Counted, "Append")]
    public void It_is_said_where_and_how_much(string body, string mode, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Read(PlanReading.Pipeline(body, mode: mode)).AllFindings().Where(one => one.DiagnosticId != "TYPED6009").Select(PlanReading.Describe));
}
