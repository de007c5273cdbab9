using Typed.Tests.House;

namespace Typed.Tests.Fixes;

/// <summary>What an editor offers for a query that cannot run: the text before and after, and that nothing is left of the diagnostic.</summary>
public sealed class PlanFixTests
{
    private const string Records =
        """
        using Typed;
        using static Typed.Durations;

        namespace Shop;

        [StreamRecord]
        public readonly partial record struct Purchase(string UserId, int Quantity, double Weight, [EventTime] DateTimeOffset Time);

        [StreamRecord]
        public readonly partial record struct Visit(string UserId, DateTimeOffset At);

        [StreamRecord]
        public readonly partial record struct Result(string Key, long Count);


        """;

    private const string Counted = ".Select(g => new Result(g.Key, g.Count()))";
    private const string Marked = "rows.WithWatermark(p => p.Time, \"5 minutes\")";
    private const string Both = ".WithWatermark(p => p.Time, \"1 minute\")";

    [Theory]
    // The output mode.
    [InlineData("TYPED1001", "Use OutputMode.Update", "Append: rows.GroupBy(p => p.UserId)" + Counted, "Update: rows.GroupBy(p => p.UserId)" + Counted, "TYPED2001")]
    [InlineData("TYPED2014", "Use OutputMode.Complete", "Update: rows.GroupBy(p => p.UserId, ttl: \"1 day\")" + Counted + ".OrderBy(r => r.Count)", "Complete: rows.GroupBy(p => p.UserId, ttl: \"1 day\")" + Counted + ".OrderBy(r => r.Count)")]
    [InlineData("TYPED2016", "Use OutputMode.Append", "Update: rows.Select(p => new Result(p.UserId, 1)).Take(3)", "Append: rows.Select(p => new Result(p.UserId, 1)).Take(3)")]
    [InlineData("TYPED2017", "Use OutputMode.Append", "Complete: rows.Select(p => new Result(p.UserId, 1))", "Append: rows.Select(p => new Result(p.UserId, 1))")]
    [InlineData("TYPED2040", "Use OutputMode.Append", "Update: " + Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\"))" + Counted, "Append: " + Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\"))" + Counted)]
    [InlineData("TYPED2040", "Use OutputMode.Complete", "Update: " + Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\"))" + Counted, "Complete: " + Marked + ".GroupBy(p => p.UserId, Window.Session(\"1 minute\"))" + Counted)]

    // The watermark.
    [InlineData("TYPED1001", "Declare a watermark", "Append: rows.GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Append: rows.WithWatermark(p => p.Time, \"10 minutes\").GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))" + Counted)]
    [InlineData("TYPED1001", "Declare a watermark", "Append: rows\n    .Where(p => p.Quantity > 1)\n    .GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))\n    " + Counted, "Append: rows\n    .Where(p => p.Quantity > 1)\n    .WithWatermark(p => p.Time, \"10 minutes\")\n    .GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\"))\n    " + Counted)]
    [InlineData("TYPED1001", "Declare a watermark", "Append: visits.GroupBy(v => v.UserId, Window.Tumbling(\"1 hour\"), on: v => v.At)" + Counted, "Append: visits.WithWatermark(v => v.At, \"10 minutes\").GroupBy(v => v.UserId, Window.Tumbling(\"1 hour\"), on: v => v.At)" + Counted)]
    [InlineData("TYPED2051", "Declare a watermark", "Append: rows.DropDuplicatesWithinWatermark(p => p.UserId).Select(p => new Result(p.UserId, 1))", "Append: rows.WithWatermark(p => p.Time, \"10 minutes\").DropDuplicatesWithinWatermark(p => p.UserId).Select(p => new Result(p.UserId, 1))")]
    [InlineData("TYPED1003", "Declare the watermark before 'GroupBy'", "Append: rows.GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).WithWatermark(x => x.Key, \"1 hour\").Select(x => new Result(\"\", x.N))", "Append: rows.WithWatermark(p => p.Time, \"1 hour\").GroupBy(p => p.Time).Select(g => new { g.Key, N = g.Count() }).Select(x => new Result(\"\", x.N))")]
    [InlineData("TYPED1005", "Remove 'WithWatermark'", "Append: " + Marked + ".Where(p => p.Quantity > 1).WithWatermark(p => p.Time, \"1 hour\").Select(p => new Result(p.UserId, 1))", "Append: " + Marked + ".Where(p => p.Quantity > 1).Select(p => new Result(p.UserId, 1))")]
    [InlineData("TYPED1017", "Cut the windows over 'At'", "Update: visits.Select(v => new { v.UserId, v.At, Then = v.At }).GroupBy(v => v.UserId, Window.Tumbling(\"1 hour\"))" + Counted, "Update: visits.Select(v => new { v.UserId, v.At, Then = v.At }).GroupBy(v => v.UserId, Window.Tumbling(\"1 hour\"), on: v => v.At)" + Counted, "TYPED2001")]

