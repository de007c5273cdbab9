using Microsoft.CodeAnalysis;

namespace Typed.Generator;

/// <summary>Writes the columnar part of records marked [StreamRecord] and compiles classes marked [Pipeline].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class TypedGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
    }
}
