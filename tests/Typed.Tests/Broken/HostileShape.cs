namespace Typed.Tests.Broken;

/// <summary>Sources of a kind that nobody thinks of when a generator is written.</summary>
/// <param name="Name">What is unusual in them.</param>
/// <param name="Errors">The errors that they have, each with the text that it points at; none where they compile.</param>
/// <param name="Sources">The files.</param>
internal sealed record HostileShape(string Name, string[] Errors, params string[] Sources)
{
    private const string Row = "[StreamRecord] public readonly partial record struct Row(string Key, int Number, [EventTime] DateTimeOffset Time);\n";
    private const string Where = "public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1);";
    private const string Query = "[Pipeline(OutputMode.Append)] public sealed partial class P { " + Where + " }\n";
    private const string Counted = "rows.WithWatermark(row => row.Time, \"1 minute\").GroupBy(row => row.Key, Window.Tumbling(\"1 hour\")).Select(g => new Row(g.Key, (int)g.Count(), g.Window.Start))";

    /// <summary>Whether the project knows nullable annotations.</summary>
    public bool IsNullable { get; init; } = true;

    public bool IsProgram { get; init; }

    public bool AllowsUnsafe { get; init; }

    /// <summary>The source of a library that the others reference.</summary>
    public string? Library { get; init; }

    public override string ToString() => Name;

