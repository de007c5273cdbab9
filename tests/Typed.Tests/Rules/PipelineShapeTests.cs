extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>What a pipeline class and the body of Define must look like, and where it is said if they do not.</summary>
public class PipelineShapeTests
{
    private const string Good = "public static Stream<Result> Define(Stream<Purchase> rows) => rows.Select(p => new Result(p.UserId, 1));";

    [Theory]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { " + Good + " }")]
    [InlineData("[Pipeline(OutputMode.Append)] public class Query { " + Good + " }", "TYPED0051 Query")]
    [InlineData("public class Outer { [Pipeline(OutputMode.Append)] public partial class Query { " + Good + " } }", "TYPED0051 Query")]
    [InlineData("public partial class Outer { [Pipeline(OutputMode.Append)] public partial class Query { " + Good + " } }")]
    [InlineData("[Pipeline(OutputMode.Append)] public static partial class Query { " + Good + " }", "TYPED0051 Query")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { }", "TYPED0052 Query")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static int Define(Stream<Purchase> rows) => 1; }", "TYPED0052 Define")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { " + Good + " public static Stream<Result> Define(Stream<Result> rows) => rows; }", "TYPED0052 Define")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<Result> Define(Stream<Result> rows, int least) => rows; }", "TYPED0053 least")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<Result> Define(Stream<string> rows) => rows.Select(r => new Result(r, 1)); }", "TYPED0053 rows")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<string> Define(Stream<Purchase> rows) => rows.Select(r => r.UserId); }", "TYPED0054 Stream<string>")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<Result> Define(Table<Purchase> rows) => throw new Exception(); }", "TYPED0059 Define")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<Result> Define(Stream<Result> rows, Table<Product> products) => rows; }", "TYPED6009 products")]
    [InlineData("[Pipeline(OutputMode.Append)] public partial class Query { public static Stream<Result> Define(Stream<Result> rows, Stream<Result> more) => more; }", "TYPED6009 rows")]
    public void The_class_and_its_define(string source, params string[] expected) =>
        Assert.Equal(expected, Read(source).AllFindings().Select(PlanReading.Place));

    [Theory]
    [InlineData("{ if (rows == null) return null!; return rows.Select(p => new Result(p.UserId, 1)); }", "", "TYPED0055 if (rows == null) return null!;")]
    [InlineData("{ var a = rows; a = more; return a.Select(p => new Result(p.UserId, 1)); }", "", "TYPED0055 a = more;")]
    [InlineData("{ Stream<Purchase> a; return (true ? rows : more).Select(p => new Result(p.UserId, 1)); }", "", "TYPED0055 true ? rows : more")]
    [InlineData("Elsewhere.Rows().Select(p => new Result(p.UserId, 1))", "private static class Elsewhere { public static Func<Stream<Purchase>> Rows = () => null!; }", "TYPED0055 Elsewhere.Rows()")]
    [InlineData("Only(rows).Select(p => new Result(p.UserId, 1))", "private static Stream<T> Only<T>(Stream<T> rows) => rows;", "TYPED0055 Only(rows)")]
    [InlineData("Again(rows).Select(p => new Result(p.UserId, 1))", "private static Stream<Purchase> Again(Stream<Purchase> rows) => Other(rows); private static Stream<Purchase> Other(Stream<Purchase> rows) => Again(rows);", "TYPED0056 Again")]
    [InlineData("rows.Take(Environment.ProcessorCount).Select(p => new Result(p.UserId, 1))", "", "TYPED0057 Environment.ProcessorCount")]
    [InlineData("rows.WithWatermark(p => p.Time, Delay).Select(p => new Result(p.UserId, 1))", "private static string Delay = \"1 minute\";", "TYPED0057 Delay")]
    [InlineData("rows.WithWatermark(p => p.Time, Delay).Select(p => new Result(p.UserId, 1))", "private const string Delay = \"1 minute\";")]
    [InlineData("rows.GroupBy(p => p.UserId, Size, p => p.Time).Select(g => new Result(g.Key, 1))", "private static readonly Window Size = Window.Tumbling(\"1 minute\");", "TYPED0057 Size")]
    [InlineData("rows.LeftJoin(products, (p, t) => p.Category == t.Id, (p, t) => t).Select(t => new Result(\"\", 1))", "", "TYPED0058 (p, t) => t")]
    [InlineData("rows.Select(p => new { C = p.UserId[0] }).Select(t => new Result(\"\", 1))", "", "TYPED0058 p => new { C = p.UserId[0] }")]
    [InlineData("rows.Where(Good).Select(p => new Result(p.UserId, 1))", "private static readonly Func<Purchase, bool> Good = p => true;", "TYPED0060 Good")]
    [InlineData("rows.Where(Good).Select(p => new Result(p.UserId, 1))", "private static bool Good(Purchase p) => p.Quantity > 1;", "TYPED3055 Good")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.ToString(), 1))", "", "TYPED0062 g")]
    [InlineData("rows.GroupBy(p => p.Tags, \"1 day\").Select(g => new Result(\"\", 1))", "", "TYPED3005 p => p.Tags")]
    [InlineData("rows.GroupBy(p => new { p.UserId, p.Tags }, \"1 day\").Select(g => new Result(\"\", 1))", "", "TYPED3005 p => new { p.UserId, p.Tags }")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, (long)(g.ApproxQuantile(p => p.Quantity, 95) ?? 0)))", "", "TYPED3010 ApproxQuantile")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, g.Collect(p => p.Quantity, 0).Count))", "", "TYPED3010 Collect")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.Key, g.ApproxCountDistinct(p => p.Quantity, 0.3)))", "", "TYPED3010 ApproxCountDistinct")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.MaxBy(p => p.Category, p => p.Note), 1))", "", "TYPED3010 MaxBy")]
    [InlineData("rows.GroupBy(p => p.UserId, \"1 day\").Select(g => new Result(g.MaxBy(p => p.Note, p => p.Note) ?? \"\", 1))", "")]
    public void The_body_of_define(string body, string members, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, mode: body.Contains("GroupBy") ? "Update" : "Append", members: members).Where(found => !found.StartsWith("TYPED2001")));

    [Fact]
    public void A_plan_that_doubles_at_each_step_ends()
    {
        const string Helper = "private static Stream<Purchase> Twice(Stream<Purchase> rows) => rows.Union(rows);";
        string body = "Twice(Twice(Twice(Twice(Twice(Twice(Twice(Twice(Twice(Twice(Twice(Twice(rows)))))))))))).Select(p => new Result(p.UserId, 1))";
        Assert.Contains("TYPED0061 Query", PlanReading.Found(body, members: Helper));
    }

    [Fact]
    public void C_sharp_that_does_not_compile_is_left_to_the_compiler()
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + PlanReading.Pipeline("rows.Where(p => p.Nothing).Select(p => new Result(p.UserId, 1))"));
        ParsedPipeline parsed = PipelineParser.Parse(compilation.GetTypeByMetadataName("Query")!, compilation, CancellationToken.None);
        Assert.Null(parsed.Spec);
        Assert.DoesNotContain(parsed.Findings, finding => finding.DiagnosticId is "TYPED0055" or "TYPED0060");
    }

    private static ParsedPipeline Read(string source)
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(PlanReading.Records + source);
        INamedTypeSymbol query = compilation.GetSymbolsWithName("Query", SymbolFilter.Type).OfType<INamedTypeSymbol>().Single();
        return PipelineParser.Parse(query, compilation, CancellationToken.None);
    }
}
