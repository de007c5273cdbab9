using Microsoft.CodeAnalysis;

namespace Typed.Analyzers.Settings;

/// <summary>Which types are those of this library, which others may have the names of.</summary>
internal static class OurTypes
{
    /// <summary>The name of a type; of a block of extensions that of the class around it.</summary>
    public static string NameOf(INamedTypeSymbol type) => type.Name.Length == 0 && type.ContainingType is { } around ? around.Name : type.Name;

    /// <summary>The attribute that makes a type a pipeline; null for other types.</summary>
    public static AttributeData? PipelineMarkOf(INamedTypeSymbol? type) => type?.GetAttributes().FirstOrDefault(one => one.AttributeClass is { Name: "PipelineAttribute" } mark && IsOurs(mark));

    /// <summary>Whether a type is in the namespace Typed or in one within it.</summary>
    public static bool IsOurs(ITypeSymbol? type)
    {
        INamespaceSymbol? space = type?.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name == "Typed";
    }
}
