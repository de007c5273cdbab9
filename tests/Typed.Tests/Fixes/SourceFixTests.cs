namespace Typed.Tests.Fixes;

/// <summary>What an editor offers for mistakes in records, in the class around a query and in its start: the text before and after, and what is left to say.</summary>
public sealed class SourceFixTests
{
    private const string Purchase = "[StreamRecord]\npublic readonly partial record struct Purchase(string UserId, double Weight, [EventTime] DateTimeOffset Time);\n\n";
    private const string Query = "[Pipeline(OutputMode.Append)]\npublic sealed partial class Query\n{\n    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.Weight > 1);\n}\n";
    private const string Class = "[Pipeline(OutputMode.Append)]\npublic sealed partial class Query\n{\n";
    private const string Define = "    public static Stream<Purchase> Define(Stream<Purchase> rows)\n    {\n";

    [Theory]
    // Records.
    [InlineData("TYPED0002", "Make 'Visit' a record", "[StreamRecord]\npublic sealed partial class Visit(string Page, int Count);\n", "[StreamRecord]\npublic sealed partial record Visit(string Page, int Count);\n")]
    [InlineData("TYPED0002", "Make 'Visit' a record", "[StreamRecord]\ninternal readonly partial struct Visit(string Page);\n", "[StreamRecord]\ninternal readonly partial record struct Visit(string Page);\n")]
    [InlineData("TYPED0004", "Make 'At' a DateTimeOffset", "[StreamRecord]\npublic partial record struct Visit(DateTime? At);\n", "[StreamRecord]\npublic partial record struct Visit(DateTimeOffset? At);\n")]
    [InlineData("TYPED0006", "Make 'At' a DateTimeOffset", "[StreamRecord]\npublic partial record struct Visit([EventTime] System.DateTime At);\n", "[StreamRecord]\npublic partial record struct Visit([EventTime] System.DateTimeOffset At);\n")]
    [InlineData("TYPED0053", "Mark 'Plain' as a record of columns", "// Rows.\npublic record struct Plain(string UserId);\n\n[Pipeline(OutputMode.Append)]\npublic sealed partial class Query\n{\n    public static Stream<Plain> Define(Stream<Plain> rows) => rows.Where(p => p.UserId != \"\");\n}\n", "// Rows.\n[StreamRecord]\npublic partial record struct Plain(string UserId);\n\n[Pipeline(OutputMode.Append)]\npublic sealed partial class Query\n{\n    public static Stream<Plain> Define(Stream<Plain> rows) => rows.Where(p => p.UserId != \"\");\n}\n")]
    [InlineData("TYPED0054", "Mark 'Plain' as a record of columns", Purchase + "public static partial class Around\n{\n    internal partial record Plain(string UserId);\n\n    [Pipeline(OutputMode.Append)]\n    internal sealed partial class Query\n    {\n        public static Stream<Plain> Define(Stream<Purchase> rows) => rows.Select(p => new Plain(p.UserId));\n    }\n}\n", Purchase + "public static partial class Around\n{\n    [StreamRecord]\n    internal partial record Plain(string UserId);\n\n    [Pipeline(OutputMode.Append)]\n    internal sealed partial class Query\n    {\n        public static Stream<Plain> Define(Stream<Purchase> rows) => rows.Select(p => new Plain(p.UserId));\n    }\n}\n")]

    // The class.
    [InlineData("TYPED0064", "Make 'Query' a pipeline", Purchase + "public sealed class Query\n{\n    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows;\n}\n", Purchase + "[Pipeline(OutputMode.Append)]\npublic sealed partial class Query\n{\n    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows;\n}\n")]
    [InlineData("TYPED4010", "Make 'least' a constant", Purchase + Class + Define + "        var least = 3.0;\n        return rows.Where(p => p.Weight > least);\n    }\n}\n", Purchase + Class + Define + "        const double least = 3.0;\n        return rows.Where(p => p.Weight > least);\n    }\n}\n")]
    [InlineData("TYPED4011", "Make 's_least' a constant", Purchase + Class + "    private static int s_least = 3;\n\n" + Define + "        return rows.Where(p => p.Weight > s_least);\n    }\n}\n", Purchase + Class + "    private const int s_least = 3;\n\n" + Define + "        return rows.Where(p => p.Weight > s_least);\n    }\n}\n")]
    [InlineData("TYPED4011", "Make 's_least' read only", Purchase + Class + "    private static int s_least = Environment.ProcessorCount;\n\n" + Define + "        return rows.Where(p => p.Weight > s_least);\n    }\n}\n", Purchase + Class + "    private static readonly int s_least = Environment.ProcessorCount;\n\n" + Define + "        return rows.Where(p => p.Weight > s_least);\n    }\n}\n")]
    [InlineData("TYPED6009", "Remove the input 'more'", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows, Stream<Purchase> more) => rows;\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows;\n}\n")]
    [InlineData("TYPED6016", "Remove 'heavy'", Purchase + Class + Define + "        Stream<Purchase> heavy = rows.Where(p => p.Weight > 1);\n        return rows;\n    }\n}\n", Purchase + Class + Define + "        return rows;\n    }\n}\n")]

