using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Tests.Compilation;

namespace Typed.Tests.Rules;

/// <summary>Sinks that cannot take what a pipeline writes, where both are seen, however they are named in between; and where one of them is not seen.</summary>
public class SinkRuleTests
{
    private const string Pipelines =
        """
        using Typed;
        using Typed.Connect;
        using System.Threading;

        [StreamRecord] public readonly partial record struct Visit(string Page, [EventTime] DateTimeOffset Time, string[] Tags);
        [StreamRecord] public readonly partial record struct Total(string Page, long Count);
        [StreamRecord] public readonly partial record struct Tagged([property: JsonName("page_name")] string Page, long Count, string[] Tags);

        [Pipeline(OutputMode.Update)]
        public sealed partial class Counts
        {
            public static Stream<Total> Define(Stream<Visit> visits) => visits.GroupBy(v => v.Page).Select(g => new Total(g.Key, g.Count()));
        }

        [Pipeline(OutputMode.Append)]
        public sealed partial class Passed
        {
            public static Stream<Tagged> Define(Stream<Visit> visits) => visits.Select(v => new Tagged(v.Page, 1, v.Tags));
        }

        [Pipeline(OutputMode.Append)]
        public sealed partial class Plain
        {
            public static Stream<Total> Define(Stream<Visit> visits) => visits.Select(v => new Total(v.Page, 1));
        }

        [Pipeline(OutputMode.Complete)]
        public sealed partial class Both
        {
            [Output] public static Stream<Total> Pages(Stream<Visit> visits) => visits.GroupBy(v => v.Page).Select(g => new Total(g.Key, g.Count()));
            [Output] public static Stream<Total> Times(Stream<Visit> visits) => visits.GroupBy(v => v.Time).Select(g => new Total("", g.Count()));
        }

        [AppendOnly] public abstract class LogSink : ISink { public abstract ISinkWriter Open(SinkContext context); }
        public abstract class TableSink : ISink { public abstract ISinkWriter Open(SinkContext context); }

        public sealed partial class Uses(ISource<Visit> visits, LogSink log, TableSink table, bool flag)
        {
            private static readonly ISink s_files = JsonFiles.Out("kept");
            private static readonly ISink s_given = JsonFiles.Out("kept");
            private static ISink s_open = JsonFiles.Out("kept");
            private static readonly string[] s_names = ["page_name", "pages"];
            private static ISink Kept => CsvFiles.Out("kept");
            private static ISink Made() { return CsvFiles.Out("made"); }
            private static ISink Either(bool flag) { if (flag) return CsvFiles.Out("made"); return ConsoleSink.Table(); }
            static Uses() => s_given = ConsoleSink.Table();
            private PipelineStart<Total> Start() => Counts.From(visits);


        """;

