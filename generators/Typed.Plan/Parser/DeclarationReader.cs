using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>Where a class stands, so that another part of it can be written.</summary>
internal static class DeclarationReader
{
    /// <summary>The declaration of a class; null, and why, if no other part of it can be written.</summary>
    public static DeclarationSpec? Read(INamedTypeSymbol type, CancellationToken cancellation, out string problem)
    {
        string? found = null;
        List<string> headers = [];
        for (INamedTypeSymbol? one = type; one is not null; one = one.ContainingType)
        {
            if (one.IsGenericType)
                found ??= $"{one.Name} is generic";
            if (one.IsFileLocal)
                found ??= $"{one.Name} is visible in its own file only";
            IEnumerable<TypeDeclarationSyntax> parts = one.DeclaringSyntaxReferences.Select(part => part.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>();
            if (!parts.All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword)))
                found ??= $"{one.Name} is not partial";
            headers.Insert(0, $"partial {Keyword(one)} {CSharpName.Escape(one.Name)}");
        }

        if (type.IsStatic)
            found ??= $"{type.Name} is static";
        problem = found ?? "";
        if (found is not null)
            return null;
        string space = type.ContainingNamespace is { IsGlobalNamespace: false } named
            ? named.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted))
            : "";
        return new DeclarationSpec(space, headers.ToEquatable());
    }

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
