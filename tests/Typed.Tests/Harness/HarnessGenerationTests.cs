extern alias generator;

using System.Reflection;
using generator::Typed.Generator.Harness;
using generator::Typed.Generator.Incremental;
using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Testing;
using Typed.Tests.Compilation;

namespace Typed.Tests.Harness;

/// <summary>For which pipelines a harness is written, where, and when anew.</summary>
public sealed class HarnessGenerationTests
{
    private const string Record =
        """
        using Typed;
        namespace Shop;

        [StreamRecord]
        public readonly partial record struct Sale(string Item, int Count);
        """;

    private const string Pipeline =
        """
        using Typed;
        namespace Shop;

        [Pipeline(OutputMode.Append)]
        public sealed partial class Big
        {
            public static Stream<Sale> Define(Stream<Sale> sales) => sales.Where(s => s.Count > 1);
        }
        """;

    private const string Elsewhere = "public static class Elsewhere { public static int One => 1; }";

    private static readonly MetadataReference Testing = MetadataReference.CreateFromFile(typeof(PipelineHarness).Assembly.Location);

    [Fact]
    public void Only_a_project_that_references_the_package_has_any()
    {
        Assert.DoesNotContain(Run(Compilation("App", [], Record, Pipeline)).GeneratedSources, IsHarness);
        GeneratedSourceResult harness = Assert.Single(Run(Compilation("Tests", [Testing], Record, Pipeline)).GeneratedSources, IsHarness);
        Assert.Equal("Shop.Big.Harness.g.cs", harness.HintName);
    }

    [Fact]
    public void A_pipeline_of_a_referenced_project_has_one()
    {
        MetadataReference app = Image(Compilation("App", [], Record, Pipeline));
        CSharpCompilation tests = Compilation("Tests", [Testing, app], "namespace Shop.Tests; public class T { public object Make() => BigTesting.Test(options: new()).Sales; }");
        GeneratorRunResult run = Run(tests);
        string text = Assert.Single(run.GeneratedSources, IsHarness).SourceText.ToString();
        Assert.Equal(Assert.Single(Run(Compilation("Tests", [Testing], Record, Pipeline)).GeneratedSources, IsHarness).SourceText.ToString(), text);
        AssertCompiles(tests);
    }

    [Fact]
    public void One_with_tables_properties_and_several_outputs_is_read_from_what_was_generated_for_it()
    {
        const string Many =
            """
            using Typed;
            namespace Shop;

            public partial class Outer
            {
                [Pipeline(OutputMode.Append)]
                public sealed partial class Many
                {
                    public required int Least { get; init; }

                    [Output] public static Stream<Sale> Event(Stream<Sale> @new, Table<Sale> known) => @new.Where(s => s.Count > 1).SemiJoin(known, on: (s, k) => s.Item == k.Item);

                    [Output] public static Stream<Sale> Query(Stream<Sale> @new) => @new;
                }
            }
            """;
        string own = Assert.Single(Run(Compilation("Tests", [Testing], Record, Many)).GeneratedSources, IsHarness).SourceText.ToString();
        Assert.Contains("TestInput<global::Shop.Sale> New", own);
        Assert.Contains("TestTable<global::Shop.Sale> Known", own);
        Assert.Contains("TestOutput<global::Shop.Sale> QueryOutput", own);
        Assert.Contains("Test(global::Shop.Outer.Many with,", own);
        CSharpCompilation tests = Compilation("Tests", [Testing, Image(Compilation("App", [], Record, Many))]);
        Assert.Equal(own, Assert.Single(Run(tests).GeneratedSources, IsHarness).SourceText.ToString());
        AssertCompiles(tests);
    }

    [Theory]
    [InlineData("internal sealed partial class Big", false)]
    [InlineData("internal sealed partial class Big", true)]
    public void One_that_is_internal_has_one_where_it_can_be_named(string declaration, bool isFriend)
    {
        string friend = isFriend ? "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Tests\")]" : "";
        MetadataReference app = Image(Compilation("App", [], Record, Pipeline.Replace("public sealed partial class Big", declaration), friend));
        CSharpCompilation tests = Compilation("Tests", [Testing, app]);
        Assert.Equal(isFriend ? 1 : 0, Run(tests).GeneratedSources.Count(IsHarness));
        AssertCompiles(tests);
    }

