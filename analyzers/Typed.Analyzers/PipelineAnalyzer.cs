using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Plan;

namespace Typed.Analyzers;

/// <summary>Refuses pipelines that could not start or could never write a row: what the parser and the rules find, each at the smallest place.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PipelineAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Plan.Diagnostics.All.Select(rule => rule.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Typed.PipelineAttribute") is { } mark)
                start.RegisterSymbolAction(symbol => Analyze(symbol, mark), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol mark)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (!type.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, mark)))
            return;
        ParsedPipeline pipeline = PipelineParser.Parse(type, context.Compilation, context.CancellationToken);
        foreach (LocatedFinding finding in pipeline.AllFindings())
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Plan.Diagnostics.Find(finding.DiagnosticId).Descriptor, finding.Location, [.. finding.Arguments]));
        }
    }
}
