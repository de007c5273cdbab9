using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Typed.Plan;

namespace Typed.Analyzers;

/// <summary>Reports what keeps a type marked [StreamRecord] from becoming columns.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StreamRecordAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        RecordDiagnostics.NotPartial, RecordDiagnostics.NotRecord, RecordDiagnostics.NoFields, RecordDiagnostics.FieldType,
        RecordDiagnostics.SecondEventTime, RecordDiagnostics.EventTimeType, RecordDiagnostics.Precision, RecordDiagnostics.Generic,
        RecordDiagnostics.FileLocal, RecordDiagnostics.SameName, RecordDiagnostics.RawTextType, RecordDiagnostics.SourceType,
        RecordDiagnostics.LostState, RecordDiagnostics.Abstract, RecordDiagnostics.SecondRawText, RecordDiagnostics.Id, RecordDiagnostics.Cardinality,
    ];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Typed.StreamRecordAttribute") is not { } mark)
                return;
            start.RegisterSymbolAction(
                symbol =>
                {
                    INamedTypeSymbol type = (INamedTypeSymbol)symbol.Symbol;
                    if (!type.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, mark)))
                        return;
                    RecordParser.Parse(type, out ImmutableArray<Diagnostic> problems);
                    foreach (Diagnostic problem in problems)
                        symbol.ReportDiagnostic(problem);
                },
                SymbolKind.NamedType);
        });
    }
}