    [Theory]
    [InlineData("private sealed partial class Inner", "public readonly partial record struct Row", 0)]
    [InlineData("internal sealed partial class Inner", "internal readonly partial record struct Row", 1)]
    public void One_that_no_other_code_can_name_has_none(string pipeline, string record, int harnesses)
    {
        CSharpCompilation tests = Compilation(
            "Tests",
            [Testing],
            $$"""
            using Typed;
            public partial class Outer
            {
                [StreamRecord] {{record}}(int Number);
                [Pipeline(OutputMode.Append)] {{pipeline}} { {{(pipeline[0] == 'p' ? "private" : "internal")}} static Stream<Row> Define(Stream<Row> rows) => rows; }
            }
            """);
        Assert.Equal(harnesses, Run(tests).GeneratedSources.Count(IsHarness));
        AssertCompiles(tests);
    }

    [Fact]
    public void A_name_that_two_references_give_has_none()
    {
        MetadataReference one = Image(Compilation("One", [], Record, Pipeline));
        MetadataReference other = Image(Compilation("Other", [], Record, Pipeline));
        Assert.DoesNotContain(Run(Compilation("Tests", [Testing, one, other])).GeneratedSources, IsHarness);

        // That of this project goes before.
        Assert.Single(Run(Compilation("Tests", [Testing, one], Record, Pipeline)).GeneratedSources, IsHarness);
    }

    [Theory]
    [InlineData(Elsewhere, "public static class Elsewhere { public static int Two => 2; }")]
    [InlineData(Pipeline, "> 2")]
    public void An_edit_that_does_not_concern_it_is_cached(string before, string edit)
    {
        MetadataReference library = Image(Compilation("Library", [], Record.Replace("Shop", "Stock"), Pipeline.Replace("Shop", "Stock")));
        CSharpCompilation compilation = Compilation("Tests", [Testing, library], Record, Pipeline, Elsewhere);
        GeneratorDriver driver = CompiledSource.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        SyntaxTree old = compilation.SyntaxTrees.Single(tree => tree.ToString() == before);
        string after = edit.StartsWith('>') ? before.Replace("> 1", edit) : edit;
        SyntaxTree edited = old.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(after, System.Text.Encoding.UTF8));
        GeneratorRunResult run = driver.RunGenerators(compilation.ReplaceSyntaxTree(old, edited), TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Equal(2, run.GeneratedSources.Count(IsHarness));
        foreach (string step in new[] { StepNames.OwnHarness, StepNames.ReferencedHarness })
        {
            Assert.All(run.TrackedSteps[step].SelectMany(one => one.Outputs), output => Assert.True(
                output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {output.Reason}"));
        }

        int modified = run.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(one => one.Outputs).Count(output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.Equal(before == Pipeline ? 1 : 0, modified);
    }

    /// <summary>As C# 14 has it, beside the sample's tests. With TYPED_REWRITE=1 in the environment the test writes the file instead.</summary>
    [Fact]
    public void That_of_a_sample_is_as_committed()
    {
        CSharpCompilation sample = CompiledSource.CreateCompilation(File.ReadAllText(House.Checkout.At("samples", "DelayStorms", "DelayStorms.cs")));
        PipelineSpec pipeline = PipelineParser.Parse(sample.GetTypeByMetadataName("DelayStorms")!, sample, TestContext.Current.CancellationToken).Accepted()!;
        string text = HarnessEmitter.Emit(HarnessSpec.Of(pipeline), hasExtensionMembers: true);
        string path = House.Checkout.At("samples", "DelayStorms.Tests", "Generated", "DelayStorms.Harness.g.cs");
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void All_names_that_a_harness_has_are_kept_for_it()
    {
        IEnumerable<string> members = typeof(PipelineHarness)
            .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy)
            .Where(member => member is MethodInfo { IsSpecialName: false, IsAssembly: false, IsPrivate: false } or PropertyInfo { GetMethod: { IsAssembly: false, IsPrivate: false } })
            .Select(member => member.Name);
        Assert.Equal(HarnessMembers.Reserved, members.Distinct().Order(StringComparer.Ordinal));
    }

    private static bool IsHarness(GeneratedSourceResult source) => source.HintName.EndsWith(".Harness.g.cs", StringComparison.Ordinal);

    private static CSharpCompilation Compilation(string name, MetadataReference[] references, params string[] sources) =>
        CompiledSource.CreateCompilation(sources).WithAssemblyName(name).AddReferences(references);

    private static GeneratorRunResult Run(CSharpCompilation compilation)
    {
        GeneratorRunResult run = CompiledSource.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.Null(run.Exception);
        return run;
    }

    private static void AssertCompiles(CSharpCompilation compilation)
    {
        CompiledSource.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out _, TestContext.Current.CancellationToken);
        Assert.Empty(updated.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    private static MetadataReference Image(CSharpCompilation compilation)
    {
        CompiledSource.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out _, TestContext.Current.CancellationToken);
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = updated.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
