extern alias generator;

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Tests.Compilation;

namespace Typed.Tests.Broken;

/// <summary>Whatever shape a source has: it compiles, or what is wrong with it is said where it is wrong; and never in a generated file.</summary>
public class HostileShapeTests
{
    public static TheoryData<string> Shapes => [.. HostileShape.All.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task It_compiles_or_the_right_thing_is_said(string name)
    {
        HostileShape shape = HostileShape.All.Single(one => one.Name == name);
        CSharpCompilation compilation = CompiledSource.CreateCompilation(shape.Sources);
        compilation = compilation.WithOptions(compilation.Options
            .WithOutputKind(shape.IsProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary)
            .WithNullableContextOptions(shape.IsNullable ? NullableContextOptions.Enable : NullableContextOptions.Disable)
            .WithAllowUnsafe(shape.AllowsUnsafe));
        if (shape.Library is { } library)
            compilation = compilation.AddReferences(ImageOf(library));
        (Microsoft.CodeAnalysis.Compilation updated, GeneratorRunResult run) = Generate(compilation);
        Assert.Null(run.Exception);
        Assert.Empty(run.Diagnostics);
        Assert.All(run.GeneratedSources, source => Assert.Empty(source.SyntaxTree.GetDiagnostics(TestContext.Current.CancellationToken)));
        ImmutableArray<Diagnostic> analyzed = await updated.WithAnalyzers(CompiledSource.Analyzers()).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(analyzed, one => one.Id == "AD0001");
        Diagnostic[] errors = [.. updated.GetDiagnostics(TestContext.Current.CancellationToken).Concat(analyzed).Where(one => one.Severity == DiagnosticSeverity.Error)];
        Assert.Equal("", string.Join('\n', errors.Where(one => one.Location.SourceTree is { } tree && !compilation.ContainsSyntaxTree(tree))));
        Assert.Equal(string.Join('\n', shape.Errors.Order(StringComparer.Ordinal)), string.Join('\n', errors.Select(Place).Order(StringComparer.Ordinal)));
        if (errors.Length == 0)
            Assert.Empty(updated.Emit(Stream.Null, cancellationToken: TestContext.Current.CancellationToken).Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error));
    }

    private static string Place(Diagnostic one) => $"{one.Id} {one.Location.SourceTree?.GetText().ToString(one.Location.SourceSpan)}";

    private static (Microsoft.CodeAnalysis.Compilation Updated, GeneratorRunResult Run) Generate(CSharpCompilation compilation)
    {
        GeneratorDriver driver = CompiledSource.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out _);
        return (updated, driver.GetRunResult().Results[0]);
    }

    private static MetadataReference ImageOf(string source)
    {
        using MemoryStream image = new();
        Assert.True(Generate(CompiledSource.CreateCompilation(source)).Updated.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
