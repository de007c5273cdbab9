extern alias analyzers;
extern alias fixes;

using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Typed.Tests.Compilation;

namespace Typed.Tests.Baseline;

/// <summary>A project with a state baseline as an editor has it: its source is generated for and analyzed, and fixes are applied to it.</summary>
internal sealed class BaselineProject : IDisposable
{
    private static readonly ImmutableArray<CodeFixProvider> Fixes = [new fixes::Typed.CodeFixes.StateBaselineFix(), new fixes::Typed.CodeFixes.StateNameFix(), new fixes::Typed.CodeFixes.StateMigrationFix(), new fixes::Typed.CodeFixes.FieldIdFix()];
    private readonly AdhocWorkspace _workspace = new();
    private Project _project;

    /// <param name="source">The source.</param>
    /// <param name="shipped">What is in the file of that name; null for none.</param>
    /// <param name="unshipped">The same.</param>
    public BaselineProject(string source, string? shipped = "", string? unshipped = null)
    {
        CSharpCompilation model = CompiledSource.CreateCompilation("");
        _project = _workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), "Shop", "Shop", LanguageNames.CSharp, "/shop/Shop.csproj",
            compilationOptions: model.Options, parseOptions: new CSharpParseOptions(LanguageVersion.Latest), metadataReferences: model.References));
        _project = _project.AddDocument("Shop.cs", SourceText.From(source)).Project;
        if (shipped is not null)
            _project = _project.AddAdditionalDocument("Typed.State.Shipped.txt", SourceText.From(shipped), filePath: "/shop/Typed.State.Shipped.txt").Project;
        if (unshipped is not null)
            _project = _project.AddAdditionalDocument("Typed.State.Unshipped.txt", SourceText.From(unshipped), filePath: "/shop/Typed.State.Unshipped.txt").Project;
    }

    /// <summary>The source.</summary>
    public string Source => _project.Documents.Single().GetTextAsync().Result.ToString();

    /// <summary>The file of what is noted; null where there is none.</summary>
    public string? Unshipped => _project.AdditionalDocuments.SingleOrDefault(file => file.Name == "Typed.State.Unshipped.txt")?.GetTextAsync().Result.ToString();

    /// <summary>What is said of state: each id and the text it points at.</summary>
    public async Task<string[]> FoundAsync() => [.. (await DiagnosticsAsync(_project)).Select(Place)];

    /// <summary>What is said, in words.</summary>
    public async Task<string[]> SaidAsync() => [.. (await DiagnosticsAsync(_project)).Select(one => one.GetMessage(CultureInfo.InvariantCulture))];

    /// <summary>Applies the fix of each diagnostic with an id, one after another.</summary>
    public async Task FixAsync(string id)
    {
        for (int i = 0; i < 10; i++)
        {
            Diagnostic? diagnostic = (await DiagnosticsAsync(_project)).FirstOrDefault(one => one.Id == id);
            if (diagnostic is null || (await ActionsAsync(diagnostic)).FirstOrDefault() is not { } action)
                return;
            await ApplyAsync(action);
        }
    }

    /// <summary>Applies the fix to all there is in the project.</summary>
    public async Task FixAllAsync(string id)
    {
        CodeFixProvider provider = Fixes.Single(fix => fix.FixableDiagnosticIds.Contains(id));
        FixAllContext context = new(_project.Documents.Single(), provider, FixAllScope.Project, id, [id], new Provider(this), CancellationToken.None);
        await ApplyAsync((await provider.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    /// <summary>How many fixes a diagnostic has.</summary>
    public async Task<int> CountFixesAsync(string id) => (await ActionsAsync((await DiagnosticsAsync(_project)).First(one => one.Id == id))).Count;

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project)
    {
        Microsoft.CodeAnalysis.Compilation compilation = (await project.GetCompilationAsync())!;
        CompiledSource.CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out Microsoft.CodeAnalysis.Compilation updated, out _);
        Assert.Empty(updated.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        ImmutableArray<AdditionalText> files = [.. project.AdditionalDocuments.Select(file => new FileText(file.FilePath!, file.GetTextAsync().Result))];
        CompilationWithAnalyzers analyzed = updated.WithAnalyzers([new analyzers::Typed.Analyzers.StateBaselineAnalyzer()], new AnalyzerOptions(files));
        ImmutableArray<Diagnostic> found = await analyzed.GetAnalyzerDiagnosticsAsync();
        Assert.DoesNotContain(found, one => one.Id.StartsWith("AD", StringComparison.Ordinal));
        return [.. found.OrderBy(one => one.Location.SourceSpan.Start).ThenBy(one => one.Id)];
    }

    private async Task<List<CodeAction>> ActionsAsync(Diagnostic diagnostic)
    {
        List<CodeAction> actions = [];
        foreach (CodeFixProvider fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(_project.Documents.Single(), diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    private async Task ApplyAsync(CodeAction action)
    {
        ApplyChangesOperation change = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        _project = change.ChangedSolution.GetProject(_project.Id)!;
    }

    private static string Place(Diagnostic diagnostic) => diagnostic.Id + " " + (diagnostic.Location.SourceTree is { } tree
        ? tree.GetText().ToString(diagnostic.Location.SourceSpan)
        : $"{Path.GetFileName(diagnostic.Location.GetLineSpan().Path)}:{diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}");

    private sealed class FileText(string path, SourceText text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => text;
    }

    private sealed class Provider(BaselineProject owner) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => await DiagnosticsAsync(owner._project);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await DiagnosticsAsync(owner._project);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
