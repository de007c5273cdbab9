extern alias analyzers;
extern alias generator;

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Conformance.Running;

namespace Typed.Conformance.Compilation;

/// <summary>Many cases run through the real generator and analyzers and compiled into one assembly; each case is a file and a namespace of its own.</summary>
internal sealed partial class CompiledCases
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);
    private static readonly ImmutableArray<MetadataReference> References = FindReferences();
    private readonly Dictionary<int, List<Diagnostic>> _errors = [];
    private readonly Dictionary<int, StringBuilder> _generated = [];
    private readonly List<string> _common = [];
    private Assembly? _assembly;

    private CompiledCases()
    {
    }

    /// <summary>Errors that belong to no case; none of the cases can run.</summary>
    public IReadOnlyList<string> CommonErrors => _common;

    /// <summary>Compiles the sources of some cases, by the number of the case.</summary>
    /// <param name="sources">The C# of each case.</param>
    /// <param name="load">Whether to make an assembly of the cases without errors, or only look at diagnostics.</param>
    public static CompiledCases Compile(IReadOnlyDictionary<int, string> sources, bool load)
    {
        CompiledCases compiled = new();
        Microsoft.CodeAnalysis.Compilation compilation = compiled.Check(sources);
        if (!load || compiled._common.Count > 0)
            return compiled;
        if (compiled._errors.Count > 0)
        {
            Dictionary<int, string> good = sources.Where(source => !compiled._errors.ContainsKey(source.Key)).ToDictionary();
            if (good.Count == 0)
                return compiled;
            compilation = Generate(good, out _);
        }

        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        if (!result.Success)
        {
            compiled._common.AddRange(result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.ToString()));
            return compiled;
        }

        image.Position = 0;
        compiled._assembly = new AssemblyLoadContext(compilation.AssemblyName, isCollectible: false).LoadFromStream(image);
        return compiled;
    }

    /// <summary>The errors that the compiler, the generator or an analyzer has reported in a case.</summary>
    public IReadOnlyList<Diagnostic> Errors(int number) => _errors.TryGetValue(number, out List<Diagnostic>? errors) ? errors : [];

    /// <summary>What was generated for a case that has errors.</summary>
    public string Generated(int number) => _generated.TryGetValue(number, out StringBuilder? text) ? text.ToString() : "";

    /// <summary>A new program of a case without errors.</summary>
    public CaseProgram Create(int number) => Create(CaseSource.Namespace(number));

    /// <summary>A new program of what is started in the place of a case at a restart.</summary>
    public CaseProgram CreateChanged(int number) => Create(CaseSource.Namespace(number) + "." + CaseSource.Changed);

    private CaseProgram Create(string space) => (CaseProgram)Activator.CreateInstance(_assembly!.GetType(space + ".Program", throwOnError: true)!)!;

    /// <summary>One source as the compiler sees it before anything is generated.</summary>
    public static Microsoft.CodeAnalysis.Compilation Compilation(string source) => Parsed(new Dictionary<int, string> { [0] = source });

    private static Microsoft.CodeAnalysis.Compilation Generate(IReadOnlyDictionary<int, string> sources, out ImmutableArray<Diagnostic> reported)
    {
        CSharpCompilation compilation = Parsed(sources);
        CSharpGeneratorDriver.Create([new generator::Typed.Generator.TypedGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out reported);
        return updated;
    }

    private static CSharpCompilation Parsed(IReadOnlyDictionary<int, string> sources) => CSharpCompilation.Create(
        "TypedCases" + Guid.NewGuid().ToString("N"),
        sources.Select(source => CSharpSyntaxTree.ParseText(source.Value, ParseOptions, CaseSource.Namespace(source.Key) + ".cs", Encoding.UTF8)),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: false, nullableContextOptions: NullableContextOptions.Enable));

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
        [.. Assembly.Load("Typed.Analyzers").GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    private static ImmutableArray<MetadataReference> FindReferences()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] own = ["Typed.dll", "Typed.Files.dll", "Typed.Conformance.dll"];
        return [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework || own.Contains(Path.GetFileName(path)))
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    [GeneratedRegex(CaseSource.NamespacePrefix + "([0-9]{5})")]
    private static partial Regex CaseNumber();

    private Microsoft.CodeAnalysis.Compilation Check(IReadOnlyDictionary<int, string> sources)
    {
        Microsoft.CodeAnalysis.Compilation compilation = Generate(sources, out ImmutableArray<Diagnostic> reported);
        ImmutableArray<DiagnosticAnalyzer> analyzers = Analyzers();
        IEnumerable<Diagnostic> analyzed = analyzers.IsEmpty ? [] : compilation.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        foreach (Diagnostic diagnostic in reported.Concat(compilation.GetDiagnostics()).Concat(analyzed))
        {
            // CS8785 is a warning by which the compiler says that a generator has crashed.
            if (diagnostic.Severity != DiagnosticSeverity.Error && diagnostic.Id != "CS8785")
                continue;
            Match match = CaseNumber().Match(diagnostic.Location.SourceTree?.FilePath ?? diagnostic.ToString());
            if (!match.Success)
                match = CaseNumber().Match(diagnostic.Location.SourceTree?.ToString() ?? "");
            if (match.Success)
                Note(int.Parse(match.Groups[1].Value, null), diagnostic);
            else
                _common.Add(diagnostic.ToString());
        }

        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => !sources.Keys.Any(number => tree.FilePath == CaseSource.Namespace(number) + ".cs")))
        {
            if (CaseNumber().Match(tree.FilePath) is { Success: true } match && int.Parse(match.Groups[1].Value, null) is int number && _errors.ContainsKey(number))
                (_generated.TryGetValue(number, out StringBuilder? text) ? text : _generated[number] = new StringBuilder()).Append("// ").AppendLine(tree.FilePath).AppendLine(tree.ToString());
        }

        return compilation;
    }

    private void Note(int number, Diagnostic diagnostic)
    {
        if (!_errors.TryGetValue(number, out List<Diagnostic>? errors))
            _errors[number] = errors = [];
        errors.Add(diagnostic);
    }
}
