using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>Hints that say nothing, and what rules say of state that is kept for ever where hints say how much it is.</summary>
public class HintRuleTests
{
    private const string Body = "=> rows.Select(p => new Result(p.UserId, 1));";

    [Theory]
    [InlineData("public static Stream<Result> Define([Rate(500)] Stream<Purchase> rows) " + Body)]
    [InlineData("public static Stream<Result> Define([Rate(0.5)] Stream<Purchase> rows) " + Body)]
    [InlineData("public static Stream<Result> Define([Rate(0)] Stream<Purchase> rows) " + Body, "TYPED0063 Rate(0): rows | 0 | a rate is a number above 0")]
    [InlineData("public static Stream<Result> Define([Rate(-1.5)] Stream<Purchase> rows) " + Body, "TYPED0063 Rate(-1.5): rows | -1.5 | a rate is a number above 0")]
    [InlineData("public static Stream<Result> Define([Rate(double.NaN)] Stream<Purchase> rows) " + Body, "TYPED0063 Rate(double.NaN): rows | NaN | a rate is a number above 0")]
    [InlineData(
        "public static Stream<Result> Define(Stream<Purchase> rows, [Rate(1)] Table<Product> products) => rows.SemiJoin(products, on: (p, t) => p.Category == t.Id).Select(p => new Result(p.UserId, 1));",
        "TYPED0063 Rate(1): products | 1 | it is a table, whose rows are looked up and do not come")]
    [InlineData(
        "public static Stream<Result> Define(Stream<Purchase> rows) => Counted(rows); private static Stream<Result> Counted([Rate(3)] Stream<Purchase> rows) " + Body,
        "TYPED0063 Rate(3): rows | 3 | it is a parameter of Counted, which is no output: an input is a parameter of Define or of an output")]
    [InlineData("[Output] public static Stream<Result> A([Rate(3)] Stream<Purchase> rows) " + Body + " [Output] public static Stream<Result> B(Stream<Purchase> rows) " + Body)]
    [InlineData("[Output] public static Stream<Result> A([Rate(3)] Stream<Purchase> rows) " + Body + " [Output] public static Stream<Result> B([Rate(3)] Stream<Purchase> rows) " + Body)]
    [InlineData(
        "[Output] public static Stream<Result> A([Rate(3)] Stream<Purchase> rows) " + Body + " [Output] public static Stream<Result> B([Rate(4)] Stream<Purchase> rows) " + Body,
        "TYPED0063 Rate(4): rows | 4 | another output gives the same input 3 rows a second")]
    [InlineData(
        "[Output] public static Stream<Result> A(Stream<Purchase> rows) " + Body + " [Output] public static Stream<Result> B([Rate(4)] Stream<Result> a) => a.Where(r => r.Count > 0);",
        "TYPED0063 Rate(4): a | 4 | it reads the output A, whose rate follows from that of the inputs")]
    public void A_rate_is_one_of_an_input(string members, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Read($"[Pipeline(OutputMode.Append)] public sealed partial class Query {{ {members} }}").AllFindings().Select(PlanReading.Describe));

    [Theory]
    [InlineData("", "rows.GroupBy(v => v.User).Select(g => new Result(g.Key, g.Count()))", "TYPED2001 GroupBy: GroupBy | ")]
    [InlineData("[Cardinality(50_000)] ", "rows.GroupBy(v => v.User).Select(g => new Result(g.Key, g.Count()))", "TYPED2001 GroupBy: GroupBy |  (about 3.2 MB: 50,000 entries of 68 bytes)")]
    [InlineData("[Cardinality(50_000)] ", "rows.GroupBy(v => new { v.User, v.IsNew }).Select(g => new Result(g.Key.User, g.Count()))", "TYPED2001 GroupBy: GroupBy |  (about 7.2 MB: 100,000 entries of 76 bytes)")]
    [InlineData("[Cardinality(50_000)] ", "rows.GroupBy(v => v.User + v.Page).Select(g => new Result(g.Key, g.Count()))", "TYPED2001 GroupBy: GroupBy |  (about 5.5 GB more each day: 86,000,000 entries of 68 bytes)")]
    public void What_is_kept_for_ever_has_a_size(string hint, string body, params string[] expected)
    {
        string source = $$"""

            [StreamRecord] public readonly partial record struct Visit({{hint}}string User, string Page, bool IsNew);

            [Pipeline(OutputMode.Update)]
            public sealed partial class Query { public static Stream<Result> Define({{(hint.Length > 0 ? "[Rate(1000)] " : "")}}Stream<Visit> rows) => {{body}}; }
            """;
        Assert.Equal(expected, PlanReading.Read(source).AllFindings().Select(PlanReading.Describe));
    }
}