    public static IEnumerable<HostileShape> All =>
    [
        // Names and places.
        new("no namespace", [], "using Typed;\n" + Row + Query),
        new("a namespace of the file", [], "using Typed;\nnamespace A.B.C;\n" + Row + Query),
        new("several namespaces in a file", [], "using Typed;\nnamespace A { " + Row + Query + "}\nnamespace B { namespace C { " + Row + Query + "} }"),
        new("usings within a namespace", [], "namespace A { using Typed; " + Row + Query + "}"),
        new("records of one name in two namespaces", [],
            "using Typed;\nnamespace A { " + Row + "}\nnamespace B { " + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<A.Row> Define(Stream<Row> rows) => rows.Select(row => new A.Row(row.Key, row.Number, row.Time)); } }"),
        new("names that differ in case", [],
            "using Typed;\n" + Row + Row.Replace(" Row(", " ROW(") + Row.Replace(" Row(", " row(") + Query + Query.Replace(" P ", " p ")),
        new("namespaces that differ in case", [], "using Typed;\nnamespace A { " + Row + Query + "}\nnamespace a { " + Row + Query + "}"),
        new("keywords as names", [],
            "using Typed;\nnamespace @namespace.@class;\n[StreamRecord] public readonly partial record struct @struct(string @string, int @int, [EventTime] DateTimeOffset @event, bool? @as);\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class @while { public int @const { get; init; } = 1; public static Stream<@struct> Define(Stream<@struct> @in) => @in.Where(@this => @this.@int > 1 && @this.@string != \"\").WithWatermark(@is => @is.@event, \"1 minute\").GroupBy(@is => @is.@string, Window.Tumbling(\"1 hour\")).Select(@new => new @struct(@new.Key, (int)@new.Count(), @new.Window.Start, null)); }"),
        new("contextual keywords as names", [],
            "using Typed;\nnamespace var.record;\n[StreamRecord] public readonly partial record struct Where(string await, int value, int field, [EventTime] DateTimeOffset from, int nameof, int global, int get, int dynamic);\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class Select { public static Stream<Where> Define(Stream<Where> select) => select.Where(where => where.value > where.field && where.dynamic < 4).WithWatermark(x => x.from, \"1 minute\").DropDuplicatesWithinWatermark(x => x.await); }"),
        new("letters of other scripts", [],
            "using Typed;\nnamespace Größe.日本;\n[StreamRecord] public readonly partial record struct Ζεύς(string Имя, int число, [EventTime] DateTimeOffset 時刻);\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class Привет { public static Stream<Ζεύς> Define(Stream<Ζεύς> été) => été.Where(ü => ü.число > 1).WithWatermark(x => x.時刻, \"1 minute\").GroupBy(x => x.Имя, Window.Tumbling(\"1 hour\")).Select(g => new Ζεύς(g.Key, (int)g.Count(), g.Window.Start)); }"),
        new("names that only a file name has in common", [], "using Typed;\n" + Row + "[StreamRecord] public readonly partial record struct A‿B(int N);\n[StreamRecord] public readonly partial record struct A⁀B(int N);\n" + Query),
        new("names of what is generated as fields", [],
            "using Typed;\n[StreamRecord] public readonly partial record struct Row(string Schema, int Read, int Append, int StreamRecord, int Columns, int batch, int row, int value, int Rows, int Text, int with, int parameters, [EventTime] DateTimeOffset Time);\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> with) => with.Where(row => row.Read > row.row && row.Schema != \"\" && row.batch > row.value).WithWatermark(x => x.Time, \"1 minute\").DropDuplicatesWithinWatermark(x => new { x.Schema, x.value }); }"),
        new("a field of the record's own name", ["CS0542 Row"], "using Typed;\n[StreamRecord] public readonly partial record struct Row(int Row);\n"),
        new("a pipeline called Plan", ["TYPED0051 Plan"], "using Typed;\n" + Row + Query.Replace(" P ", " Plan ")),
        new("a pipeline called From", ["TYPED0051 From"], "using Typed;\n" + Row + Query.Replace(" P ", " From ")),
        new("a pipeline called Typed", [], "using Typed;\nnamespace A;\n" + Row + Query.Replace(" P ", " Typed ")),
        new("a pipeline called System", [], "using Typed;\nnamespace A;\n" + Row + Query.Replace(" P ", " System ")),
        new("a pipeline with a property that Plan has", [], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public int Rows { get; init; } public int Name { get; init; } public int parameters { get; init; } public int Build { get; init; } public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > Rows + Name + parameters + Build); }".Replace("public static Stream", "public Stream")),
        new("a pipeline with a member that is generated", ["TYPED0051 From"], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public int From { get; init; } " + Where + " }"),
        new("a pipeline with a type that is generated", ["TYPED0051 Plan"], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public sealed class Plan; " + Where + " }"),
        new("types called as ours are", [],
            "using Typed;\nnamespace A;\npublic class ColumnBatch; public class RowSchema; public class PipelinePlan; public class OperatorGraph; public class Field; public class GroupBy; public class Schema;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => " + Counted + "; }"),
        new("namespaces called as ours are", [], "using Typed;\nnamespace A.Typed.System { " + Row.Replace("DateTimeOffset", "global::System.DateTimeOffset") + Query + "}"),
        new("a Stream of somebody else's", ["TYPED0052 Define"], "using Typed;\nnamespace A;\npublic class Stream<T> { public Stream<T> Where(Func<T, bool> b) => this; }\n" + Row + Query),
        new("attributes of somebody else's", [], "namespace A;\npublic sealed class StreamRecordAttribute : Attribute; public sealed class PipelineAttribute : Attribute;\n[StreamRecord] public class Row;\n[Pipeline] public class P;"),
        new("attributes by alias", [], "using Rec = Typed.StreamRecordAttribute;\nusing Pipe = Typed.PipelineAttribute;\nusing Typed;\n" + Row.Replace("StreamRecord", "Rec") + Query.Replace("[Pipeline(", "[Pipe(")),
        new("global usings, static ones and aliases", [],
            "global using static Typed.Durations;\nglobal using Rows = Typed.Stream<Row>;\nglobal using Mode = Typed.OutputMode;\nglobal using Typed;\n" + Row,
            "[Pipeline(Mode.Append)] public sealed partial class P { public static Rows Define(Rows rows) => rows.Where(row => row.Time > row.Time - Hours(1)); }"),

        // Shapes of records.
        new("a record of no fields", ["TYPED0003 Row"], "using Typed;\n[StreamRecord] public readonly partial record struct Row();"),
        new("a record without parentheses", ["TYPED0003 Row"], "using Typed;\n[StreamRecord] public partial record Row;"),
        new("500 columns", [], "using Typed;\n[StreamRecord] public partial record Row(" + string.Join(", ", Enumerable.Range(0, 500).Select(i => (i % 5) switch { 0 => "int", 1 => "string?", 2 => "decimal", 3 => "bool?", _ => "DateTimeOffset" } + " C" + i)) + ");\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.C0 > row.C495 && row.C1 != null); }"),
        new("a record that contains itself", ["TYPED0004 Next"], "using Typed;\n[StreamRecord] public partial record Row(int N, Row? Next);"),
        new("records that contain each other", ["TYPED0004 Other", "TYPED0004 Others"], "using Typed;\n[StreamRecord] public partial record A(int N, B? Other);\n[StreamRecord] public partial record B(int N, List<A> Others);"),
        new("a pipeline over records that contain each other", ["TYPED0004 Other", "TYPED0004 Others"],
            "using Typed;\n[StreamRecord] public partial record A(int N, B? Other);\n[StreamRecord] public partial record B(int N, List<A> Others);\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<A> Define(Stream<A> rows) => rows; }"),
        new("a generic record", ["TYPED0008 Row"], "using Typed;\n[StreamRecord] public partial record Row<T>(int N, T Value);"),
        new("a record in a generic class", ["TYPED0008 Row"], "using Typed;\npublic partial class Of<T> { [StreamRecord] public partial record Row(int N); }"),
        new("a record of the file", ["TYPED0009 Row"], "using Typed;\n[StreamRecord] file partial record Row(int N);"),
        new("records that derive", [], "using Typed;\n[StreamRecord] public partial record A(int N);\n[StreamRecord] public partial record B(int N, string Text) : A(N);\n"
            + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<B> Define(Stream<B> rows) => rows.Where(row => row.N > 1 && row.Text != \"\"); }"),
        new("a record that derives from one that is no stream record", [], "using Typed;\npublic abstract record A(int N);\n[StreamRecord] public partial record B(int N, string Text) : A(N);"),
        new("a record with members", [],
            "using Typed;\n[StreamRecord] public partial record Row(int N, string Text) { public int Twice => N * 2; public static Row Of(int n) => new(n, \"\"); public Row(int n) : this(n, \"\") { } public sealed override string ToString() => Text; public const int Most = 3; }"),
        new("a record in several parts", [], "using Typed;\npublic partial record Row { public int Twice => N * 2; }", "using Typed;\n[StreamRecord] public partial record Row(int N);", "public partial record Row { public int Thrice => N * 3; }"),
        new("an attribute on two parts", ["CS0579 StreamRecord", "CS0579 Pipeline"], "using Typed;\n" + Row + "[StreamRecord] public readonly partial record struct Row;\n" + Query + "[Pipeline(OutputMode.Append)] public sealed partial class P;"),
        new("a record and a class of one name", ["CS0261 Row", "TYPED0002 Row"], "using Typed;\n" + Row + "[StreamRecord] public partial class Row;"),
        new("a record twice", ["CS8863 (string Key, int Number, [EventTime] DateTimeOffset Time)"], "using Typed;\n" + Row + Row.Replace("[StreamRecord] ", "")),
        new("nested partial types", [], "using Typed;\nnamespace A;\npublic partial struct X { public partial interface Y { internal partial record Z { [StreamRecord] public readonly partial record struct Row(int N);\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.N > 1); } } } }"),
        new("a type around it that is not partial", ["CS0260 X", "TYPED0001 X", "TYPED0051 P"], "using Typed;\npublic class X { [StreamRecord] public readonly partial record struct Row(int N);\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows; } }"),
        new("missing types", ["CS0246 Missing", "CS0246 Missing", "CS0246 Gone"], "using Typed;\n[StreamRecord] public partial record Row(int N, Missing M, List<Missing> Many);\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows, Stream<Gone> gone) => rows; }"),
        new("a pipeline over a record with a missing type", ["CS0246 Missing"], "using Typed;\n[StreamRecord] public partial record Row(int N, Missing M);\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows; }"),

        // Shapes of pipelines.
        new("no Define", ["TYPED0052 P"], "using Typed;\n[Pipeline(OutputMode.Append)] public sealed partial class P;"),
        new("several Define", ["TYPED0052 Define"], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { " + Where + " public static Stream<Row> Define(Stream<Row> rows, Stream<Row> more) => rows.Union(more); }"),
        new("a property Define", ["TYPED0052 P"], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static int Define => 1; }"),
        new("Define with a body and local functions", [],
            "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) { var some = Some(rows); return Marked(some); static Stream<Row> Marked(Stream<Row> from) { return from.WithWatermark(row => row.Time, \"1 minute\"); } static Stream<Row> Some(Stream<Row> from) => from.Where(row => row.Number > 1); } }"),
        new("a local function that reads a variable around it", ["TYPED0055 some"],
            "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) { var some = rows.Where(row => row.Number > 1); return Marked(); Stream<Row> Marked() => some.Where(row => row.Key != \"\"); } }"),
        new("a partial Define", [], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { public static partial Stream<Row> Define(Stream<Row> rows); }", "using Typed;\npublic sealed partial class P { public static partial Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1); }"),
        new("an extern Define", ["TYPED0052 Define"], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { [System.Runtime.InteropServices.DllImport(\"x\")] public static extern Stream<Row> Define(Stream<Row> rows); }"),
        new("a pipeline in two files", [], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P { }", "using Typed;\npublic sealed partial class P { " + Where + " }"),
        new("a pipeline in a generic class", ["TYPED0051 P"], "using Typed;\n" + Row + "public partial class Of<T> { " + Query + "}"),
        new("a generic pipeline", ["TYPED0051 P"], "using Typed;\n" + Row + Query.Replace(" P ", " P<T> ")),
        new("a pipeline of the file", ["TYPED0051 P"], "using Typed;\n" + Row + Query.Replace("public sealed", "file sealed")),
        new("an internal pipeline", [], "using Typed;\n" + Row.Replace("public", "internal") + Query.Replace("public sealed", "internal sealed").Replace("public static", "internal static")),
        new("a record as pipeline", [], "using Typed;\n" + Row + Query.Replace("partial class", "partial record")),
        new("a pipeline that derives", [], "using Typed;\npublic abstract class Base { public required int Least { get; init; } }\n" + Row + "[Pipeline(OutputMode.Append)] public sealed partial class P : Base { " + Where + " }"),
        new("directives", [],
            "#define SOME\nusing Typed;\n#region rows\n#if SOME\n" + Row + "#else\n[StreamRecord] record\n#endif\n#endregion\n#nullable disable\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows\n#if !SOME\n.Broken(\n#endif\n.Where(row => row.Number > 1); }\n#pragma warning disable\n#line 7 \"other.cs\"\npublic class Other;"),
        new("top-level statements", [], "using Typed;\nint least = 1;\nConsole.WriteLine(least + Two());\nstatic int Two() => 2;\n" + Row + Query) { IsProgram = true },
        new("nullable disabled", [], "using Typed;\n[StreamRecord] public partial record Row(string Key, int? Number, List<string> Tags);\n[Pipeline(OutputMode.Update)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1 && row.Tags.Count > 0).DropDuplicates(row => row.Key); }") { IsNullable = false },
        new("unsafe code", [], "using Typed;\n" + Row + "[Pipeline(OutputMode.Append)] public unsafe sealed partial class P { private static int* s_at; " + Where + " }") { AllowsUnsafe = true },
        new("a pointer in a record", ["CS8908 int*", "TYPED0004 At"], "using Typed;\n[StreamRecord] public unsafe partial record struct Row(int N, int* At);") { AllowsUnsafe = true },
        new("attributes on what cannot bear them", ["CS0592 StreamRecord", "CS0592 Pipeline", "CS0592 Pipeline"], "using Typed;\n[StreamRecord] public enum E { A }\n[Pipeline(OutputMode.Append)] public interface I;\npublic class C { [Pipeline(OutputMode.Append)] public int M() => 1; }"),
        new("an output mode that is none", ["CS0117 Never"], "using Typed;\n" + Row + Query.Replace("Append", "Never")),
        new("no output mode", ["CS7036 Pipeline"], "using Typed;\n" + Row + Query.Replace("(OutputMode.Append)", "")),

        // Other assemblies.
        new("records of another assembly", [],
            "using Typed;\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Shop.Class> Define(Stream<Shop.Row> rows, Stream<Shop.Class> more) => rows.WithWatermark(row => row.Time, \"1 minute\").Where(row => row.Number > 1 && row.Key != \"\").Select(row => new Shop.Class(row.Key, row)).Union(more.Select(one => new Shop.Class(\"\", new Shop.Row(one.Name, one.Row.Number, one.Row.Time)))); }") { Library = "using Typed;\nnamespace Shop;\n" + Row + "[StreamRecord] public partial record Class(string Name, Row Row);" },
        new("an internal record of another assembly", ["CS0122 Row", "CS0122 Row"], "using Typed;\n[Pipeline(OutputMode.Append)] public sealed partial class P { internal static Stream<Shop.Row> Define(Stream<Shop.Row> rows) => rows; }") { Library = "using Typed;\nnamespace Shop;\n" + Row.Replace("public", "internal") },
        new("a record of the name that another assembly has", [], "using Typed;\nnamespace Shop;\n" + Row + Query) { Library = "using Typed;\nnamespace Shop;\n" + Row + Query },
        new("a processor in parts", [],
            "using Typed;\n" + Row + "public sealed partial class Keeper : KeyedProcessor<string, Row, Row> { [State] private long? _sum; }\n[Pipeline(OutputMode.Append)] public sealed partial class P { public static Stream<Row> Define(Stream<Row> rows) => rows.GroupBy(row => row.Key).Process(new Keeper(), \"keeper\"); }",
            "using Typed;\npublic sealed partial class Keeper : KeyedProcessor<string, Row, Row> { public override void OnRows(Rows<Row> rows, Context<string, Row> ctx) { _sum = 1; ctx.Clear(); } }"),
        new("processors that differ in case", [],
            "using Typed;\n" + Row + "public sealed partial class Keeper : KeyedProcessor<string, Row, Row> { [State] private long? _sum; public override void OnRows(Rows<Row> rows, Context<string, Row> ctx) { _sum = 1; ctx.Clear(); } }\n"
            + "public sealed partial class KEEPER : KeyedProcessor<string, Row, Row> { [State] private long? _sum; public override void OnRows(Rows<Row> rows, Context<string, Row> ctx) { _sum = 1; ctx.Clear(); } }"),
    ];
}
