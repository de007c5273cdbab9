extern alias generator;

using generator::Typed.Plan;
using Typed.Tests.Plan;

namespace Typed.Tests.Outputs;

/// <summary>What methods marked [Output] must look like, and where it is said if they do not.</summary>
public class OutputRuleTests
{
    [Theory]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Purchase> B(Stream<Purchase> a) => a;")]

    // In a circle; the near miss above is a row.
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> b) => b; [Output] static Stream<Purchase> B(Stream<Purchase> a) => a;", "TYPED6010 a")]
    [InlineData("[Output] static Stream<Purchase> Rows(Stream<Purchase> rows) => rows;", "TYPED6010 rows")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows, Stream<Purchase> c) => rows.Union(c); [Output] static Stream<Purchase> B(Stream<Purchase> a) => a; [Output] static Stream<Purchase> C(Stream<Purchase> b) => b;", "TYPED6010 a")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => B(rows); [Output] static Stream<Purchase> B(Stream<Purchase> rows) => A(rows);", "TYPED0056 A")]

    // Names.
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Purchase> A(Stream<Purchase> rows, Stream<Purchase> more) => rows.Union(more);", "TYPED6011 A")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Purchase> a(Stream<Purchase> rows) => rows;", "TYPED6011 a")]
    [InlineData("[Output] static Stream<Purchase> Plan(Stream<Purchase> rows) => rows;", "TYPED6011 Plan")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; static Stream<Purchase> A(Stream<Purchase> rows, int least) => rows.Take(3);")]

    // Beside Define; marked as well, it is an output.
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; static Stream<Purchase> Define(Stream<Purchase> rows) => rows;", "TYPED6013 Define")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Purchase> Define(Stream<Purchase> rows) => rows;")]

    // Types.
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Product> B(Stream<Product> a) => a;", "TYPED6014 a")]
    [InlineData("[Output] static Stream<Product> A(Stream<Product> rows) => rows; [Output] static Stream<Product> B(Stream<Product> rows, Table<Product> a) => rows.SemiJoin(a, (x, y) => x.Id == y.Id);", "TYPED6014 a")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Product> B(Stream<Product> rows) => rows;", "TYPED0053 rows")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows; [Output] static Stream<Purchase> B(Stream<Purchase> more, Table<Purchase> rows) => more;", "TYPED0053 rows")]

    // Methods that give no rows.
    [InlineData("[Output] static int A(Stream<Purchase> rows) => 1;", "TYPED6015 A")]
    [InlineData("[Output] Stream<Purchase> A(Stream<Purchase> rows) => rows;", "TYPED6015 A")]
    [InlineData("[Output] static Stream<T> A<T>(Stream<T> rows) => rows;", "TYPED6015 A")]
    [InlineData("[Output] static Stream<Purchase> A(Table<Purchase> rows) => throw new Exception();", "TYPED0059 A")]
    [InlineData("", "TYPED0052 Query")]
    [InlineData("[Output] static Stream<string> A(Stream<Purchase> rows) => rows.Select(p => p.UserId);", "TYPED0054 Stream<string>")]

    // What is wrong in a shared stage is said once, what is wrong above it where it stands.
    [InlineData("[Output] static Stream<Result> A(Stream<Purchase> rows) => H(rows); [Output] static Stream<Result> B(Stream<Purchase> rows) => H(rows).Where(r => r.Count > 1); static Stream<Result> H(Stream<Purchase> rows) => rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()));", "TYPED1001 GroupBy")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows.WithWatermark(p => p.Time, \"1 minute\"); [Output] static Stream<Purchase> B(Stream<Purchase> a) => a.WithWatermark(p => p.Other, \"1 minute\");", "TYPED1005 WithWatermark")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows, Table<Product> products) => rows; [Output] static Stream<Purchase> B(Stream<Purchase> rows) => rows;", "TYPED6009 products")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows.Observe(\"n\", o => new { N = o.Count() }); [Output] static Stream<Purchase> B(Stream<Purchase> a) => a.Observe(\"n\", o => new { N = o.Count() });", "TYPED6012 \"n\"")]
    [InlineData("[Output] static Stream<Purchase> A(Stream<Purchase> rows) => rows.Observe(\"n\", o => new { N = o.Count() }); [Output] static Stream<Purchase> B(Stream<Purchase> a) => a;")]
    public void Outputs(string members, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Read("[Pipeline(OutputMode.Append)] public sealed partial class Query { " + members + " }").AllFindings().Select(PlanReading.Place));

    [Fact]
    public void In_complete_mode_each_output_needs_an_aggregation()
    {
        const string Outputs =
            """
            [Pipeline(OutputMode.Complete)] public sealed partial class Query
            {
                [Output] static Stream<Result> A(Stream<Purchase> rows) => rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()));
                [Output] static Stream<Result> B(Stream<Result> a) => a.Where(r => r.Count > 1);
                [Output] static Stream<Purchase> C(Stream<Purchase> rows) => rows;
            }
            """;
        LocatedFinding found = Assert.Single(PlanReading.Read(Outputs).AllFindings());
        Assert.Equal(("TYPED2017", "Query.C"), (found.DiagnosticId, found.Arguments[0]));
    }

    [Fact]
    public void Sharing_that_doubles_at_each_step_ends()
    {
        const string Members =
            """
            [Output] static Stream<Purchase> A(Stream<Purchase> rows) => T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(T(rows))))))))))))))))))));
            static Stream<Purchase> T(Stream<Purchase> rows) => rows.Union(rows);
            """;
        Assert.Equal(["TYPED0061 Query"], PlanReading.Read("[Pipeline(OutputMode.Append)] public sealed partial class Query { " + Members + " }").AllFindings().Select(PlanReading.Place));
    }
}
