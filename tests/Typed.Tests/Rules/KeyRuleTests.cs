extern alias generator;

using generator::Typed.Plan;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>What is said of keys and sums that Spark accepts without a word, and the nearest queries of which nothing is said.</summary>
public class KeyRuleTests
{
    private const string Counted = ".Select(g => new Result(\"\", g.Count()))";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";
    private const string Half = "rows.Select(p => new { Half = p.Quantity / 2.0, p.UserId, p.Note, p.Time })";

    [Theory]
    // Semantics 3.9: such keys are normalised, and rounding is not undone by that.
    [InlineData(Half + ".GroupBy(p => p.Half, \"1 day\")" + Counted, "Update", "TYPED3001 p => p.Half")]
    [InlineData(Half + ".GroupBy(p => new { p.UserId, Half = (float)p.Half }, \"1 day\")" + Counted, "Update", "TYPED3001 p => new { p.UserId, Half = (float)p.Half }")]
    [InlineData(Half + ".LastBy(p => p.Half, by: p => p.Time, ttl: \"1 day\")" + Result, "Update", "TYPED3001 p => p.Half")]
    [InlineData(Half + ".Join(products, (p, t) => p.Half == (double)t.Price, (p, t) => new Result(p.UserId, 1))", "Append", "TYPED3001 (p, t) => p.Half == (double)t.Price")]
    [InlineData(Half + ".GroupBy(p => (long)p.Half, \"1 day\")" + Counted, "Update")]
    [InlineData(Half + ".GroupBy(p => (decimal)p.Half, \"1 day\")" + Counted, "Update")]
    [InlineData(Half + ".GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, (long)g.Sum(p => p.Half)))", "Update")]
    [InlineData(Half + ".Join(products, (p, t) => p.UserId == t.Id && p.Half > (double)t.Price, (p, t) => new Result(p.UserId, 1))", "Append")]

    // Semantics 3.9, 5.1: null is a key. 6.1.3: in a join it matches nothing.
    [InlineData("rows.GroupBy(p => p.Note, \"1 day\")" + Counted, "Update", "TYPED3002 p => p.Note")]
    [InlineData("rows.GroupBy(p => new { p.UserId, p.Note }, \"1 day\")" + Counted, "Update", "TYPED3002 p => new { p.UserId, p.Note }")]
    [InlineData("rows.Where(p => p.Note != \"\").GroupBy(p => p.Note, \"1 day\")" + Counted, "Update", "TYPED3002 p => p.Note")]
    [InlineData("rows.Join(products, (p, t) => p.Note == t.Name, (p, t) => new Result(p.UserId, 1))", "Append", "TYPED3002 (p, t) => p.Note == t.Name")]
    [InlineData("rows.GroupBy(p => p.Note ?? \"none\", \"1 day\")" + Counted, "Update")]
    [InlineData("rows.WhereNotNull(p => p.Note).GroupBy(p => p.Note, \"1 day\")" + Counted, "Update")]
    [InlineData("rows.Where(p => p.Quantity > 0 && p.Note is not null).Select(p => new { N = p.Note, p.Time }).GroupBy(p => p.N, \"1 day\")" + Counted, "Update")]
    [InlineData("rows.Where(p => p.Note == \"gift\").GroupBy(p => p.Note, \"1 day\")" + Counted, "Update")]
    [InlineData("rows.Where(p => p.Note == null || p.Quantity > 0).GroupBy(p => p.Note, \"1 day\")" + Counted, "Update", "TYPED3002 p => p.Note")]
    [InlineData("rows.WhereNotNull(p => p.Note).Join(products, (p, t) => p.Note == t.Name, (p, t) => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.Join(products, (p, t) => NullSafe.Equal(p.Note, t.Country), (p, t) => new Result(p.UserId, 1))", "Append")]
    [InlineData("rows.Join(products, (p, t) => p.UserId == t.Id && p.Note == t.Country && t.Name != \"\", (p, t) => new Result(p.UserId, 1))", "Append", "TYPED3002 (p, t) => p.UserId == t.Id && p.Note == t.Country && t.Name != \"\"")]
    [InlineData("rows.DropDuplicates(p => p.Quantity > 3)" + Result, "Append")]
    public void Keys(string body, string mode, params string[] expected) => Assert.Equal(expected, PlanReading.Found(body, mode: mode));

    [Theory]
    [InlineData(28, 2)]
    [InlineData(32, 2)]
    [InlineData(33, 2, "TYPED3004 Sum: Sum | 33 | about 100000")]
    [InlineData(37, 10, "TYPED3004 Sum: Sum | 37 | about 10")]
    [InlineData(38, 10, "TYPED3004 Sum: Sum | 38 | two")]
    [InlineData(38, 18)]
    public void Sums(int precision, int scale, params string[] expected)
    {
        string source = $$"""
            [StreamRecord]
            public readonly partial record struct Payment(string UserId, [Precision({{precision}}, {{scale}})] decimal Amount, [EventTime] DateTimeOffset Time);

            [StreamRecord]
            public readonly partial record struct Paid(string UserId, decimal Amount);

            [Pipeline(OutputMode.Update)]
            public sealed partial class Query
            {
                public static Stream<Paid> Define(Stream<Payment> rows) => rows.GroupBy(p => p.UserId, "1 day").Select(g => new Paid(g.Key, g.Sum(p => p.Amount)));
            }
            """;
        Assert.Equal(expected, PlanReading.Read(source).AllFindings().Select(PlanReading.Describe));
    }

    [Fact]
    public void The_message_says_which_and_what_becomes_of_them()
    {
        LocatedFinding grouped = Assert.Single(PlanReading.Read(PlanReading.Pipeline("rows.Union(more).SemiJoin(products, (p, t) => p.UserId == t.Id).GroupBy(p => new { p.Note, p.UserId, Again = p.Note }, \"1 day\")" + Counted, mode: "Update")).AllFindings());
        Assert.Equal(
            ["GroupBy", "Note", "all rows without one are one group. Write WhereNotNull before it to leave them out, or ?? in the key to give that group a name"],
            grouped.Arguments);
        LocatedFinding joined = Assert.Single(PlanReading.Read(PlanReading.Pipeline("rows.Union(more).AntiJoin(products, (p, t) => p.Note == t.Name)" + Result)).AllFindings());
        Assert.Equal(["AntiJoin", "Note"], joined.Arguments.Take(2));
        Assert.StartsWith("a row without one matches nothing, not even another such row. ", joined.Arguments[2]);
    }
}
