using Microsoft.CodeAnalysis;

namespace Typed.Generator.Incremental;

/// <summary>[StreamRecord]: symbol → <see cref="Typed.Plan.RecordSpec"/> → the other part of the record.</summary>
internal static class RecordSteps
{
    public const string Attribute = "Typed.StreamRecordAttribute";

    public static void Register(IncrementalGeneratorInitializationContext context)
    {
    }
}
