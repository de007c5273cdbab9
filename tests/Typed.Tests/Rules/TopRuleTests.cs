extern alias generator;

using generator::Typed.Generator.Emitter.Text;
using generator::Typed.Generator.Planner;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>The rules on the latest row of a key and the first rows of a group: a query that breaks each, and the nearest that does not.</summary>
public class TopRuleTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Counted = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";
    private const string OfHours = "new { p.UserId, Hour = TimeWindow.Of(p.Time, Hours(1)) }";
    private const string Windows = Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Window, UserId = g.Key, N = g.Count() })";

    [Theory]
    // Semantics 3.1: append mode needs an end.
    [InlineData("rows.LastBy(p => p.UserId, by: p => p.Time)" + Result, "Append", "TYPED2053 LastBy")]
    [InlineData(Marked + ".TopBy(3, group: p => p.UserId, by: p => p.Amount)" + Result, "Append", "TYPED2053 TopBy")]
    [InlineData(Marked + ".Select(p => new { p.UserId, p.Quantity, Time = p.Time + Minutes(1) }).TopBy(3, group: p => new { p.UserId, p.Time }, by: p => p.Quantity)" + Result, "Append", "TYPED2053 TopBy")]
    [InlineData(Marked + ".TopBy(3, group: p => " + OfHours + ", by: p => p.Amount)" + Result, "Append")]
    [InlineData(Marked + ".LastBy(p => new { p.UserId, p.Time }, by: p => p.Quantity)" + Result, "Append")]
    [InlineData(Windows + ".TopBy(2, group: p => p.Window, by: p => p.N)" + Result, "Append")]
    [InlineData(Windows + ".TopBy(2, group: p => p.UserId, by: p => p.N)" + Result, "Append", "TYPED2053 TopBy")]

    // What bounds the state.
    [InlineData("rows.LastBy(p => p.UserId, by: p => p.Time)" + Result, "Update", "TYPED2054 LastBy")]
    [InlineData("rows.TopBy(2, group: p => p.UserId, by: p => p.Time)" + Result, "Update", "TYPED2054 TopBy")]
    [InlineData("rows.LastBy(p => p.UserId, by: p => p.Time, ttl: \"1 day\")" + Result, "Update")]
    [InlineData("rows.LastBy(p => p.Quantity > 3, by: p => p.Time)" + Result, "Update")]
    [InlineData(Marked + ".TopBy(2, group: p => " + OfHours + ", by: p => p.Amount)" + Result, "Update")]
    [InlineData("rows.LastBy(p => p.UserId, by: p => p.Time)" + Result, "Complete")]

    // What rows can be ordered by.
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => p.UserId)" + Result, "Update", "TYPED2055 p => p.UserId")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => p.Quantity > 4)" + Result, "Update", "TYPED2055 p => p.Quantity > 4")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => new { p.Quantity, p.Amount })" + Result, "Update", "TYPED2055 p => new { p.Quantity, p.Amount }")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => p.Time - p.Other)" + Result, "Update")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => (double)p.Amount)" + Result, "Update")]

    // How many.
    [InlineData("rows.TopBy(0, group: p => p.Quantity > 3, by: p => p.Time)" + Result, "Update", "TYPED2056 0")]
    [InlineData("rows.TopBy(1001, group: p => p.Quantity > 3, by: p => p.Time)" + Result, "Update", "TYPED2056 1001")]
    [InlineData("rows.TopBy(1000, group: p => p.Quantity > 3, by: p => p.Time)" + Result, "Update")]

    // One end.
    [InlineData(Marked + ".LastBy(p => " + OfHours + ", by: p => p.Time, ttl: \"1 day\")" + Result, "Update", "TYPED2057 \"1 day\"")]
    [InlineData(Marked + ".LastBy(p => p.UserId, by: p => p.Time, ttl: \"1 day\")" + Result, "Update")]
    [InlineData(Marked + ".TopBy(2, group: p => new { p.Time, Hour = TimeWindow.Of(p.Time, Hours(1)) }, by: p => p.Amount)" + Result, "Append", "TYPED1004 TopBy")]

    // Semantics 20.1: what changes is not taken for new rows.
    [InlineData(Windows + ".TopBy(2, group: p => p.Window, by: p => p.N)" + Result, "Update", "TYPED2018 TopBy")]
    [InlineData(Marked + ".TopBy(2, group: p => " + OfHours + ", by: p => p.Amount).GroupBy(p => p.UserId)" + Counted, "Complete", "TYPED2018 GroupBy")]
    [InlineData(Marked + ".TopBy(2, group: p => " + OfHours + ", by: p => p.Amount).DropDuplicatesWithinWatermark(p => p.UserId)" + Result, "Append", "TYPED2051 DropDuplicatesWithinWatermark")]
    [InlineData(Windows + ".TopBy(2, group: p => p.Window, by: p => p.N).GroupBy(p => p.Window.Time).Select(g => new Result(\"\", g.Count()))", "Append")]
    [InlineData("rows.TopBy(2, group: p => p.UserId, by: p => p.Amount).OrderBy(p => p.Amount).Take(3)" + Result, "Complete")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => p.Amount).OrderBy(p => p.Amount)" + Result, "Update", "TYPED2014 OrderBy")]

    // What has no equality cannot be a key.
    [InlineData("rows.LastBy(p => p.Tags, by: p => p.Time)" + Result, "Complete", "TYPED3005 p => p.Tags")]
    public void Each_rule_points_at_its_cause_and_at_nothing_else(string body, string mode, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, mode: mode));

    [Fact]
    public void The_plan_says_what_is_kept_and_until_when()
    {
        string text = PlanText.Of(
            PlanBuilder.Build(PlanReading.Plan(Marked + ".TopBy(3, group: p => " + OfHours + ", by: p => p.Amount, select: (p, rank) => new Result(p.UserId, rank))")),
            stage => StageText.Of(stage, _ => ""));
        Assert.Contains("keeps the 3 rows with the greatest Amount of each UserId and Hour", text, StringComparison.Ordinal);
        Assert.Contains("state: these rows, until the watermark passes Hour", text, StringComparison.Ordinal);
    }
}
