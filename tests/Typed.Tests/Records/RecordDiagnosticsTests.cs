using Typed.Tests.Compilation;

namespace Typed.Tests.Records;

public class RecordDiagnosticsTests
{
    [Theory]
    [InlineData("TYPED0001 R", "[StreamRecord] public record struct R(int A);")]
    [InlineData("TYPED0001 Outer", "public class Outer { [StreamRecord] public partial record struct R(int A); }")]
    [InlineData("TYPED0002 R", "[StreamRecord] public partial struct R { }")]
    [InlineData("TYPED0002 R", "[StreamRecord] public partial class R { public int A { get; init; } }")]
    [InlineData("TYPED0003 R", "[StreamRecord] public partial record struct R { public int A { get; init; } }")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R(object A);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R(char A);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R(DateTime A);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R(int[,] A);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R(Dictionary<int, string> A);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record struct R((int, int) A);")]
    [InlineData("TYPED0004 A", "public record Plain(int X); [StreamRecord] public partial record struct R(Plain A);")]
    [InlineData("TYPED0004 Next", "[StreamRecord] public partial record R(int A, R? Next);")]
    [InlineData("TYPED0004 A", "[StreamRecord] public partial record R(List<S> A); [StreamRecord] public partial record S(Map<string, R> B);")]
    [InlineData("TYPED0005 B", "[StreamRecord] public partial record struct R([EventTime] DateTimeOffset A, [EventTime] DateTimeOffset B);")]
    [InlineData("TYPED0006 A", "[StreamRecord] public partial record struct R([EventTime] long A);")]
    [InlineData("TYPED0007 A", "[StreamRecord] public partial record struct R([Precision(0, 0)] decimal A);")]
    [InlineData("TYPED0007 A", "[StreamRecord] public partial record struct R([Precision(39, 2)] decimal A);")]
    [InlineData("TYPED0007 A", "[StreamRecord] public partial record struct R([Precision(10, 11)] decimal A);")]
    [InlineData("TYPED0007 A", "[StreamRecord] public partial record struct R([Precision(38, 29)] decimal A);")]
    [InlineData("TYPED0007 A", "[StreamRecord] public partial record struct R([Precision(10, 2)] double A);")]
    [InlineData("TYPED0008 R", "[StreamRecord] public partial record struct R<T>(int A);")]
    [InlineData("TYPED0008 R", "public partial class Outer<T> { [StreamRecord] public partial record struct R(int A); }")]
    [InlineData("TYPED0009 R", "[StreamRecord] file partial record struct R(int A);")]
    [InlineData("TYPED0010 B", "[StreamRecord] public partial record struct R(int A, [JsonName(\"a\")] int B);")]
    [InlineData("TYPED0010 B", "[StreamRecord] public partial record struct R([Id(1)] int A, [Id(1)] int B);")]
    [InlineData("TYPED0016 A", "[StreamRecord] public partial record struct R([Id(0)] int A);")]
    [InlineData("TYPED0016 A", "[StreamRecord] public partial record struct R([Id(-1)] int A);")]
    [InlineData("TYPED0017 A", "[StreamRecord] public partial record struct R([Cardinality(0)] int A);")]
    [InlineData("TYPED0017 A", "[StreamRecord] public partial record struct R([Cardinality(-5)] string A);")]
    [InlineData("TYPED0017 A", "[StreamRecord] public partial record struct R([Cardinality(5)] IReadOnlyList<int> A);")]
    [InlineData("CS0579 Cardinality", "[StreamRecord] public partial record struct R([Cardinality(5), Cardinality(6)] int A);")]
    [InlineData("TYPED0011 B", "[StreamRecord] public partial record struct R(int A, [CorruptRecord] string B);")]
    [InlineData("TYPED0011 B", "[StreamRecord] public partial record struct R(int A, [RescuedData] int? B);")]
    [InlineData("TYPED0012 B", "[StreamRecord] public partial record struct R(int A, [FromSource(SourceField.Line)] string B);")]
    [InlineData("TYPED0013 B", "[StreamRecord] public partial record struct R(int A) { public int B { get; set; } }")]
    [InlineData("TYPED0014 R", "[StreamRecord] public abstract partial record R(int A);")]
    [InlineData("TYPED0015 B", "[StreamRecord] public partial record struct R([RescuedData] string? A, [RescuedData] string? B);")]
    public void A_record_that_cannot_be_columns_is_refused(string expected, string source)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; namespace N { " + source + " }");
        Assert.Contains(expected, compiled.Diagnostics.Select(one => $"{one.Id} {one.Location.SourceTree?.GetText(TestContext.Current.CancellationToken).ToString(one.Location.SourceSpan)}"));
        Assert.DoesNotContain(compiled.Diagnostics, diagnostic => diagnostic.Id == "AD0001" || diagnostic.Id.StartsWith("CS8785", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[StreamRecord] public readonly partial record struct R(int A) { public int Twice => A * 2; public static int Count; }")]
    [InlineData("public partial interface I { [StreamRecord] internal sealed partial record R(int A); }")]
    [InlineData("[StreamRecord] internal partial record Base(int A); [StreamRecord] internal partial record Derived(int A, string B) : Base(A);")]
    [InlineData("public partial class Outer { [StreamRecord] private partial record struct R(S A); [StreamRecord] private partial record struct S(int A); }")]
    [InlineData("[StreamRecord] public partial record R([property: EventTime] DateTimeOffset? A, [property: Precision(5, 1)] decimal[] B);")]
    public void A_record_that_can_be_columns_compiles_without_a_warning(string source)
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; " + source, "using Typed; namespace @event.@class { " + source + " }");
        Assert.Empty(compiled.Diagnostics.Where(diagnostic => diagnostic.Severity > Microsoft.CodeAnalysis.DiagnosticSeverity.Hidden));
        Assert.NotNull(compiled.Assembly);
    }

    [Fact]
    public void The_problem_of_a_cycle_names_the_record()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze("using Typed; [StreamRecord] public partial record Node(int A, Node? Next);");
        Assert.Equal(
            "The field 'Next' cannot be a column: Node contains itself, and a row has a fixed set of columns",
            compiled.Diagnostics.Single(diagnostic => diagnostic.Id == "TYPED0004").GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