    private static readonly (string Body, string[] Expected)[] s_uses =
    [
        // Both in one expression.
        ("return Counts.From(visits).To(JsonFiles.Out(\"a\"));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Update]"]),
        ("return Counts.From(visits).To(CsvFiles.Out(\"a\", new() { Header = false }));", ["TYPED6001 CsvFiles.Out(\"a\", new() { Header = false }) [OutputMode.Update]"]),
        ("return Counts.From(visits).DeadLettersTo(JsonFiles.Out(\"d\")).To(ConsoleSink.Table()).To(JsonFiles.Out(\"a\"));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Update]"]),
        ("return Counts.From(visits).To(log);", ["TYPED6001 log [OutputMode.Update]"]),
        ("return Counts.From(visits).To(JsonFiles.Out(\"a\").OrWhenDown(ConsoleSink.Table()));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Update]"]),

        // Through names.
        ("var sink = JsonFiles.Out(\"a\"); return Counts.From(visits).To(sink);", ["TYPED6001 sink [OutputMode.Update, JsonFiles.Out(\"a\")]"]),
        ("var start = Counts.From(visits); return start.To((JsonFiles.Out(\"a\")));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Update]"]),
        ("return Counts.From(visits).To(s_files);", ["TYPED6001 s_files [OutputMode.Update, JsonFiles.Out(\"kept\")]"]),
        ("return Counts.From(visits).To(Kept);", ["TYPED6001 Kept [OutputMode.Update, CsvFiles.Out(\"kept\")]"]),
        ("return Start().To(Made());", ["TYPED6001 Made() [OutputMode.Update, CsvFiles.Out(\"made\")]"]),
        ("Func<object> later = () => Start().To(s_files); return later;", ["TYPED6001 s_files [OutputMode.Update, JsonFiles.Out(\"kept\")]"]),

        // Several outputs, in a mode of their class.
        ("return Both.From(visits).To(pages: ConsoleSink.Table(), times: JsonFiles.Out(\"a\"));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Complete]"]),
        ("Both.Start start = flag ? Both.From(visits) : throw new Exception(); return start.To(pages: JsonFiles.Out(\"a\"));", ["TYPED6001 JsonFiles.Out(\"a\") [OutputMode.Complete]"]),

        // What is right, or not seen.
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\"));", []),
        ("return Counts.From(visits).To(table);", []),
        ("return Counts.From(visits).LateTo(JsonFiles.Out(\"l\")).DeadLettersTo(JsonFiles.Out(\"d\")).To(ConsoleSink.Table());", []),
        ("return Counts.From(visits).To(s_given);", []),
        ("return Counts.From(visits).To(s_open);", []),
        ("return Counts.From(visits).To(Either(flag));", []),
        ("return Counts.From(visits).To(flag ? JsonFiles.Out(\"a\") : ConsoleSink.Table());", []),
        ("var sink = JsonFiles.Out(\"a\"); if (flag) sink = ConsoleSink.Table(); return Counts.From(visits).To(sink);", []),
        ("var start = Counts.From(visits); if (flag) start = Plain.From(visits); return start.To(JsonFiles.Out(\"a\"));", []),

        // Folders.
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"page_name\", \"Page\"] }));", ["TYPED6023 \"Page\" []"]),
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"pages\"] }));", ["TYPED6023 \"pages\" []"]),
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = new[] { \"count\", nameof(Tagged.Tags) } }));", ["TYPED6023 nameof(Tagged.Tags) []"]),
        ("FileSinkOptions how = new() { PartitionBy = [\"no\"] }; return Passed.From(visits).To(JsonFiles.Out(\"a\", how with { TargetSize = \"1 GB\" }));", ["TYPED6023 \"no\" [JsonFiles.Out(\"a\", how with { TargetSize = \"1 GB\" })]"]),
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"page_name\", \"Count\"] }));", []),
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [] }));", []),
        ("return Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [flag ? \"no\" : \"count\"] }));", []),
        ("FileSinkOptions how = new() { PartitionBy = [\"no\"] }; return Passed.From(visits).To(JsonFiles.Out(\"a\", how with { PartitionBy = [\"count\"] }));", []),
        ("return Plain.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"page\", \"count\"] }));", ["TYPED6023 \"count\" []"]),
    ];

    [Fact]
    public void Each_is_refused_where_the_sink_is_given()
    {
        string source = Pipelines + string.Concat(s_uses.Select((one, number) => $"    public object Use{number}() {{ {one.Body} }}\n")) + "}\n";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        ILookup<int, string> found = compiled.Errors.ToLookup(one => one.Location.GetLineSpan().StartLinePosition.Line, Shown);
        int first = Pipelines.Count(letter => letter == '\n');
        Assert.All(s_uses, (one, number) => Assert.Equal(one.Expected, found[first + number]));
        Assert.Equal(s_uses.Sum(one => one.Expected.Length), compiled.Errors.Count());
    }

    [Fact]
    public void The_message_names_pipeline_mode_and_sink()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(Pipelines + "    public object Use() => Both.From(visits).To(times: JsonFiles.Out(\"lake/times\"));\n}\n");
        Assert.Equal(
            "The query would not start: 'Both' writes in complete mode, but what is in lake/times stays as it was written, so it takes rows in append mode only. Use OutputMode.Append, or a sink that can replace rows.",
            Assert.Single(compiled.Errors).GetMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_name_that_stands_elsewhere_is_where_it_is_refused()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(Pipelines + "    private static readonly FileSinkOptions s_how = new() { PartitionBy = s_names };\n    public object Use() => Passed.From(visits).To(JsonFiles.Out(\"a\", s_how));\n}\n");
        Assert.Equal("TYPED6023 \"pages\" [JsonFiles.Out(\"a\", s_how)]", Shown(Assert.Single(compiled.Errors)));
    }

    [Fact]
    public void All_columns_leave_none_for_the_files()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(Pipelines + "    public object Use() => Plain.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"page\", \"count\"] }));\n}\n");
        Assert.Equal(
            "The query would not start: PartitionBy names all columns of Total, so that none would be left for the files. Leave one out.",
            Assert.Single(compiled.Errors).GetMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_pipeline_of_another_assembly_says_its_mode()
    {
        using CompiledSource library = CompiledSource.Compile(Pipelines + "}\n");
        using MemoryStream image = new();
        Assert.True(library.Compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        CSharpCompilation program = CompiledSource.CreateCompilation(
                "using Typed;\npublic static class Program\n{\n    public static object One(Typed.Connect.ISource<Visit> visits) => Counts.From(visits).To(JsonFiles.Out(\"a\"));\n"
                + "    public static object Other(Typed.Connect.ISource<Visit> visits) => Passed.From(visits).To(JsonFiles.Out(\"a\", new() { PartitionBy = [\"page_name\", \"no\"] }));\n}\n")
            .AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        DiagnosticAnalyzer analyzer = (DiagnosticAnalyzer)Activator.CreateInstance(System.Reflection.Assembly.Load("Typed.Analyzers").GetType("Typed.Analyzers.Settings.SinkAnalyzer")!)!;
        var found = await program.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["TYPED6001 JsonFiles.Out(\"a\") []", "TYPED6023 \"no\" []"], found.OrderBy(one => one.Location.SourceSpan.Start).Select(Shown));
    }

    private static string Shown(Diagnostic one) => $"{one.Id} {Text(one.Location)} [{string.Join(", ", one.AdditionalLocations.Select(Text))}]";

    private static string Text(Location place) => place.SourceTree?.GetText(TestContext.Current.CancellationToken).ToString(place.SourceSpan) ?? place.ToString();
}
