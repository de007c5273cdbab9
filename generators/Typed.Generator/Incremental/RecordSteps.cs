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
        IncrementalValuesProvider<ReadRecord> read = context.SyntaxProvider.ForAttributeWithMetadataName(Attribute, static (_, _) => true, static (found, _) => Read((INamedTypeSymbol)found.TargetSymbol));
        IncrementalValuesProvider<RecordSpec> records = read
            .Where(static record => record.Spec is not null)
            .Select(static (record, _) => record.Spec!)
            .WithTrackingName(StepNames.RecordSpec);
        context.RegisterSourceOutput(records, static (output, record) =>
            GeneratedFile.Add(output, record.FullName, "Record", RecordEmitter.Emit(record)));
        context.RegisterSourceOutput(read.Where(static record => record.Outline is not null).Select(static (record, _) => record.Outline!), WriteOutline);
    }

    /// <summary>Writes the outline of a record that is refused.</summary>
    public static void WriteOutline(SourceProductionContext output, RecordOutline outline) =>
        GeneratedFile.Add(output, outline.FullName, "Outline", OutlineEmitter.Emit(outline));

    private static ReadRecord Read(INamedTypeSymbol type) => RecordParser.Parse(type, out ImmutableArray<Diagnostic> problems) is { } spec
        ? new ReadRecord(spec, null)
        : new ReadRecord(null, RecordOutlines.Of(type, problems.Select(problem => problem.Id)));

    /// <param name="Spec">The record; null if it is refused.</param>
    /// <param name="Outline">What stands in for it then; null if nothing can.</param>
    private sealed record ReadRecord(RecordSpec? Spec, RecordOutline? Outline);
}
