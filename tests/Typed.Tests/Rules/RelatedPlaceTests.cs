using Microsoft.CodeAnalysis;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>Where two parts of a query conflict, the diagnostic stands at one and names the other.</summary>
public class RelatedPlaceTests
{
    private const string Marked = "rows.WithWatermark(p => p.Time, \"5 minutes\")";
    private const string Counted = ".Select(g => new Result(\"\", g.Count()))";

    // Each with the line that a related place is on: /*n*/ before it.
    [Theory]
    [InlineData("TYPED1005", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").Where(p => p.Quantity > 0).WithWatermark(p => p.Other, \"1 minute\").Select(p => new Result(p.UserId, 1))", "WithWatermark@1")]
    [InlineData("TYPED1002", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"), on: p => p.Other)" + Counted, "WithWatermark@1")]
    [InlineData("TYPED1001", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").GroupBy(p => p.UserId)" + Counted, "WithWatermark@1", "OutputMode.Append")]
    [InlineData("TYPED1001", "Append", "rows.GroupBy(p => p.UserId)" + Counted, "OutputMode.Append")]
    [InlineData("TYPED1003", "Append", "rows./*1*/GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).WithWatermark(x => x.Key, \"1 hour\").Select(x => new Result(\"\", x.N))", "GroupBy@1")]
    [InlineData("TYPED1004", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").GroupBy(p => new { p.UserId, p.Time }, Window.Tumbling(\"1 hour\")).Select(g => new Result(g.Key.UserId, g.Count()))", "WithWatermark@1")]
    [InlineData("TYPED1021", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").Union(more./*2*/WithWatermark(p => p.Other, \"1 minute\")).Select(p => new Result(p.UserId, 1))", "WithWatermark@1", "WithWatermark@2")]
    [InlineData("TYPED1022", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\")./*2*/GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window, N = g.Count() }).GroupBy(Window.Tumbling(\"1 day\"), on: x => x.Window)" + Counted, "GroupBy@2", "WithWatermark@1")]
    [InlineData("TYPED2016", "Update", "rows.Select(p => new Result(p.UserId, 1)).Take(3)", "OutputMode.Update")]
    [InlineData("TYPED2012", "Append", "rows.Select(p => new Result(p.UserId, 1)).OrderBy(r => r.Count)", "OutputMode.Append")]
    [InlineData("TYPED2018", "Update", Marked + "./*1*/GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new { g.Key, g.Window, N = g.Count() }).GroupBy(x => x.Window)" + Counted, "GroupBy@1", "OutputMode.Update")]
    [InlineData("TYPED2040", "Update", Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\"))" + Counted, "OutputMode.Update")]
    [InlineData("TYPED2052", "Append", "rows./*1*/WithWatermark(p => p.Time, \"5 minutes\").Select(p => new { A = p.Time, B = p.Time, p.UserId }).DropDuplicates(x => x.A).Select(p => new Result(p.UserId, 1))", "WithWatermark@1")]
    [InlineData("TYPED2060", "Complete", "rows.Join(more, on: (l, r) => l.UserId == r.UserId, select: (l, r) => new { l.UserId }).GroupBy(p => p.UserId)" + Counted, "OutputMode.Complete")]
    [InlineData("TYPED2097", "Append", Marked + ".DropDuplicatesWithinWatermark(p => p.UserId).Named(/*1*/\"one\").DropDuplicatesWithinWatermark(p => p.EventId).Named(\"one\").Select(p => new Result(p.UserId, 1))", "\"one\"@1")]
    [InlineData("TYPED2022", "Append", Marked + ".DropDuplicatesWithinWatermark(p => p.UserId).Named(/*1*/\"one\").Named(\"two\").Select(p => new Result(p.UserId, 1))", "\"one\"@1")]
    [InlineData("TYPED6030", "Append", "rows.Expect(/*1*/\"some\", p => p.Quantity > 0, OnViolation.Drop).Where(p => p.Quantity > 1).Expect(\"some\", p => p.Amount > 0, OnViolation.Drop).Select(p => new Result(p.UserId, 1))", "\"some\"@1")]
    [InlineData("TYPED2050", "Append", "rows.DropDuplicates(p => p.UserId).Select(p => new Result(p.UserId, 1))")]
    public void One(string id, string mode, string body, params string[] related)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(PlanReading.Records + PlanReading.Pipeline(body, mode: mode));
        Assert.Equal(related, Assert.Single(compiled.Diagnostics, one => one.Id == id).AdditionalLocations.Select(Shown));
    }

    [Fact]
    public void Fields_of_a_record_are_named_both()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(
            PlanReading.Usings + "[StreamRecord] public partial record struct Two([EventTime] DateTimeOffset A, [EventTime] DateTimeOffset B);\n"
            + "[StreamRecord] public partial record struct Same([JsonName(\"x\")] int A, int X, [Id(1)] int C, [Id(1)] int D);\n");
        Assert.Equal(
            ["TYPED0005 B: A", "TYPED0010 D: C", "TYPED0010 X: A"],
            compiled.Errors.Where(one => one.Id.StartsWith("TYPED", StringComparison.Ordinal)).Select(one => $"{one.Id} {Shown(one.Location)}: {string.Join(", ", one.AdditionalLocations.Select(Shown))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Outputs_of_one_name_are_named_both()
    {
        const string Outputs =
            """

            [Pipeline(OutputMode.Append)]
            public sealed partial class Query
            {
                [Output] public static Stream<Purchase> Some(Stream<Purchase> rows) => rows;
                [Output] public static Stream<Purchase> some(Stream<Purchase> rows) => rows;
            }
            """;
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(PlanReading.Records + Outputs);
        Assert.Equal(["Some"], Assert.Single(compiled.Diagnostics, one => one.Id == "TYPED6011").AdditionalLocations.Select(Shown));
    }

    private static string Shown(Location place)
    {
        string text = place.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString();
        string mark = text[..place.SourceSpan.Start];
        return text.Substring(place.SourceSpan.Start, place.SourceSpan.Length) + (mark.EndsWith("*/", StringComparison.Ordinal) ? "@" + mark[^3] : "");
    }
}
