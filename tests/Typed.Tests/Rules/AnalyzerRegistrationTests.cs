using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Typed.Tests.Compilation;

namespace Typed.Tests.Rules;

/// <summary>
/// No analyzer goes through the whole project after each edit: they ask to be shown types and operations, which an editor does for the files it is asked about. What is run
/// at the end of a compilation, or for whole files, would be run over everything.
/// </summary>
public class AnalyzerRegistrationTests
{
    private static readonly HashSet<string> Narrow = ["Symbol", "Operation", "AdditionalFile"];

    public static TheoryData<string> Analyzers => [.. CompiledSource.Analyzers().Select(analyzer => analyzer.GetType().Name)];

    [Theory]
    [MemberData(nameof(Analyzers))]
    public void It_looks_at_types_and_operations_alone(string name)
    {
        List<string> asked = [];
        CompiledSource.Analyzers().Single(analyzer => analyzer.GetType().Name == name).Initialize(new Recorded(asked));
        Assert.NotEmpty(asked);
        Assert.Subset(Narrow, asked.ToHashSet());
    }

    [Fact]
    public void What_else_is_asked_for_is_recorded()
    {
        List<string> asked = [];
        Wide.Ask(new Recorded(asked));
        Assert.Equal(["CompilationEnd", "SemanticModel", "Symbol"], asked.Order(StringComparer.Ordinal));
    }

    private static class Wide
    {
        public static void Ask(AnalysisContext context)
        {
            context.RegisterSemanticModelAction(_ => { });
            context.RegisterCompilationStartAction(start =>
            {
                start.RegisterSymbolAction(_ => { }, SymbolKind.NamedType);
                start.RegisterCompilationEndAction(_ => { });
            });
        }
    }

    /// <summary>Writes down what an analyzer asks for; what it does at the start of a compilation is done.</summary>
    private sealed class Recorded(List<string> asked) : AnalysisContext
    {
        public override void ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags analysisMode)
        {
        }

        public override void EnableConcurrentExecution()
        {
        }

        public override void RegisterCompilationStartAction(Action<CompilationStartAnalysisContext> action) => action(new Started(asked));

        public override void RegisterCompilationAction(Action<CompilationAnalysisContext> action) => asked.Add("Compilation");

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) => asked.Add("SemanticModel");

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, System.Collections.Immutable.ImmutableArray<SymbolKind> symbolKinds) => asked.Add("Symbol");

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => asked.Add("CodeBlockStart");

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => asked.Add("CodeBlock");

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) => asked.Add("SyntaxTree");

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, System.Collections.Immutable.ImmutableArray<TLanguageKindEnum> syntaxKinds) => asked.Add("SyntaxNode");

        public override void RegisterOperationAction(Action<OperationAnalysisContext> action, System.Collections.Immutable.ImmutableArray<OperationKind> operationKinds) => asked.Add("Operation");
    }

    private sealed class Started(List<string> asked) : CompilationStartAnalysisContext(CompiledSource.CreateCompilation(""), new AnalyzerOptions([new Baseline()]), CancellationToken.None)
    {
        public override void RegisterCompilationEndAction(Action<CompilationAnalysisContext> action) => asked.Add("CompilationEnd");

        public override void RegisterSemanticModelAction(Action<SemanticModelAnalysisContext> action) => asked.Add("SemanticModel");

        public override void RegisterSymbolAction(Action<SymbolAnalysisContext> action, System.Collections.Immutable.ImmutableArray<SymbolKind> symbolKinds) => asked.Add("Symbol");

        public override void RegisterCodeBlockStartAction<TLanguageKindEnum>(Action<CodeBlockStartAnalysisContext<TLanguageKindEnum>> action) => asked.Add("CodeBlockStart");

        public override void RegisterCodeBlockAction(Action<CodeBlockAnalysisContext> action) => asked.Add("CodeBlock");

        public override void RegisterSyntaxTreeAction(Action<SyntaxTreeAnalysisContext> action) => asked.Add("SyntaxTree");

        public override void RegisterSyntaxNodeAction<TLanguageKindEnum>(Action<SyntaxNodeAnalysisContext> action, System.Collections.Immutable.ImmutableArray<TLanguageKindEnum> syntaxKinds) => asked.Add("SyntaxNode");

        public override void RegisterOperationAction(Action<OperationAnalysisContext> action, System.Collections.Immutable.ImmutableArray<OperationKind> operationKinds) => asked.Add("Operation");

        public override void RegisterAdditionalFileAction(Action<AdditionalFileAnalysisContext> action) => asked.Add("AdditionalFile");
    }

    // Without one, the analyzer of state has nothing to ask for.
    private sealed class Baseline : AdditionalText
    {
        public override string Path => "/shop/Typed.State.Shipped.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From("");
    }
}
