extern alias generator;

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Typed.Tests.Compilation;

/// <summary>
/// C# source run through the real generator (and, if asked, the analyzers), compiled in memory and, on first use of
/// <see cref="Assembly"/>, loaded into a context of its own that <see cref="Dispose"/> unloads.
/// </summary>
public sealed class CompiledSource : IDisposable
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);
    private static readonly ImmutableArray<MetadataReference> References = ReferencesTo("Typed.dll", "Typed.Faster.dll", "Typed.Files.dll");
    private static readonly SyntaxTree Usings = CSharpSyntaxTree.ParseText(
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading.Tasks;
        """,
        ParseOptions,
        "GlobalUsings.cs");

    private readonly CSharpCompilation _compilation;
    private AssemblyLoadContext? _context;
    private Assembly? _assembly;

    private CompiledSource(CSharpCompilation compilation, GeneratorDriverRunResult run, ImmutableArray<Diagnostic> diagnostics)
    {
        _compilation = compilation;
        Run = run;
        Diagnostics = diagnostics;
        GeneratedSources = run.Results.SelectMany(result => result.GeneratedSources.IsDefault ? [] : result.GeneratedSources)
            .ToDictionary(source => source.HintName, source => source.SourceText.ToString());
    }

    /// <summary>What the generator did.</summary>
    public GeneratorDriverRunResult Run { get; }

    /// <summary>Warnings and errors of the compiler, and all that generator and analyzers report.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>The errors among <see cref="Diagnostics"/>.</summary>
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>The text of each generated file by its hint name.</summary>
    public IReadOnlyDictionary<string, string> GeneratedSources { get; }

    /// <summary>The compilation with the generated files.</summary>
    public CSharpCompilation Compilation => _compilation;

    /// <summary>The loaded assembly.</summary>
    /// <exception cref="InvalidOperationException">There are errors; the message lists them and the generated files they are in.</exception>
    public Assembly Assembly => _assembly ??= Load();

    /// <summary>Compiles source texts; System, collections, LINQ and tasks are imported, <c>using Typed;</c> is not.</summary>
    public static CompiledSource Compile(params string[] sources) => Compile(sources, analyze: false);

    /// <summary>Compiles source texts and runs the analyzers too.</summary>
    public static CompiledSource CompileAndAnalyze(params string[] sources) => Compile(sources, analyze: true);

    /// <summary>A compilation as the generator gets it, for tests that drive it themselves.</summary>
    public static CSharpCompilation CreateCompilation(params string[] sources) => CSharpCompilation.Create(
        "Compiled" + Guid.NewGuid().ToString("N"),
        [Usings, .. sources.Select((source, number) => CSharpSyntaxTree.ParseText(source, ParseOptions, $"Source{number}.cs", System.Text.Encoding.UTF8))],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: false, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A driver of the generator that tracks its steps.</summary>
    public static GeneratorDriver CreateDriver() => CSharpGeneratorDriver.Create(
        [new generator::Typed.Generator.TypedGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>All analyzers.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
        [.. Assembly.Load("Typed.Analyzers").GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    /// <summary>The framework, and some of the assemblies that lie beside the tests.</summary>
    public static ImmutableArray<MetadataReference> ReferencesTo(params string[] own)
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework || own.Contains(Path.GetFileName(path)))
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    /// <summary>A type of the assembly by its full name.</summary>
    public Type Type(string name) => Assembly.GetType(name, throwOnError: true)!;

    /// <summary>Calls a public static method.</summary>
    public object? Call(string type, string method, params object?[] arguments) => Type(type).GetMethod(method)!.Invoke(null, arguments);

    /// <summary>Unloads the assembly.</summary>
    public void Dispose() => _context?.Unload();

    private static CompiledSource Compile(string[] sources, bool analyze)
    {
        CSharpCompilation compilation = CreateCompilation(sources);
        GeneratorDriver driver = CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out ImmutableArray<Diagnostic> reported);
        List<Diagnostic> diagnostics = [.. reported, .. updated.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
        if (analyze && Analyzers() is { IsEmpty: false } analyzers)
        {
            CompilationWithAnalyzers analyzed = updated.WithAnalyzers(analyzers);
            diagnostics.AddRange(analyzed.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult());
        }

        return new CompiledSource((CSharpCompilation)updated, driver.GetRunResult(), [.. diagnostics]);
    }

    private Assembly Load()
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = _compilation.Emit(image);
        Diagnostic[] errors = [.. Errors.Concat(result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)).Distinct()];
        if (errors.Length > 0 || !result.Success)
        {
            IEnumerable<string> generated = GeneratedSources.Where(source => errors.Any(error => error.Location.SourceTree?.FilePath.EndsWith(source.Key, StringComparison.Ordinal) == true))
                .Select(source => $"\n--- {source.Key}\n{source.Value}");
            throw new InvalidOperationException("The source does not compile:\n" + string.Join("\n", errors.Select(error => error.ToString())) + string.Concat(generated));
        }

        image.Position = 0;
        _context = new AssemblyLoadContext(_compilation.AssemblyName, isCollectible: true);
        return _context.LoadFromStream(image);
    }
}
