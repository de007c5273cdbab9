using Microsoft.CodeAnalysis;
using Typed.Tests.Compilation;

namespace Typed.Tests.Rules;

/// <summary>Settings with which a query could not start, where they stand in the source; and those of which only the start knows.</summary>
public class SettingsRuleTests
{
    private static readonly (string Statement, string[] Expected)[] Statements =
    [
        ("Trigger.Every(\"soon\")", ["TYPED6020 \"soon\""]),
        ("Trigger.Every(\"1 month\")", ["TYPED6020 \"1 month\""]),
        ("Trigger.Every(\"-1 second\")", ["TYPED6020 \"-1 second\""]),
        ("Trigger.Every(\"1500 microseconds\")", ["TYPED6020 \"1500 microseconds\""]),
        ("Trigger.Every(\"0 seconds\")", []),
        ("Trigger.Every(\"30 seconds\")", []),
        ("Trigger.Every(Environment.NewLine)", []),
        ("new JsonReadOptions { MaxFilesPerTrigger = 0 }", ["TYPED6021 0"]),
        ("new JsonReadOptions { MaxBytesPerTrigger = -5 }", ["TYPED6021 -5"]),
        ("new JsonReadOptions { MaxFilesPerTrigger = 1 }", []),
        ("new JsonReadOptions { MaxFilesPerTrigger = null }", []),
        ("new JsonReadOptions { MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 1 }", ["TYPED6022 MaxBytesPerTrigger = 1"]),
        ("new JsonReadOptions { MaxBytesPerTrigger = 1, Glob = \"*\", MaxFilesPerTrigger = 1 }", ["TYPED6022 MaxFilesPerTrigger = 1"]),
        ("new JsonReadOptions { MaxFilesPerTrigger = null, MaxBytesPerTrigger = 1 }", []),
        ("new Other { MaxFilesPerTrigger = 0, MaxBytesPerTrigger = 1 }", []),
        ("RateSource.Of<Tick>(0, i => new Tick(i))", ["TYPED6021 0"]),
        ("RateSource.Of<Tick>(5, i => new Tick(i), maxRowsPerTrigger: 0)", ["TYPED6021 0"]),
        ("RateSource.Of<Tick>(5, i => new Tick(i))", []),
    ];

    [Fact]
    public void Each_is_refused_where_it_stands()
    {
        string source = "using Typed;\n[StreamRecord] public readonly partial record struct Tick(long N);\n"
            + "public sealed class Other { public int MaxFilesPerTrigger { get; init; } public int MaxBytesPerTrigger { get; init; } }\n"
            + "public static class Uses\n{\n"
            + string.Concat(Statements.Select((one, number) => $"    public static object Use{number}() => {one.Statement};\n")) + "}\n";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Diagnostic[] found = [.. compiled.Errors.OrderBy(one => one.Location.SourceSpan.Start)];
        Assert.Equal(Statements.SelectMany(one => one.Expected), found.Select(one => one.Id + " " + one.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(one.Location.SourceSpan)));
    }

    [Fact]
    public void The_message_says_why()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; public static class Uses { public static object Use() => Trigger.Every(\"1 year\"); }");
        Assert.Equal(
            "The query would not start: '1 year' cannot be the time between batches, because months and years differ in length. Write a number and a unit up to weeks, such as \"30 seconds\".",
            Assert.Single(compiled.Errors).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
