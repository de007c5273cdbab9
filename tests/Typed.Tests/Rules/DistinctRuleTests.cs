using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>The rules on deduplication: a query that breaks each, and the nearest that does not.</summary>
public class DistinctRuleTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Counted = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";
    private const string Groups = Marked + ".GroupBy(p => p.Time).Select(g => new { UserId = \"\", g.Key, N = g.Count() })";

    [Theory]
    // Semantics 5.2: what bounds the state.
    [InlineData("rows.DropDuplicates(p => p.EventId)" + Result, "Append", "TYPED2050 DropDuplicates")]
    [InlineData(Marked + ".DropDuplicates(p => p.EventId)" + Result, "Append", "TYPED2050 DropDuplicates")]
    [InlineData(Marked + ".DropDuplicates(p => new { p.EventId, p.Other })" + Result, "Update", "TYPED2050 DropDuplicates")]
    [InlineData("rows.Select(p => new { p.UserId, p.Time }).DropDuplicates()" + Result, "Append", "TYPED2050 DropDuplicates")]
    [InlineData(Marked + ".DropDuplicates(p => new { p.EventId, p.Time })" + Result, "Append")]
    [InlineData(Marked + ".DropDuplicates(p => p.Time)" + Result, "Update")]
    [InlineData(Marked + ".Select(p => new { p.UserId, p.Time }).DropDuplicates()" + Result, "Append")]
    [InlineData("rows.DropDuplicates(p => p.Quantity > 3)" + Result, "Append")]
    [InlineData(Marked + ".DropDuplicatesWithinWatermark(p => p.EventId)" + Result, "Append")]
    [InlineData("rows.DropDuplicates(p => p.EventId).GroupBy(p => p.UserId)" + Counted, "Complete")]

    // Semantics 5.5.
    [InlineData("rows.DropDuplicatesWithinWatermark(p => p.EventId)" + Result, "Append", "TYPED2051 DropDuplicatesWithinWatermark")]
    [InlineData(Marked + ".Select(p => new { p.UserId, Time = p.Time + Minutes(1) }).DropDuplicatesWithinWatermark()" + Result, "Update", "TYPED2051 DropDuplicatesWithinWatermark")]
    [InlineData(Marked + ".Select(p => new { p.UserId, At = p.Time }).DropDuplicatesWithinWatermark()" + Result, "Update")]

    // Semantics 2.1.11.
    [InlineData(Marked + ".Select(p => new { p.UserId, A = p.Time, B = p.Time }).DropDuplicates(p => p.A)" + Result, "Append", "TYPED2052 DropDuplicates")]
    [InlineData(Marked + ".Select(p => new { p.UserId, A = p.Time, B = p.Other }).DropDuplicates(p => p.A)" + Result, "Append")]

    // The table "output mode × operator", 20.1: only a deduplication that goes by event time counts as stateful.
    [InlineData(Marked + ".DropDuplicatesWithinWatermark(p => p.EventId)" + Result, "Complete", "TYPED2017 OutputMode.Complete")]
    [InlineData(Marked + ".DropDuplicatesWithinWatermark(p => p.EventId).GroupBy(p => p.UserId)" + Counted, "Complete")]
    [InlineData(Groups + ".DropDuplicates(p => p.Key)" + Result, "Append")]
    [InlineData(Groups + ".DropDuplicates(p => p.Key)" + Result, "Update", "TYPED2018 DropDuplicates")]
    [InlineData(Groups + ".DropDuplicates(p => p.Key)" + Result, "Complete", "TYPED2018 DropDuplicates")]
    [InlineData(Groups + ".DropDuplicatesWithinWatermark(p => p.N)" + Result, "Update", "TYPED2018 DropDuplicatesWithinWatermark")]
    [InlineData(Groups + ".DropDuplicates(p => p.N)" + Result, "Complete")]
    [InlineData(Groups + ".DropDuplicates(p => p.N > 3)" + Result, "Update")]

    // What has no equality cannot be a key.
    [InlineData("rows.DropDuplicates()" + Result, "Append", "TYPED3005 DropDuplicates")]
    [InlineData(Marked + ".DropDuplicates(p => new { p.Tags, p.Time })" + Result, "Append", "TYPED3005 p => new { p.Tags, p.Time }")]
    public void Each_rule_points_at_its_cause_and_at_nothing_else(string body, string mode, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, mode: mode));
}
