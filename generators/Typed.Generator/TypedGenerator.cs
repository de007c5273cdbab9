using Microsoft.CodeAnalysis;
using Typed.Generator.Incremental;

namespace Typed.Generator;

/// <summary>
/// Writes the columnar part of records marked [StreamRecord], compiles classes marked [Pipeline], writes harnesses for their tests and binds processors of custom state to what they keep.
/// </summary>
/// <remarks>
/// Records, pipelines and processors are separate steps: each parses symbols to an equatable spec and writes from the spec alone, so that an
/// edit elsewhere leaves what was written in the cache. Problems are the analyzer's to report; where a spec has an error nothing is
/// written.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class TypedGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        RecordSteps.Register(context);
        HarnessSteps.Register(context, PipelineSteps.Register(context));
        ProcessorSteps.Register(context);
    }
}
