extern alias analyzers;
extern alias fixes;

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Typed.Tests.Compilation;

namespace Typed.Tests.Fixes;

/// <summary>A project as an editor has it, to which the fixes are applied that it offers.</summary>
internal sealed class FixedProject : IDisposable
{
    internal static readonly ImmutableArray<CodeFixProvider> Fixes =
    [
        .. typeof(fixes::Typed.CodeFixes.OutputModeFix).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
    [
        new analyzers::Typed.Analyzers.PipelineAnalyzer(), new analyzers::Typed.Analyzers.StreamRecordAnalyzer(), new analyzers::Typed.Analyzers.StartAnalyzer(),
        new analyzers::Typed.Analyzers.Settings.SettingsAnalyzer(), new analyzers::Typed.Analyzers.Settings.SinkAnalyzer(),
    ];

    private readonly AdhocWorkspace _workspace = new();
    private Project _project;

    public FixedProject(params string[] sources)
    {
        CSharpCompilation model = CompiledSource.CreateCompilation("");
        _project = _workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), "Shop", "Shop", LanguageNames.CSharp, "/shop/Shop.csproj",
            compilationOptions: model.Options, parseOptions: new CSharpParseOptions(LanguageVersion.Latest), metadataReferences: model.References));
        _project = _project.AddDocument("Usings.cs", SourceText.From("global using System;")).Project;
        for (int i = 0; i < sources.Length; i++)
            _project = _project.AddDocument($"Source{i}.cs", SourceText.From(sources[i])).Project;
    }

    /// <summary>A source as it is now.</summary>
    public string Source(int number = 0) => _project.Documents.Single(document => document.Name == $"Source{number}.cs").GetTextAsync().Result.ToString();

    public async Task<string[]> IdsAsync() => [.. (await DiagnosticsAsync()).Select(one => one.Id)];

    /// <summary>The titles of what is offered for the first diagnostic with an id.</summary>
    public async Task<string[]> OffersAsync(string id) => [.. (await ActionsAsync((await DiagnosticsAsync()).First(one => one.Id == id))).Select(action => action.Title)];

    /// <summary>Applies an offer by the beginning of its title.</summary>
    public async Task ApplyAsync(string id, string title)
    {
        Diagnostic diagnostic = (await DiagnosticsAsync()).First(one => one.Id == id);
        List<CodeAction> actions = await ActionsAsync(diagnostic);
        CodeAction action = actions.Find(one => one.Title.StartsWith(title, StringComparison.Ordinal))
            ?? throw new ArgumentException($"'{title}' is not among the offers for '{diagnostic}': {string.Join("; ", actions.Select(one => one.Title))}");
        await ApplyAsync(action);
    }

    /// <summary>Applies what is offered first to all there is of an id in the project.</summary>
    public async Task FixAllAsync(string id)
    {
        ImmutableArray<Diagnostic> found = await DiagnosticsAsync();
        CodeFixProvider provider = Fixes.First(fix => fix.FixableDiagnosticIds.Contains(id));
        List<CodeAction> first = [];
        Diagnostic one = found.First(diagnostic => diagnostic.Id == id);
        await provider.RegisterCodeFixesAsync(new CodeFixContext(DocumentOf(one), one, (action, _) => first.Add(action), CancellationToken.None));
        FixAllContext context = new(DocumentOf(one), provider, FixAllScope.Project, first[0].EquivalenceKey!, [id], new Provider(this), CancellationToken.None);
        await ApplyAsync((await provider.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>What is said, and what the compiler refuses; generated code is there.</summary>
    private async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync()
    {
        Microsoft.CodeAnalysis.Compilation compilation = (await _project.GetCompilationAsync())!;
        CompiledSource.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out _);
        ImmutableArray<Diagnostic> found = await updated.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync();
        return
        [
            .. found.Where(one => one.Location.SourceTree is not null).OrderBy(one => one.Location.SourceSpan.Start).ThenBy(one => one.Id),
            .. updated.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error),
        ];
    }

    private Document DocumentOf(Diagnostic diagnostic) => _project.Solution.GetDocument(diagnostic.Location.SourceTree) ?? throw new ArgumentException($"{diagnostic} is in no document.");

    private async Task<List<CodeAction>> ActionsAsync(Diagnostic diagnostic)
    {
        List<CodeAction> actions = [];
        foreach (CodeFixProvider fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(DocumentOf(diagnostic), diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    private async Task ApplyAsync(CodeAction action)
    {
        ApplyChangesOperation change = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        _project = change.ChangedSolution.GetProject(_project.Id)!;
    }

    private sealed class Provider(FixedProject owner) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            (await owner.DiagnosticsAsync()).Where(one => owner.DocumentOf(one).Id == document.Id);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await owner.DiagnosticsAsync();

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
