using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Typed.Tests.Compilation;
using Typed.Tests.Fixes;
using Typed.Tests.House;

namespace Typed.Tests.Broken;

/// <summary>
/// A sample as an editor has it while somebody types: after each change the generator runs over what changed, the analyzers over what is there, and the
/// fixes are asked for and applied.
/// </summary>
internal sealed class BrokenSample : IDisposable
{
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string UsingsOfTests = "global using Xunit; global using Typed; global using Typed.Testing;";

    // What others than the file with the change are looked at for: an operator may read of a record, a processor, a helper elsewhere.
    private static readonly string[] Marks = ["[StreamRecord", "[Pipeline", "Processor"];

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> References = CompiledSource.ReferencesTo(
        "Typed.dll", "Typed.Faster.dll", "Typed.Files.dll", "Typed.Testing.dll", "xunit.v3.assert.dll", "xunit.v3.core.dll", "xunit.v3.common.dll");

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = CompiledSource.Analyzers();

    private readonly AdhocWorkspace _workspace = new();
    private readonly Project _project;
    private readonly GeneratorDriver _driver;
    private readonly HashSet<DocumentId> _queries;
    private readonly HashSet<SyntaxTree> _parsed = [];

    /// <param name="sample">Its folder.</param>
    public BrokenSample(string sample)
    {
        List<MetadataReference> references = [.. References];
        bool isTests = sample.EndsWith(".Tests", StringComparison.Ordinal);
        if (isTests)
            references.Add(ImageOf(sample[..^".Tests".Length]));
        _project = _workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), sample, sample, LanguageNames.CSharp, $"/{sample}/{sample}.csproj",
            compilationOptions: new CSharpCompilationOptions(isTests ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: ParseOptions,
            metadataReferences: references));
        // The harness has the name that it gets from compilers without extension members, as the one is that these tests reference.
        foreach (string path in Directory.GetFiles(Checkout.At("samples", sample), "*.cs").Order(StringComparer.Ordinal))
            _project = _project.AddDocument(Path.GetFileName(path), SourceText.From(File.ReadAllText(path).Replace("DelayStorms.Test(", "DelayStormsTesting.Test(", StringComparison.Ordinal), Encoding.UTF8), filePath: path).Project;
        _project = _project.AddDocument("Usings.g.cs", SourceText.From(Usings + (isTests ? UsingsOfTests : ""), Encoding.UTF8)).Project;
        _queries = [.. _project.Documents.Where(document => document.GetTextAsync().Result.ToString() is var text && Marks.Any(text.Contains)).Select(document => document.Id)];
        _driver = CompiledSource.CreateDriver().RunGenerators(Compilation(_project));
    }

    /// <summary>What the compiler, generator and analyzers say of it as it is.</summary>
    public async Task<ImmutableArray<Diagnostic>> ErrorsAsync()
    {
        _driver.RunGeneratorsAndUpdateCompilation(Compilation(_project), out Microsoft.CodeAnalysis.Compilation updated, out _);
        return [.. updated.GetDiagnostics().Concat(await updated.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync()).Where(one => one.Severity == DiagnosticSeverity.Error)];
    }

    /// <summary>All there is to try.</summary>
    public IEnumerable<Mutation> Mutations() => _project.Documents.Where(document => document.FilePath is not null)
        .SelectMany(document => Mutation.Of(document.Name, document.GetSyntaxRootAsync().Result!, document.GetTextAsync().Result));

    /// <summary>Puts a text in place of a file, and says everything that goes wrong with that.</summary>
    public async Task<IReadOnlyList<string>> TryAsync(Mutation mutation)
    {
        List<string> faults = [];
        Document document = _project.Documents.Single(one => mutation.Name.StartsWith(one.Name + "(", StringComparison.Ordinal)).WithText(mutation.Text);
        Microsoft.CodeAnalysis.Compilation broken = Compilation(document.Project);
        GeneratorDriver driver = _driver.RunGeneratorsAndUpdateCompilation(broken, out Microsoft.CodeAnalysis.Compilation updated, out _);
        GeneratorRunResult run = driver.GetRunResult().Results[0];
        if (run.Exception is { } exception)
            faults.Add($"{mutation.Name}: the generator fails: {exception}");
        faults.AddRange(run.Diagnostics.Select(one => $"{mutation.Name}: the generator says {one}"));
        SyntaxTree tree = (await document.GetSyntaxTreeAsync())!;
        faults.AddRange(CheckGenerated(driver, broken, updated, tree, mutation.Name));
        await CheckAnalyzersAsync(document, tree, updated, mutation.Name, faults);
        return faults;
    }

    public void Dispose() => _workspace.Dispose();

    private static Microsoft.CodeAnalysis.Compilation Compilation(Project project) => project.GetCompilationAsync().Result!;

    /// <summary>What is generated can be parsed; and where nothing is wrong with the source, it has no errors.</summary>
    private IEnumerable<string> CheckGenerated(GeneratorDriver driver, Microsoft.CodeAnalysis.Compilation broken, Microsoft.CodeAnalysis.Compilation updated, SyntaxTree source, string name)
    {
        bool isNew = false;
        foreach (SyntaxTree tree in driver.GetRunResult().GeneratedTrees.Where(_parsed.Add))
        {
            isNew = true;
            foreach (Diagnostic error in tree.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error))
                yield return $"{name}: what is generated cannot be parsed: {error}";
        }

        // The same files compile as before, where the source has no errors.
        if (!isNew || source.GetDiagnostics().Any(one => one.Severity == DiagnosticSeverity.Error))
            yield break;
        Diagnostic[] errors = [.. updated.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error)];
        if (errors.All(one => one.Location.SourceTree is { } tree && !broken.ContainsSyntaxTree(tree)))
        {
            foreach (Diagnostic error in errors)
                yield return $"{name}: the source has no errors, what is generated has: {error}";
        }
    }

    private async Task CheckAnalyzersAsync(Document document, SyntaxTree tree, Microsoft.CodeAnalysis.Compilation updated, string name, List<string> faults)
    {
        List<string> thrown = [];
        CompilationWithAnalyzers analyzed = new(updated, Analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: (exception, analyzer, _) => thrown.Add($"{name}: {analyzer.GetType().Name} fails: {exception}"), concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        List<Diagnostic> found = [];
        foreach (Document one in document.Project.Documents.Where(one => one.Id == document.Id || _queries.Contains(one.Id)))
        {
            SyntaxTree its = (await one.GetSyntaxTreeAsync())!;
            found.AddRange(await analyzed.GetAnalyzerSemanticDiagnosticsAsync(updated.GetSemanticModel(its), null, CancellationToken.None));
        }

        faults.AddRange(thrown);
        foreach (Diagnostic diagnostic in found)
        {
            _ = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
            if (document.Project.Solution.GetDocument(diagnostic.Location.SourceTree) is not { } place)
            {
                faults.Add($"{name}: {diagnostic} is in no file of the project");
                continue;
            }

            foreach (CodeFixProvider fix in FixedProject.Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                try
                {
                    List<CodeAction> actions = [];
                    await fix.RegisterCodeFixesAsync(new CodeFixContext(place, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
                    foreach (CodeAction action in actions)
                        await action.GetOperationsAsync(CancellationToken.None);
                }
                catch (Exception exception)
                {
                    faults.Add($"{name}: {fix.GetType().Name} fails for {diagnostic}: {exception}");
                }
            }
        }
    }

    /// <summary>A sample as a library that others reference.</summary>
    private static MetadataReference ImageOf(string sample)
    {
        using BrokenSample referenced = new(sample);
        referenced._driver.RunGeneratorsAndUpdateCompilation(Compilation(referenced._project), out Microsoft.CodeAnalysis.Compilation updated, out _);
        using MemoryStream image = new();
        Assert.True(updated.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
