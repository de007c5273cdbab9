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
        IncrementalValuesProvider<ReadRecord> read = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Attribute,
                DeclarationReader.IsType,
                static (found, cancellation) => DeclarationReader.FirstMarked(found, Attribute, cancellation) is { } type ? Read(type) : null)
            .Where(static record => record?.FullName is not null)
            .Select(static (record, _) => record!);
        IncrementalValueProvider<EquatableArray<string>> clashing = GeneratedFile.Clashing(read.Select(static (record, _) => record.FullName!));
        IncrementalValuesProvider<RecordSpec> records = read
            .Where(static record => record.Spec is not null)
            .Select(static (record, _) => record.Spec!)
            .WithTrackingName(StepNames.RecordSpec);
        context.RegisterSourceOutput(records.Combine(clashing), static (output, pair) =>
            GeneratedFile.Add(output, pair.Left.FullName, pair.Right, "Record", RecordEmitter.Emit(pair.Left)));
        context.RegisterSourceOutput(read.Where(static record => record.Outline is not null).Select(static (record, _) => record.Outline!).Combine(clashing), static (output, pair) =>
            GeneratedFile.Add(output, pair.Left.FullName, pair.Right, "Outline", OutlineEmitter.Emit(pair.Left)));
    }

    private static ReadRecord Read(INamedTypeSymbol type) => RecordParser.Parse(type, out ImmutableArray<Diagnostic> problems) is { } spec
        ? new ReadRecord(spec, null)
        : new ReadRecord(null, RecordOutlines.Of(type, problems.Select(problem => problem.Id)));

    /// <param name="Spec">The record; null if it is refused.</param>
    /// <param name="Outline">What stands in for it then; null if nothing can.</param>
    private sealed record ReadRecord(RecordSpec? Spec, RecordOutline? Outline)
    {
        /// <summary>The name under which something is written; null for nothing.</summary>
        public string? FullName => Spec?.FullName ?? Outline?.FullName;
    }
}
