using Microsoft.CodeAnalysis;
using Typed.Tests.Compilation;

namespace Typed.Tests.Rules;

/// <summary>What is wrong between a query and its start: where it is said, and what is not said of.</summary>
public class QueryStartRuleTests
{
    private const string Query =
        """
        using Typed;

        [StreamRecord]
        public readonly partial record struct Row(int Number);

        [Pipeline(OutputMode.Append)]
        public sealed partial class Query
        {
            public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1);
        }

        """;

    private const string From = "Query.From(new MemorySource<Row>())";

    [Theory]
    [InlineData("return " + From + ".StartAsync();", "TYPED6040 StartAsync")]
    [InlineData("return " + From + ".LateTo(ConsoleSink.Table()).StartAsync();", "TYPED6040 StartAsync")]
    [InlineData("return " + From + ".To(ConsoleSink.Table()).StartAsync();", "")]
    [InlineData("return " + From + ".To(new MemorySink<Row>()).LateTo(ConsoleSink.Table()).StartAsync();", "")]
    [InlineData("var start = " + From + "; return start.StartAsync();", "")]
    [InlineData("return With(" + From + ").StartAsync();", "")]
    public void A_start_needs_a_sink(string body, string expected) => Check(
        Query + "public static class Uses\n{\n    public static Task<StreamingQuery> Use() { " + body + " }\n    private static PipelineStart<Row> With(PipelineStart<Row> start) => start.To(ConsoleSink.Table());\n}\n", expected);

    [Theory]
    [InlineData("await using StreamingQuery query = await start;", "TYPED6041 query")]
    [InlineData("await using var query = await start;", "TYPED6041 query")]
    [InlineData("{ await using var query = await start; }", "TYPED6041 query")]
    [InlineData("await using StreamingQuery query = await start; await query.Completion;", "")]
    [InlineData("await using StreamingQuery query = await start; Console.ReadLine();", "")]
    [InlineData("StreamingQuery query = await start;", "")]
    [InlineData("using var other = new System.IO.MemoryStream();", "")]
    public void A_query_is_waited_for(string body, string expected) =>
        Check("using Typed;\npublic static class Uses\n{\n    public static async Task Use(Task<StreamingQuery> start) { await Task.Yield(); " + body + " }\n}\n", expected);

    [Theory]
    [InlineData("public sealed class Query { public static Stream<Row> Define(Stream<Row> rows) => rows; }", "TYPED0064 Query")]
    [InlineData("[Pipeline(OutputMode.Append)] public sealed partial class Query { public static Stream<Row> Define(Stream<Row> rows) => rows; }", "")]
    [InlineData("public static class Helpers { public static Stream<Row> Large(Stream<Row> rows) => rows; }", "")]
    [InlineData("public static class Helpers { public static int Define(Stream<Row> rows) => 1; }", "")]
    [InlineData("public static class Helpers { public static Stream<Row> Define(int number) => null!; }", "")]
    public void A_query_is_marked(string type, string expected) =>
        Check("using Typed;\n[StreamRecord] public readonly partial record struct Row(int Number);\n" + type, expected);

    private static void Check(string source, string expected)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        IEnumerable<string> found = compiled.Diagnostics.Where(one => one.Severity >= DiagnosticSeverity.Warning && one.Id != "CS1998")
            .Select(one => one.Id + " " + one.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(one.Location.SourceSpan));
        Assert.Equal(expected.Length == 0 ? [] : [expected], found);
    }
}