    // Expressions.
    [InlineData("TYPED3001", "Round the key to an integer", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.WithWatermark(p => p.Time, \"1 hour\").GroupBy(p => p.Weight, Window.Tumbling(\"1 hour\")).Select(g => new Purchase(\"\", g.Key, g.Window.Start));\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.WithWatermark(p => p.Time, \"1 hour\").GroupBy(p => (long)Math.Round(p.Weight), Window.Tumbling(\"1 hour\")).Select(g => new Purchase(\"\", g.Key, g.Window.Start));\n}\n")]
    [InlineData("TYPED3053", "Use ToUpperInvariant", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.UserId.ToUpper() == \"A\");\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.UserId.ToUpperInvariant() == \"A\");\n}\n")]
    [InlineData("TYPED3053", "Pass CultureInfo.InvariantCulture", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.Time.ToString(\"yyyy\") == \"2026\");\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.Time.ToString(\"yyyy\", System.Globalization.CultureInfo.InvariantCulture) == \"2026\");\n}\n")]
    [InlineData("TYPED4001", "Use the clock of the batch", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.Time < DateTime.UtcNow.AddDays(-1));\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.Where(p => p.Time < Batch.Now.AddDays(-1));\n}\n")]
    [InlineData("TYPED1003", "Declare the watermark before 'GroupBy', over 'Time'", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).WithWatermark(p => p.Time, \"1 hour\").Select(g => new Purchase(g.Key, 1, g.Window.Start));\n}\n", Purchase + Class + "    public static Stream<Purchase> Define(Stream<Purchase> rows) => rows.WithWatermark(p => p.Time, \"1 hour\").GroupBy(p => p.UserId, Window.Tumbling(\"1 hour\")).Select(g => new Purchase(g.Key, 1, g.Window.Start));\n}\n")]

    // The start.
    [InlineData("TYPED6041", "Wait for 'query'", Purchase + Query + "\npublic static class Program\n{\n    public static async System.Threading.Tasks.Task Main()\n    {\n        // Runs.\n        await using StreamingQuery query = await Query.From(new MemorySource<Purchase>()).To(ConsoleSink.Table()).StartAsync();\n    }\n}\n", Purchase + Query + "\npublic static class Program\n{\n    public static async System.Threading.Tasks.Task Main()\n    {\n        // Runs.\n        await using StreamingQuery query = await Query.From(new MemorySource<Purchase>()).To(ConsoleSink.Table()).StartAsync();\n        await query.Completion;\n    }\n}\n")]
    public async Task One(string id, string title, string before, string after)
    {
        using FixedProject project = new("using Typed;\n\n" + before);
        Assert.Contains(id, await project.IdsAsync());
        await project.ApplyAsync(id, title);
        Assert.Equal("using Typed;\n\n" + after, project.Source());
        Assert.Empty(await project.IdsAsync());
    }

    /// <summary>A value that is set somewhere is no constant, and one that is made by the method cannot be.</summary>
    [Theory]
    [InlineData("TYPED4010", Purchase + Class + Define + "        double least = Math.Sqrt(3);\n        return rows.Where(p => p.Weight > least);\n    }\n}\n")]
    [InlineData("TYPED4011", Purchase + Class + "    private static int s_least = 3;\n\n    public static void Raise() => s_least++;\n\n" + Define + "        return rows.Where(p => p.Weight > s_least);\n    }\n}\n")]
    [InlineData("TYPED0004", "[StreamRecord]\npublic partial record struct Visit(object At);\n")]
    [InlineData("TYPED0002", "[StreamRecord]\npublic partial class Visit\n{\n    public int Count { get; set; }\n}\n")]
    public async Task Nothing_is_offered(string id, string source)
    {
        using FixedProject project = new("using Typed;\n\n" + source);
        Assert.Empty(await project.OffersAsync(id));
    }

    [Fact]
    public async Task All_records_of_a_project_get_instants_at_once()
    {
        using FixedProject project = new(
            "using Typed;\n\n[StreamRecord]\npublic partial record struct A([EventTime] DateTime At, DateTime Then);\n",
            "using Typed;\n\n[StreamRecord]\npublic partial record struct B(DateTime At);\n");
        await project.FixAllAsync("TYPED0004");
        await project.FixAllAsync("TYPED0006");
        Assert.Empty(await project.IdsAsync());
    }
}
