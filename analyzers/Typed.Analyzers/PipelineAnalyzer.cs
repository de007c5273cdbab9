using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Plan;

namespace Typed.Analyzers;

/// <summary>
/// Refuses pipelines that could not start or could never write a row, and processors that could not be bound to their state: what the parsers and the rules
/// find, each at the smallest place.
/// </summary>
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
        CodeReader code = new(context.Compilation, context.CancellationToken);
        if (ProcessorParser.BaseOf(type) is not null)
        {
            Report(context, ProcessorParser.Parse(type, context.Compilation, context.CancellationToken).Findings);
            Report(context, code.CheckClass(type));
        }

        // On anything else the compiler refuses the attribute.
        if (type.TypeKind != TypeKind.Class || !type.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, mark)))
            return;
        ParsedPipeline parsed = PipelineParser.Parse(type, context.Compilation, context.CancellationToken);
        Report(context, parsed.AllFindings());
        Report(context, code.Check(parsed.Calls));
    }

    private static void Report(SymbolAnalysisContext context, ImmutableArray<LocatedFinding> findings)
    {
        foreach (LocatedFinding finding in findings)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Plan.Diagnostics.Find(finding.DiagnosticId).Descriptor, finding.Location, finding.Related, [.. finding.Arguments]));
        }
    }
}
