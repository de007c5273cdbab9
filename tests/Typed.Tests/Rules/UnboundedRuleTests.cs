extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>A reason for state that is kept for ever takes the place of what is said about it: for the operators where it stands, and for no others.</summary>
public class UnboundedRuleTests
{
    private const string Why = "[Unbounded(\"one for each country\")]";
    private const string Grouped = "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))";
    private const string Distinct = "rows.DropDuplicates(p => p.UserId)";
    private const string Result = ".Select(p => new Result(p.UserId, 1))";

    [Theory]
    [InlineData("", "", Grouped, "", "TYPED2001 GroupBy")]
    [InlineData(Why, "", Grouped, "")]
    [InlineData("", Why, Grouped, "")]
    [InlineData("", Why, Distinct + Result, "")]
    [InlineData("", Why, "rows.LastBy(p => p.UserId, by: p => p.Time)" + Result, "")]
    [InlineData("", Why, "rows.Join(rows.Where(p => p.Quantity > 1), on: (l, r) => l.UserId == r.UserId, select: (l, r) => new Result(\"\", 1))", "")]
    [InlineData("", "", "First(rows).LastBy(p => p.UserId, by: p => p.Time)" + Result, Why + " static Stream<Purchase> First(Stream<Purchase> rows) => " + Distinct + ";", "TYPED2054 LastBy")]
    [InlineData("", Why, "First(rows).LastBy(p => p.UserId, by: p => p.Time)" + Result, "static Stream<Purchase> First(Stream<Purchase> rows) => " + Distinct + ";", "TYPED2050 DropDuplicates")]
    [InlineData(Why, "", "First(rows).LastBy(p => p.UserId, by: p => p.Time)" + Result, "static Stream<Purchase> First(Stream<Purchase> rows) => " + Distinct + ";")]
    [InlineData(Why, "[Unbounded(\" \")]", Grouped, "", "TYPED2002 Unbounded(\" \")")]
    [InlineData("", "[Unbounded(\" \")]", Grouped, "", "TYPED2002 Unbounded(\" \")", "TYPED2001 GroupBy")]
    [InlineData("[Unbounded(\"\")]", "", Grouped, "", "TYPED2001 GroupBy", "TYPED2002 Unbounded(\"\")")]
    [InlineData("", Why, "rows.GroupBy(p => p.UserId, ttl: \"1 day\").Select(g => new Result(g.Key, g.Count()))", "", "TYPED2003 Unbounded(\"one for each country\")")]
    [InlineData(Why, Why, Grouped, "", "TYPED2003 Unbounded(\"one for each country\")")]

    // What can never emit stays refused.
    [InlineData("", Why, "rows.GroupBy(p => p.UserId, Window.Session(\"1 hour\")).Select(g => new Result(g.Key, g.Count()))", "", "TYPED2040 GroupBy", "TYPED2003 Unbounded(\"one for each country\")")]
    public void It_holds_for_what_is_written_there(string onClass, string onDefine, string body, string members, params string[] expected)
    {
        string source = $$"""

            {{onClass}}
            [Pipeline(OutputMode.Update)]
            public sealed partial class Query
            {
                {{onDefine}}
                public static Stream<Result> Define(Stream<Purchase> rows) => {{body}};
                {{members}}
            }
            """;
        Assert.Equal(expected.Order(), PlanReading.Read(source).AllFindings().Select(PlanReading.Place).Order());
    }

    [Theory]
    [InlineData("", "_n++;", "TYPED2098 P")]
    [InlineData(Why, "_n++;")]
    [InlineData("[Unbounded(\"\")]", "_n++;", "TYPED2002 Unbounded(\"\")")]
    [InlineData(Why, "ctx.Clear();", "TYPED2003 Unbounded(\"one for each country\")")]
    public void A_processor_has_its_own(string attribute, string body, params string[] expected)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + $$"""

            {{attribute}}
            public sealed partial class P : KeyedProcessor<string, Purchase, Result>
            {
                [State] long _n;
                public override void OnRows(Rows<Purchase> rows, Context<string, Result> ctx) { {{body}} }
            }
            """);
        Assert.Equal(expected, ProcessorParser.Parse(compilation.GetTypeByMetadataName("P")!, compilation, CancellationToken.None).Findings.Select(PlanReading.Place));
    }

    [Fact]
    public void The_reason_stands_in_the_plan()
    {
        PipelineSpec plan = PlanReading.Plan(Grouped, mode: "Update", members: Why + " private static void Unread() { }");
        Assert.Empty(plan.Unbounded);
        UnboundedSpec reason = Assert.Single(Assert.IsType<PipelineSpec>(PlanReading.Read(
            PlanReading.Pipeline("First(rows)", mode: "Update", members: Why + " static Stream<Result> First(Stream<Purchase> rows) => " + Grouped + ";")).Spec).Unbounded);
        Assert.Equal(("First", "one for each country"), (reason.On, reason.Reason));
    }
}
