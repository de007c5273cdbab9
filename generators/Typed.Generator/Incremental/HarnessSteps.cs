using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Generator.Harness;
using Typed.Plan;

namespace Typed.Generator.Incremental;

/// <summary>
/// A project that references Typed.Testing: a harness for each pipeline of its own and of what it references. In all other projects these steps end at once.
/// </summary>
internal static class HarnessSteps
{
    private const string Testing = "Typed.Testing";

    // The generator is built against a compiler that has no name for it; one that has knows the syntax.
    private const LanguageVersion CSharp14 = (LanguageVersion)1400;

    public static void Register(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<PipelineSpec> pipelines)
    {
        IncrementalValueProvider<TestProject> project = context.CompilationProvider
            .Select(static (compilation, _) => new TestProject(
                compilation.ReferencedAssemblyNames.Any(reference => reference.Name == Testing),
                compilation is CSharpCompilation { LanguageVersion: >= CSharp14 } && Enum.IsDefined(typeof(LanguageVersion), CSharp14)));
        IncrementalValuesProvider<HarnessSpec> own = pipelines
            .Where(static pipeline => pipeline.IsVisible)
            .Combine(project)
            .Where(static pair => pair.Right.Tests)
            .Select(static (pair, _) => HarnessSpec.Of(pair.Left))
            .WithTrackingName(StepNames.OwnHarness);
        IncrementalValuesProvider<HarnessSpec> referenced = context.CompilationProvider
            .Combine(project)
            .SelectMany(static (pair, cancellation) => pair.Right.Tests ? ReferencedPipelines.In(pair.Left, cancellation) : default)
            .WithTrackingName(StepNames.ReferencedHarness);
        IncrementalValueProvider<EquatableArray<string>> clashing = own.Collect().Combine(referenced.Collect())
            .Select(static (all, _) => GeneratedFile.Clashing(all.Left.Concat(all.Right).Select(pipeline => pipeline.FullName)));
        context.RegisterSourceOutput(own.Combine(project.Combine(clashing)), Write);
        context.RegisterSourceOutput(referenced.Combine(project.Combine(clashing)), Write);
    }

    private static void Write(SourceProductionContext output, (HarnessSpec Pipeline, (TestProject Project, EquatableArray<string> Clashing) Others) harness) =>
        GeneratedFile.Add(output, harness.Pipeline.FullName, harness.Others.Clashing, "Harness", HarnessEmitter.Emit(harness.Pipeline, harness.Others.Project.HasExtensionMembers));

    /// <param name="Tests">Whether the project references Typed.Testing.</param>
    /// <param name="HasExtensionMembers">Whether its C# has static extension members.</param>
    private sealed record TestProject(bool Tests, bool HasExtensionMembers);
}
