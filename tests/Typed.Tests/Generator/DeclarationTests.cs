using Typed.Tests.Compilation;

namespace Typed.Tests.Generator;

/// <summary>Where and how a pipeline may be declared: the generated part compiles beside it.</summary>
public sealed class DeclarationTests
{
    [Theory]
    [InlineData("namespace @event.@class;", "public", "internal", "internal static", "")]
    [InlineData("", "internal", "internal", "public static", "")]
    [InlineData("namespace A;", "public", "public", "private static", "")]
    [InlineData("namespace A;", "public", "public", "public", "public required int Least { get; init; }")]
    [InlineData("namespace A;", "public", "public", "public", "public int Least { get; init; } public P(int least) => Least = least;")]
    public void Compiles(string space, string pipeline, string record, string define, string members)
    {
        string least = members.Length > 0 ? "Least" : "1";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze($$"""
            using Typed;
            {{space}}

            [StreamRecord]
            {{record}} readonly partial record struct Row(int @int);

            [Pipeline(OutputMode.Append)]
            {{pipeline}} sealed partial class P
            {
                {{members}}

                {{define}} Stream<Row> Define(Stream<Row> @in) => @in.Where(row => row.@int > {{least}});
            }
            """);
        Assert.Empty(compiled.Errors);
        Assert.NotNull(compiled.Assembly.GetTypes().Single(type => type.Name == "P").GetMethod("From", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic));
    }

    /// <summary>From is as visible as the least visible of its records, and no less: what can name them can start the pipeline.</summary>
    [Theory]
    [InlineData("public", "private", "private", "private static object Own() => From(null!);", "")]
    [InlineData("public", "internal", "internal", "", "public static object Start() => P.From(null!);")]
    [InlineData("private", "public", "internal", "", "public static object Start() => P.From(null!);")]
    [InlineData("private", "private", "private", "private static object Own() => From(null!);", "")]
    public void Compiles_with_a_record_of_its_own(string pipeline, string record, string expected, string members, string around)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze($$"""
            using Typed;

            public static partial class Around
            {
                {{around}}

                [Pipeline(OutputMode.Append)]
                {{pipeline}} sealed partial class P
                {
                    [StreamRecord]
                    {{record}} readonly partial record struct Row(int Number);

                    {{members}}

                    {{record}} static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1);
                }
            }
            """);
        CheckFrom(compiled, expected);
    }

    [Theory]
    [InlineData("public", "private")]
    [InlineData("private", "internal")]
    public void Compiles_with_a_private_record_beside_it(string pipeline, string expected)
    {
        string start = pipeline == "private" ? "public static object Start() => P.From(null!);" : "";
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze($$"""
            using Typed;

            public static partial class Around
            {
                {{start}}

                [StreamRecord]
                private readonly partial record struct Row(int Number);

                [Pipeline(OutputMode.Append)]
                {{pipeline}} sealed partial class P
                {
                    private static Stream<Row> Define(Stream<Row> rows) => rows.Where(row => row.Number > 1);
                }
            }
            """);
        CheckFrom(compiled, expected);
    }

    /// <summary>State fields whose names come near those of what is generated.</summary>
    [Theory]
    [InlineData("long kept; [State] string? _kept; [State] ValueState<long> hasKept")]
    [InlineData("long? _kept; [State] bool hasKept; [State] long kept2; [State] long kepT2")]
    [InlineData("ListState<long> members; [State] MapState<string, long> _open; [State] ValueState<long> store")]
    [InlineData("Row? _load; [State] ValueState<Row> load; [State] long isEmpty; [State] long processor; [State] long state; [State] long? changed")]
    public void Compiles_state_of_any_name(string fields)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze($$"""
            using Typed;

            [StreamRecord]
            public readonly partial record struct Row(string Key, int Number);

            public sealed partial class Keeper : KeyedProcessor<string, Row, Row>
            {
                [State] {{fields}};

                public override void OnRows(Rows<Row> rows, Context<string, Row> ctx) => ctx.Clear();
            }

            [Pipeline(OutputMode.Append)]
            public sealed partial class P
            {
                public static Stream<Row> Define(Stream<Row> rows) => rows.GroupBy(row => row.Key).Process(new Keeper(), "keeper");
            }
            """);
        Assert.Empty(compiled.Errors);
        Assert.Contains(compiled.Assembly.GetTypes(), type => type.Name == "Kept");
    }

    private static void CheckFrom(CompiledSource compiled, string expected)
    {
        Assert.Empty(compiled.Errors);
        System.Reflection.MethodInfo from = compiled.Assembly.GetTypes().Single(type => type.Name == "P")
            .GetMethod("From", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)!;
        Assert.Equal(expected, from.IsPublic ? "public" : from.IsAssembly ? "internal" : "private");
    }

    /// <summary>A record with an error of its own is what is reported, and no code that could not compile is written for pipelines over it.</summary>
    [Theory]
    [InlineData("public readonly record struct Bad(string Id, [EventTime] DateTimeOffset Time);", "TYPED0001")]
    [InlineData("public readonly partial record struct Bad([EventTime] DateTimeOffset Time, [EventTime] DateTimeOffset Other, string Id);", "TYPED0005")]
    public void Says_what_is_wrong_with_a_record_and_nothing_of_generated_code(string record, string rule)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze($$"""
            using Typed;

            [StreamRecord]
            {{record}}

            [Pipeline(OutputMode.Append)]
            public sealed partial class P
            {
                public static Stream<Bad> Define(Stream<Bad> bads) => bads.Where(bad => bad.Id != "");
            }
            """);
        Assert.NotEmpty(compiled.Errors);
        Assert.All(compiled.Errors, error => Assert.Equal(3, error.Location.GetLineSpan().StartLinePosition.Line));
        Assert.Contains(compiled.Errors, error => error.Id == rule);
    }
}