    // Joins of streams.
    [InlineData("TYPED2062", "Bound the time", "Append: " + Marked + ".LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId, select: (l, r) => new Result(\"\", 1))", "Append: " + Marked + ".LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + TimeSpan.FromHours(1), select: (l, r) => new Result(\"\", 1))")]
    [InlineData("TYPED2067", "Bound the time", "Append: " + Marked + ".Join(more" + Both + ", (l, r) => l.UserId == r.UserId, (l, r) => new Result(\"\", 1))", "Append: " + Marked + ".Join(more" + Both + ", (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + TimeSpan.FromHours(1), (l, r) => new Result(\"\", 1))")]
    [InlineData("TYPED2068", "Declare a watermark", "Append: rows.LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Minutes(10), select: (l, r) => new Result(\"\", 1))", "Append: rows.WithWatermark(x => x.Time, \"10 minutes\").LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Minutes(10), select: (l, r) => new Result(\"\", 1))")]
    [InlineData("TYPED2060", "Use OutputMode.Append", "Update: " + Marked + ".LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Minutes(10), select: (l, r) => new Result(\"\", 1))", "Append: " + Marked + ".LeftJoin(more" + Both + ", on: (l, r) => l.UserId == r.UserId && r.Time >= l.Time && r.Time <= l.Time + Minutes(10), select: (l, r) => new Result(\"\", 1))")]

    // State that grows without end.
    [InlineData("TYPED2001", "Forget groups", "Update: rows.GroupBy(p => p.UserId)" + Counted, "Update: rows.GroupBy(p => p.UserId, ttl: \"30 days\")" + Counted)]
    [InlineData("TYPED2011", "Count approximately", "Complete: rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.CountDistinct(p => p.Quantity)))", "Complete: rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.ApproxCountDistinct(p => p.Quantity)))")]
    [InlineData("TYPED2050", "Forget keys", "Append: " + Marked + ".DropDuplicates(p => p.UserId).Select(p => new Result(p.UserId, 1))", "Append: " + Marked + ".DropDuplicatesWithinWatermark(p => p.UserId).Select(p => new Result(p.UserId, 1))")]

    // Operators that say nothing where they stand, and the clock.
    [InlineData("TYPED2013", "Remove 'OrderBy'", "Complete: rows.OrderBy(p => p.Quantity).Take(5).GroupBy(p => p.UserId)" + Counted, "Complete: rows.Take(5).GroupBy(p => p.UserId)" + Counted)]
    [InlineData("TYPED2021", "Remove 'Named'", "Append: rows.Where(p => p.Quantity > 1).Named(\"one\").Select(p => new Result(p.UserId, 1))", "Append: rows.Where(p => p.Quantity > 1).Select(p => new Result(p.UserId, 1))")]
    [InlineData("TYPED4001", "Use the clock of the batch", "Append: rows.Where(p => p.Time < DateTimeOffset.UtcNow).Select(p => new Result(p.UserId, 1))", "Append: rows.Where(p => p.Time < Batch.Now).Select(p => new Result(p.UserId, 1))")]
    public async Task One(string id, string title, string before, string after, params string[] left)
    {
        using FixedProject project = new(Pipeline(before));
        Assert.Contains(id, await project.IdsAsync());
        await project.ApplyAsync(id, title);
        Assert.Equal(Pipeline(after), project.Source());
        Assert.Equal(left, await project.IdsAsync());
    }

    // Where an edit would not help, none is offered.
    [Theory]
    [InlineData("TYPED1001", "Append: " + Marked + ".GroupBy(p => p.UserId)" + Counted, "Use OutputMode.Update")]
    [InlineData("TYPED1001", "Append: rows.Select(p => new { p.UserId }).GroupBy(p => p.UserId)" + Counted, "Use OutputMode.Update")]
    [InlineData("TYPED1001", "Append: from p in rows group p by p.UserId into g select new Result(g.Key, g.Count())", "Use OutputMode.Update")]
    [InlineData("TYPED4001", "Append: rows.Select(p => new Result(Guid.NewGuid().ToString(), 1))")]
    public async Task Nothing_else_is_offered(string id, string body, params string[] offers)
    {
        using FixedProject project = new(Pipeline(body));
        Assert.Equal(offers, await project.OffersAsync(id));
    }

