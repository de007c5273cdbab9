namespace Typed.Tests.Fixes;

/// <summary>What an editor offers for the setup of a query that could not start.</summary>
public sealed class SettingFixTests
{
    private const string Head =
        """
        using Typed;
        using Typed.Connect;

        namespace Shop;

        [StreamRecord]
        public readonly partial record struct Visit(string Page);

        [StreamRecord]
        public readonly partial record struct Total(string Page, long Count);


        """;

    private const string Pipeline =
        """
        using Typed;

        namespace Shop;

        [Pipeline(OutputMode.Update)]
        public sealed partial class Passed
        {
            public static Stream<Total> Define(Stream<Visit> visits) => visits.Select(v => new Total(v.Page, 1));
        }
        """;

    [Theory]
    [InlineData("TYPED6022", "Remove 'MaxBytesPerTrigger'", "JsonFiles.In<Visit>(\"a\", new() { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 5, Glob = \"*\" })", "JsonFiles.In<Visit>(\"a\", new() { MaxFilesPerTrigger = 1, Glob = \"*\" })")]
    [InlineData("TYPED6025", "Remove 'ModifiedAfter'", "JsonFiles.In<Visit>(\"a\", new() { ModifiedAfter = DateTimeOffset.UtcNow, Glob = \"*\" })", "JsonFiles.In<Visit>(\"a\", new() { Glob = \"*\" })")]
    [InlineData("TYPED6028", "Use Trigger.AvailableNow", "new QueryOptions { Trigger = Trigger.Once }", "new QueryOptions { Trigger = Trigger.AvailableNow }")]
    public async Task One(string id, string title, string before, string after)
    {
        using FixedProject project = new(Uses(before));
        await project.ApplyAsync(id, title);
        Assert.Equal(Uses(after), project.Source());
        Assert.Empty(await project.IdsAsync());
    }

    [Theory]
    [InlineData("TYPED6022", "new JsonReadOptions { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 5 }")]
    [InlineData("TYPED6025", "new JsonReadOptions { ModifiedBefore = DateTimeOffset.UtcNow }")]
    [InlineData("TYPED6028", "Trigger.Once")]
    public async Task All_at_once(string id, string expression)
    {
        using FixedProject project = new(Uses(expression, expression));
        await project.FixAllAsync(id);
        Assert.Empty(await project.IdsAsync());
    }

    [Fact]
    public async Task The_mode_is_changed_in_the_file_of_the_pipeline()
    {
        using FixedProject project = new(Uses("Passed.From(JsonFiles.In<Visit>(\"a\")).To(JsonFiles.Out(\"b\"))"), Pipeline);
        await project.ApplyAsync("TYPED6001", "Use OutputMode.Append");
        Assert.Equal(Pipeline.Replace("Update", "Append", StringComparison.Ordinal), project.Source(1));
        Assert.Empty(await project.IdsAsync());
    }

    private static string Uses(params string[] expressions) =>
        Head + "public static class Uses\n{\n" + string.Concat(expressions.Select((one, number) => $"    public static object Use{number}() => {one};\n")) + "}\n";
}
