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
        ("Trigger.Every(TimeSpan.FromSeconds(-1))", ["TYPED6020 TimeSpan.FromSeconds(-1)"]),
        ("Trigger.Every(TimeSpan.FromMicroseconds(1500))", ["TYPED6020 TimeSpan.FromMicroseconds(1500)"]),
        ("Trigger.Every(TimeSpan.FromSeconds(1))", []),
        ("Trigger.Every(Later)", []),

        // Handlers.
        ("ForeachBatch.Run<Tick>(null!)", ["TYPED6024 null"]),
        ("ForeachSink.Run<Tick>(default!)", ["TYPED6024 default"]),
        ("ForeachSink.Of<Tick>((ForeachWriter<Tick>)null!)", ["TYPED6024 (ForeachWriter<Tick>)null!"]),
        ("ForeachBatch.Run<Tick>((_, _) => Task.CompletedTask)", []),

        // Filters by time.
        ("new JsonReadOptions { ModifiedAfter = DateTimeOffset.UnixEpoch }", ["TYPED6025 ModifiedAfter = DateTimeOffset.UnixEpoch"]),
        ("new CsvReadOptions { Trim = true, ModifiedBefore = Any }", ["TYPED6025 ModifiedBefore = Any"]),
        ("new JsonReadOptions { ModifiedAfter = null }", []),
        ("new JsonReadOptions { ModifiedAfter = Perhaps }", []),

        // Sources and sinks.
        ("new JsonReadOptions { MaxFileAge = TimeSpan.FromDays(-1) }", ["TYPED6026 TimeSpan.FromDays(-1)"]),
        ("new JsonReadOptions { MaxFileAge = TimeSpan.Zero }", []),
        ("new JsonReadOptions { SettleTime = -TimeSpan.FromSeconds(1) }", ["TYPED6026 -TimeSpan.FromSeconds(1)"]),
        ("new JsonReadOptions { PollInterval = TimeSpan.Zero }", ["TYPED6026 TimeSpan.Zero"]),
        ("new JsonReadOptions { PollInterval = new TimeSpan(0, 0, 1) }", []),
        ("new JsonReadOptions { MaxMalformed = 5 }", ["TYPED6026 5"]),
        ("new CsvReadOptions { MaxMalformed = 0.05 }", []),
        ("new JsonReadOptions { MaxRecordBytes = 0 }", ["TYPED6021 0"]),
        ("new JsonReadOptions { Rows = \"a.b\" }", ["TYPED6026 \"a.b\""]),
        ("new JsonReadOptions { Rows = \"a.b\", Layout = JsonLayout.Lines }", ["TYPED6026 \"a.b\""]),
        ("new JsonReadOptions { Rows = \"a.b\", Layout = JsonLayout.Document }", []),
        ("new JsonReadOptions() with { Rows = \"a.b\" }", []),
        ("new FileSinkOptions { TargetSize = \"much\" }", ["TYPED6026 \"much\""]),
        ("new FileSinkOptions { TargetSize = \"0 MB\" }", ["TYPED6026 \"0 MB\""]),
        ("new FileSinkOptions { TargetSize = \"64 MB\" }", []),
        ("RateSource.Of<Tick>(5, i => new Tick(i), rampUp: TimeSpan.FromDays(5000))", ["TYPED6026 TimeSpan.FromDays(5000)"]),
        ("RatePerMicroBatch.Of<Tick>(5, (i, t) => new Tick(i), advance: TimeSpan.FromSeconds(-1))", ["TYPED6026 TimeSpan.FromSeconds(-1)"]),
        ("SocketLines.In(\"localhost\", 70_000)", ["TYPED6026 70_000"]),
        ("SocketLines.In(\"localhost\", 7000)", []),
        ("new CsvReadOptions { Separator = 'ä' }", ["TYPED6027 'ä'"]),
        ("new CsvReadOptions { Separator = ';', Comment = ';' }", ["TYPED6027 ';'"]),
        ("new CsvWriteOptions { Separator = '\"' }", ["TYPED6027 '\"'"]),
        ("new CsvReadOptions { Separator = '\\t', Escape = '\"', Comment = '#' }", []),
        ("new CsvReadOptions { Separator = One, Comment = ',' }", []),

        // Queries.
        ("new QueryOptions { Name = \" \" }", ["TYPED6029 \" \""]),
        ("new QueryOptions { Retain = 1 }", ["TYPED6029 1"]),
        ("new QueryOptions { Workers = 0 }", ["TYPED6029 0"]),
        ("new QueryOptions { SnapshotEvery = \"soon\", IdleAfter = \"0 seconds\", IdleProgressEvery = \"0 seconds\", MaxAhead = \"1 month\" }", ["TYPED6029 \"soon\"", "TYPED6029 \"0 seconds\"", "TYPED6029 \"0 seconds\"", "TYPED6029 \"1 month\""]),
        ("new QueryOptions { Name = \"visits\", Retain = 2, Workers = 4, SnapshotEvery = \"0 seconds\", IdleAfter = null, MaxAhead = \"1 hour\" }", []),
        ("Retry.Exponential(0, max: \"long\")", ["TYPED6029 0", "TYPED6029 \"long\""]),
        ("Retry.Exponential(5, first: \"1 second\")", []),
        ("new StateAlert(0)", ["TYPED6029 0"]),
        ("new StateAlert(Bytes: \"0 B\")", ["TYPED6029 \"0 B\""]),
        ("new StateAlert(Bytes: \"10 gigabytes\")", ["TYPED6029 \"10 gigabytes\""]),
        ("new StateAlert(1_000, \"10 GB\")", []),
        ("FasterStore.Faster(\"much\", \"soon\", 1)", ["TYPED6029 \"much\"", "TYPED6029 \"soon\"", "TYPED6029 1"]),
    ];

    [Fact]
    public void Each_is_refused_where_it_stands()
    {
        string source = "using Typed;\n[StreamRecord] public readonly partial record struct Tick(long N);\n"
            + "public sealed class Other { public int MaxFilesPerTrigger { get; init; } public int MaxBytesPerTrigger { get; init; } }\n"
            + "public static class Uses\n{\n    private static TimeSpan Later => default;\n    private static DateTimeOffset Any => default;\n    private static DateTimeOffset? Perhaps => null;\n    private static char One => ',';\n"
            + string.Concat(Statements.Select((one, number) => $"    public static object Use{number}() => {one.Statement};\n")) + "}\n";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        Diagnostic[] found = [.. compiled.Errors.OrderBy(one => one.Location.SourceSpan.Start)];
        Assert.Equal(Statements.SelectMany(one => one.Expected), found.Select(one => one.Id + " " + Text(one.Location)));
    }

    [Fact]
    public void Once_is_spoken_of()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; public static class Uses { public static object One => Trigger.Once; public static object Other => Trigger.AvailableNow; }");
        Diagnostic found = Assert.Single(compiled.Diagnostics);
        Assert.Equal(("TYPED6028 Trigger.Once", DiagnosticSeverity.Info), ($"{found.Id} {Text(found.Location)}", found.Severity));
    }

    [Fact]
    public void The_other_setting_is_named_too()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; public static class Uses { public static object Use() => new CsvReadOptions { Separator = ';', Trim = true, Comment = ';', MaxFilesPerTrigger = 1, MaxBytesPerTrigger = 2 }; }");
        Assert.Equal(
            ["TYPED6022 MaxBytesPerTrigger = 2 [MaxFilesPerTrigger = 1]", "TYPED6027 ';' [';']"],
            compiled.Errors.Select(one => $"{one.Id} {Text(one.Location)} [{string.Join(", ", one.AdditionalLocations.Select(Text))}]").Order(StringComparer.Ordinal));
    }

    private static string Text(Location place) => place.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(place.SourceSpan);

    [Fact]
    public void The_message_says_why()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; public static class Uses { public static object Use() => Trigger.Every(\"1 year\"); }");
        Assert.Equal(
            "The query would not start: '1 year' cannot be the time between batches, because months and years differ in length. Write a number and a unit up to weeks, such as \"30 seconds\".",
            Assert.Single(compiled.Errors).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