    [Fact]
    public async Task The_event_time_is_marked_in_the_file_of_its_record()
    {
        const string query =
            """
            using Typed;

            namespace Shop;

            [Pipeline(OutputMode.Update)]
            public sealed partial class Counts
            {
                public static Stream<Result> Define(Stream<Visit> visits) => visits.GroupBy(v => v.UserId, Window.Tumbling("1 hour")).Select(g => new Result(g.Key, g.Count()));
            }
            """;
        using FixedProject project = new(query, Records);
        await project.ApplyAsync("TYPED1017", "Mark 'At' of 'Visit' as the event time");
        Assert.Equal(query, project.Source());
        Assert.Contains("Visit(string UserId, [EventTime] DateTimeOffset At)", project.Source(1), StringComparison.Ordinal);
        Assert.Equal(["TYPED2001"], await project.IdsAsync());
    }

    [Fact]
    public async Task The_output_mode_is_changed_in_the_file_of_the_attribute()
    {
        const string mode = "using Typed;\n\nnamespace Shop;\n\n[Pipeline(OutputMode.Complete)]\npublic sealed partial class Counts;\n";
        const string query = "using Typed;\n\nnamespace Shop;\n\npublic sealed partial class Counts\n{\n    public static Stream<Result> Define(Stream<Purchase> rows) => rows.Select(p => new Result(p.UserId, 1));\n}\n";
        using FixedProject project = new(query, mode, Records);
        await project.ApplyAsync("TYPED2017", "Use OutputMode.Append");
        Assert.Equal(mode.Replace("Complete", "Append", StringComparison.Ordinal), project.Source(1));
        Assert.Equal(query, project.Source());
        Assert.Empty(await project.IdsAsync());
    }

    [Fact]
    public async Task A_reason_stands_below_the_other_attributes_and_is_asked_for()
    {
        using FixedProject project = new(Pipeline("Update: rows.GroupBy(p => p.UserId)" + Counted));
        await project.ApplyAsync("TYPED2001", "Say why");
        Assert.Contains("[Pipeline(OutputMode.Update)]\n[Unbounded(\"\")]\npublic sealed partial class Counts\n", project.Source(), StringComparison.Ordinal);
        Assert.Equal(["TYPED2002", "TYPED2001"], await project.IdsAsync());
    }

    [Theory]
    [InlineData("TYPED0001", "[StreamRecord]\npublic record struct Alone(int Value);\n", "[StreamRecord]\npublic partial record struct Alone(int Value);\n")]
    [InlineData("TYPED0001", "public class Around\n{\n    [StreamRecord]\n    // Within.\n    record struct Alone(int Value);\n}\n", "public partial class Around\n{\n    [StreamRecord]\n    // Within.\n    partial record struct Alone(int Value);\n}\n")]
    [InlineData("TYPED0051", "[Pipeline(OutputMode.Append)]\npublic sealed class Alone\n{\n    public static Stream<Result> Define(Stream<Result> rows) => rows;\n}\n", "[Pipeline(OutputMode.Append)]\npublic sealed partial class Alone\n{\n    public static Stream<Result> Define(Stream<Result> rows) => rows;\n}\n")]
    public async Task Types_become_partial(string id, string before, string after)
    {
        using FixedProject project = new(Records + before);
        while ((await project.IdsAsync()).Contains(id))
            await project.ApplyAsync(id, "Make '");
        Assert.Equal(Records + after, project.Source());
    }

    [Fact]
    public async Task All_of_a_project_are_fixed_at_once()
    {
        string[] sources = [.. Enumerable.Range(0, 3).Select(i => Pipeline("Append: rows.Where(p => p.Time < DateTimeOffset.UtcNow && p.Time > DateTimeOffset.Now).Select(p => new Result(p.UserId, 1))", $"Counts{i}", i == 0))];
        using FixedProject project = new(sources);
        await project.FixAllAsync("TYPED4001");
        Assert.Empty(await project.IdsAsync());
    }

    /// <summary>Each fix says what it can do all at once, and each id that it names is one of ours.</summary>
    [Fact]
    public void Every_fix_has_a_fix_all()
    {
        foreach (Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider fix in FixedProject.Fixes)
        {
            Assert.NotNull(fix.GetFixAllProvider());
            Assert.All(fix.FixableDiagnosticIds, id => Assert.True(File.Exists(Checkout.At("docs", "diagnostics", id + ".md")), id));
        }
    }

    private static string Pipeline(string modeAndBody, string name = "Counts", bool withRecords = true)
    {
        string[] parts = modeAndBody.Split(": ", 2);

        // An input that nothing reads would be told of.
        (string Name, string Type)[] inputs = [("rows", "Purchase"), ("more", "Purchase"), ("visits", "Visit")];
        string read = string.Join(", ", inputs.Where(input => parts[1].Contains(input.Name, StringComparison.Ordinal)).Select(input => $"Stream<{input.Type}> {input.Name}"));
        return (withRecords ? Records : "using Typed;\n\nnamespace Shop;\n\n")
            + $"[Pipeline(OutputMode.{parts[0]})]\npublic sealed partial class {name}\n{{\n    public static Stream<Result> Define({read}) => {parts[1]};\n}}\n";
    }
}
