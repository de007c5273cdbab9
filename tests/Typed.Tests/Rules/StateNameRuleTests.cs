extern alias generator;

using generator::Typed.Generator.Emitter.Text;
using generator::Typed.Generator.Planner;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>The names of operators with state: what may bear one, which texts are names, and that giving one moves no other.</summary>
public class StateNameRuleTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Windows = Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))";
    private const string Counted = "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";
    private const string Once = "rows.DropDuplicates(p => p.Quantity > 3)";

    [Theory]
    // What keeps something.
    [InlineData(Windows + ".Named(\"users\")", "Append")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Select(g => new Result(g.Key, g.Count())).Named(\"users\").Where(r => r.Count > 1)", "Update")]
    [InlineData("rows.Aggregate(g => new Result(\"\", g.Count())).Named(\"users\")", "Update")]
    [InlineData("(from p in " + Marked + " group p by new { p.UserId, p.Time } into g select new Result(g.Key.UserId, g.Count())).Named(\"users\")", "Append")]
    [InlineData(Once + ".Named(\"once\")" + Result, "Append")]
    [InlineData("rows.TopBy(2, group: p => p.Quantity > 3, by: p => p.Amount).Named(\"best\")" + Result, "Update")]
    [InlineData("rows.LastBy(p => p.Quantity > 3, by: p => p.Amount).Named(\"last\")" + Result, "Update")]
    [InlineData("rows.Take(3).Named(\"few\")" + Result, "Append")]
    [InlineData("rows.Join(more.WithWatermark(m => m.Time, \"1 hour\"), (r, m) => r.UserId == m.UserId && r.Time == m.Time, (r, m) => new Result(r.UserId, 1)).Named(\"pairs\")", "Append")]
    [InlineData("{ var all = " + Windows + "; return all.Named(\"users\"); }", "Append")]
    [InlineData(Marked + ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Named(\"users\").Select(g => new Result(g.Key, g.Count()))", "Append")]
    [InlineData(Marked + ".GroupBy(Window.Tumbling(\"1 hour\")).Named(\"hours\").Select(g => new Result(\"\", g.Count()))", "Append")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(\"users\").Select(g => new Result(g.Key, g.Count()))", "Update")]
    [InlineData("{ var groups = rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(\"users\"); return groups.Select(g => new Result(g.Key, g.Count())); }", "Update")]

    // What keeps nothing, or is not to be seen.
    [InlineData(Windows + ".Where(r => r.Count > 1).Named(\"users\")", "Append", "TYPED2021 Named")]
    [InlineData("rows" + Result + ".Named(\"users\")", "Append", "TYPED2021 Named")]
    [InlineData(Once + Result + ".Named(\"users\")", "Append", "TYPED2021 Named")]
    [InlineData("rows.Named(\"users\")" + Result, "Append", "TYPED2021 Named")]
    [InlineData("rows.Union(more).Named(\"users\")" + Result, "Append", "TYPED2021 Named")]
    [InlineData("rows.SemiJoin(products, (r, p) => r.UserId == p.Id).Named(\"users\")" + Result, "Append", "TYPED2021 Named")]
    [InlineData(Marked + ".Named(\"users\")" + Result, "Append", "TYPED2021 Named")]
    [InlineData(Counted + ".OrderBy(r => r.Count).Take(3).Named(\"few\")", "Complete", "TYPED2021 Named")]
    [InlineData("{ return Of(rows).Named(\"users\"); static Stream<Result> Of(Stream<Purchase> rows) => rows.Take(3)" + Result + "; }", "Append", "TYPED2021 Named")]
    [InlineData("{ return Of(rows); static Stream<Result> Of(Stream<Purchase> rows) => rows.Take(3).Named(\"few\")" + Result + "; }", "Append")]

    // One name each.
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(\"one\").Select(g => new Result(g.Key, g.Count())).Named(\"two\")", "Update", "TYPED2022 \"two\"")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(\"one\").Named(\"two\").Select(g => new Result(g.Key, g.Count()))", "Update", "TYPED2022 \"two\"")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(\"a b\").Select(g => new Result(g.Key, g.Count()))", "Update", "TYPED2023 \"a b\"")]
    [InlineData("rows.GroupBy(p => p.UserId, ttl: \"1 day\").Named(Environment.MachineName).Select(g => new Result(g.Key, g.Count()))", "Update", "TYPED0057 Environment.MachineName")]
    [InlineData(Once + ".Named(\"one\").Named(\"two\")" + Result, "Append", "TYPED2022 \"two\"")]
    [InlineData(Windows + ".Named(\"one\").Named(\"one\")", "Append", "TYPED2022 \"one\"")]
    [InlineData(Once + ".Named(\"one\").Take(3).Named(\"one\")" + Result, "Append", "TYPED2097 \"one\"")]
    [InlineData(Once + ".Named(\"one\").Take(3).Named(\"One\")" + Result, "Append")]
    [InlineData("{ var once = " + Once + ".Named(\"one\")" + Result + "; return once.Union(once); }", "Append", "TYPED2097 \"one\"")]

    // What a name is.
    [InlineData(Once + ".Named(\"\")" + Result, "Append", "TYPED2023 \"\"")]
    [InlineData(Once + ".Named(\"a b\")" + Result, "Append", "TYPED2023 \"a b\"")]
    [InlineData(Once + ".Named(\"a/b\")" + Result, "Append", "TYPED2023 \"a/b\"")]
    [InlineData(Once + ".Named(\"1-ä_B.2\")" + Result, "Append")]
    [InlineData(Once + ".Named(\"distinct-1\")" + Result, "Append", "TYPED2023 \"distinct-1\"")]
    [InlineData(Once + ".Named(\"aggregate-07\")" + Result, "Append", "TYPED2023 \"aggregate-07\"")]
    [InlineData(Once + ".Named(\"distinct-one\")" + Result, "Append")]
    [InlineData(Once + ".Named(\"my-distinct-1\")" + Result, "Append")]
    [InlineData("{ const string name = \"once\"; return " + Once + ".Named(name)" + Result + "; }", "Append")]
    [InlineData(Once + ".Named(Environment.MachineName)" + Result, "Append", "TYPED0057 Environment.MachineName")]
    public void Each_rule_points_at_its_cause_and_at_nothing_else(string body, string mode, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, mode: mode).Where(one => !one.StartsWith("TYPED2001", StringComparison.Ordinal)));

    [Fact]
    public void A_given_name_moves_no_derived_one()
    {
        const string First = "rows.WithWatermark(p => p.Time, \"10 minutes\").DropDuplicates(p => p.Time)";
        const string Second = ".GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window.Start, Count = g.Count() })";
        const string Third = ".DropDuplicates(p => p.Start).Select(p => new Result(p.Key, p.Count))";
        Assert.Equal(["source-1", "watermark-1", "distinct-1", "aggregate-1", "distinct-2"], Names(First + Second + Third));
        Assert.Equal(["source-1", "watermark-1", "once.a-day", "aggregate-1", "distinct-2"], Names(First + ".Named(\"once.a-day\")" + Second + Third));
        Assert.Equal(["source-1", "watermark-1", "distinct-1", "per-user", "distinct-2"], Names(First + Second + ".Named(\"per-user\")" + Third));
        Assert.Equal(["source-1", "watermark-1", "distinct-1", "per-user", "distinct-2"], Names(First + Second.Replace(").Select(", ").Named(\"per-user\").Select(", StringComparison.Ordinal) + Third));
    }

    private static IEnumerable<string> Names(string body) =>
        PlanBuilder.Build(PlanReading.Plan(body)).Operators.Select(one => one.Name).Where(name => !name.StartsWith("stage", StringComparison.Ordinal));

    [Fact]
    public void The_plan_says_the_given_name()
    {
        string text = PlanText.Of(PlanBuilder.Build(PlanReading.Plan(Windows + ".Named(\"per-user\")")), stage => StageText.Of(stage, _ => ""));
        Assert.Contains("\n  per-user     ", text, StringComparison.Ordinal);
    }
}
