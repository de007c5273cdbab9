using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Typed.Generator.Emitter;
using Typed.Plan;

namespace Typed.Generator.Incremental;

/// <summary>[StreamRecord]: symbol → <see cref="RecordSpec"/> → the other part of the record.</summary>
internal static class RecordSteps
{
    public const string Attribute = "Typed.StreamRecordAttribute";

    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<RecordSpec> records = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Attribute,
                static (_, _) => true,
                static (found, _) => RecordParser.Parse((INamedTypeSymbol)found.TargetSymbol, out ImmutableArray<Diagnostic> _))
            .Where(static record => record is not null)
            .Select(static (record, _) => record!)
            .WithTrackingName(StepNames.RecordSpec);
        context.RegisterSourceOutput(records, static (output, record) =>
            GeneratedFile.Add(output, record.FullName, "Record", RecordEmitter.Emit(record)));
    }
}
