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
}
