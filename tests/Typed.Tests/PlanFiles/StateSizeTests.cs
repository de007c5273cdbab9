extern alias plans;

using plans::Typed.PlanFiles;

namespace Typed.Tests.PlanFiles;

/// <summary>What plan files say of how much is kept and why: by types, [Cardinality], [Rate] and [Unbounded].</summary>
public class StateSizeTests
{
    private const string Records = """
        using Typed;
        using static Typed.Durations;

        public enum Kind { View, Buy, Leave }
        [StreamRecord] public readonly partial record struct Visit([Cardinality(10_000)] long User, string Page, Kind Kind, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Row(string Key, long Count);

        """;

    [Theory]
    // Keys × open windows, of an hour 10 minutes late: 1 and a sixth.
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.User, Window.Tumbling(\"1 hour\")).Select(g => new Row(\"\", g.Count()))", "about 501 KB: 12,000 entries of 44 bytes")]
    // No window has more groups than rows.
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"0 seconds\").GroupBy(x => x.User, Window.Tumbling(\"10 seconds\")).Select(g => new Row(\"\", g.Count()))", "about 43 KB: 1,000 entries of 44 bytes")]
    // Slices of 10 minutes, of which six are a window.
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.Kind, Window.Sliding(\"1 hour\", every: \"10 minutes\")).Select(g => new Row(\"\", g.Count()))", "about 924 bytes: 21 entries of 44 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.Page, Window.Tumbling(\"1 hour\")).Select(g => new Row(g.Key, g.Count()))", "about 27 MB: 420,000 entries of 68 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.User, Window.Session(\"5 minutes\")).Select(g => new Row(\"\", g.Count()))", "about 664 KB: 10,000 entries of 68 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").DropDuplicatesWithinWatermark(x => x.Page).Select(x => new Row(x.Page, 1))", "about 8.1 MB: 120,000 entries of 71 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").DropDuplicates(x => new { x.User, x.Time }).Select(x => new Row(x.Page, 1))", "about 3.2 MB: 60,000 entries of 55 bytes")]
    // In update mode the windows are there themselves: a row is in six of them.
    [InlineData("Update", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.User, Window.Sliding(\"1 hour\", every: \"10 minutes\")).Select(g => new Row(\"\", g.Count()))", "about 2.9 MB: 70,000 entries of 44 bytes")]
    [InlineData("Append", "v.Union(v.Where(x => x.Kind == Kind.Buy)).WithWatermark(x => x.Time, \"10 minutes\").DropDuplicatesWithinWatermark(x => x.Page).Select(x => new Row(x.Page, 1))", "about 16 MB: 240,000 entries of 71 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").Select(x => new { Who = x.User % 100, Again = x.User, x.Time }).GroupBy(x => new { x.Who, x.Again }, Window.Tumbling(\"1 hour\"), on: x => x.Time).Select(g => new Row(\"\", g.Count()))", "about 21 MB: 420,000 entries of 52 bytes")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"10 minutes\").TopBy(3, x => new { x.Kind, Hour = TimeWindow.Of(x.Time, Hours(1)) }, by: x => x.User).Select(x => new Row(x.Page, 1))", "about 868 bytes: 4 entries of 250 bytes")]
    [InlineData("Update", "v.LastBy(x => x.Page, by: x => x.Time, ttl: \"1 minute\").Select(x => new Row(x.Page, 1))", "about 797 KB: 6,000 entries of 140 bytes")]
    [InlineData("Update", "v.GroupBy(x => x.User).Select(g => new Row(\"\", g.Count()))", "about 430 KB: 10,000 entries of 44 bytes")]
    [InlineData("Update", "v.GroupBy(x => x.Kind).Select(g => new Row(\"\", g.Count()))", "about 132 bytes: 3 entries of 44 bytes")]
    [InlineData("Update", "v.GroupBy(x => x.Page).Select(g => new Row(g.Key, g.Count()))", "about 560 MB more each day: 8,600,000 entries of 68 bytes")]
    [InlineData("Update", "v.GroupBy(x => x.Page, ttl: \"1 minute\").Select(g => new Row(g.Key, g.Count()))", "about 398 KB: 6,000 entries of 68 bytes")]
    [InlineData("Complete", "v.WithWatermark(x => x.Time, \"10 minutes\").GroupBy(x => x.User, Window.Tumbling(\"1 day\")).Select(g => new Row(\"\", g.Count()))", "about 430 KB more each day: 10,000 entries of 44 bytes")]
    public void A_state_has_a_size(string mode, string body, string expected)
    {
        StateSheet state = Assert.Single(States(mode, "[Rate(100)] Stream<Visit> v", body));
        Assert.Equal(expected, state.Size);
        Assert.True(state.Bytes > 0);
    }

    [Theory]
    [InlineData("Update", "v.GroupBy(x => x.Page).Select(g => new Row(g.Key, g.Count()))", "size unknown without [Cardinality] on Page")]
    [InlineData("Update", "v.GroupBy(x => new { x.User, x.Page }).Select(g => new Row(g.Key.Page, g.Count()))", "size unknown without [Cardinality] on Page")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"1 minute\").DropDuplicates(x => new { x.Page, x.Time }).Select(x => new Row(x.Page, 1))", "size unknown without [Rate] on v")]
    [InlineData("Append", "v.WithWatermark(x => x.Time, \"1 minute\").GroupBy(x => x.Page, Window.Tumbling(\"1 minute\")).Select(g => new Row(g.Key, g.Count()))", "size unknown without [Cardinality] on Page")]
    public void Where_it_is_not_known_the_hint_is_named(string mode, string body, string expected)
    {
        StateSheet state = Assert.Single(States(mode, "Stream<Visit> v", body));
        Assert.Equal((expected, -1), (state.Size, state.Bytes));
    }

    [Fact]
    public void Each_side_of_a_join_has_its_own()
    {
        StateSheet[] sides = States("Append", "[Rate(100)] Stream<Visit> v, [Rate(5)] Stream<Visit> w",
            "v.WithWatermark(x => x.Time, \"5 minutes\").Join(w.WithWatermark(x => x.Time, \"10 minutes\"), on: (l, r) => l.User == r.User && r.Time >= l.Time && r.Time <= l.Time + Hours(1), select: (l, r) => new Row(l.Page, r.User))");

        // A left row waits an hour for its match, a right one for none; both while the watermark is 10 minutes behind.
        Assert.Equal(["about 43 MB: 420,000 entries of 110 bytes", "about 241 KB: 3,000 entries of 82 bytes"], sides.Select(side => side.Size));
    }

    [Fact]
    public void The_reason_stands_with_what_is_kept_for_ever()
    {
        StateSheet state = Assert.Single(States("Update", "Stream<Visit> v", "v.GroupBy(x => x.Page).Select(g => new Row(g.Key, g.Count()))", "[Unbounded(\"a few pages\")]"));
        Assert.Equal("a few pages", state.Why);
        Assert.Equal("state: a row for each group, for ever (\"a few pages\")", TextPlan.State(state));
        Assert.Equal("state: a row for each group, for ever (\"a few pages\"); about 2 KB", TextPlan.State(state with { Size = "about 2 KB", Bytes = 2000 }));
    }

    [Theory]
    [InlineData("text", "Size of state\n  aggregate-1: a row for each group: size unknown without [Cardinality] on Page")]
    [InlineData("markdown", "**for ever**: a few pages | size unknown without")]
    [InlineData("json", "\"why\": \"a few pages\"")]
    public void Every_form_says_both(string format, string expected)
    {
        PlanSheet sheet = PlannedSource.Sheet(Source("Update", "Stream<Visit> v", "v.GroupBy(x => x.Page).Select(g => new Row(g.Key, g.Count()))", "[Unbounded(\"a few pages\")]"));
        string text = format switch { "text" => TextPlan.Of(sheet), "markdown" => MarkdownPlan.Of(sheet), _ => PlanJson.Write(sheet) };
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(sheet, PlanJson.Read(PlanJson.Write(sheet)));
    }

    private static StateSheet[] States(string mode, string inputs, string body, string attribute = "") =>
        [.. PlannedSource.Sheet(Source(mode, inputs, body, attribute)).Operators.SelectMany(one => one.State)];

    private static string Source(string mode, string inputs, string body, string attribute) =>
        Records + $$"""{{attribute}} [Pipeline(OutputMode.{{mode}})] public sealed partial class Query { public static Stream<Row> Define({{inputs}}) => {{body}}; }""";
}
