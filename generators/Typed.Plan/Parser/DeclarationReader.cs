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
            if (!IsPartial(one, cancellation))
                found ??= $"{one.Name} is not partial";
            headers.Insert(0, Header(one));
        }

        if (type.IsStatic)
            found ??= $"{type.Name} is static";
        problem = found ?? "";
        if (found is not null)
            return null;
        return new DeclarationSpec(Space(type), headers.ToEquatable());
    }

    /// <summary>The declaration of any type, whether or not another part of it may be written.</summary>
    public static DeclarationSpec Outline(INamedTypeSymbol type)
    {
        List<string> headers = [];
        for (INamedTypeSymbol? one = type; one is not null; one = one.ContainingType)
            headers.Insert(0, Header(one) + (one.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", one.TypeParameters.Select(parameter => CSharpName.Escape(parameter.Name)))}>"));
        return new DeclarationSpec(Space(type), headers.ToEquatable());
    }

    /// <summary>Whether every part of a type says that there are others. The outline of a type that is refused is another part of it.</summary>
    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) => type.DeclaringSyntaxReferences
        .Select(part => part.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>().All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static string Header(INamedTypeSymbol type) => $"partial {Keyword(type)} {CSharpName.Escape(type.Name)}";

    private static string Space(INamedTypeSymbol type) => type.ContainingNamespace is { IsGlobalNamespace: false } named
        ? named.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted))
        : "";

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
