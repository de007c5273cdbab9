using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>Where a class stands, so that another part of it can be written.</summary>
internal static class DeclarationReader
{
    /// <summary>Whether something that bears an attribute is a type: while its target is being typed, an attribute belongs to what stands there instead.</summary>
    public static bool IsType(SyntaxNode node, CancellationToken cancellation) => node is TypeDeclarationSyntax;

    /// <summary>The type that bears an attribute; null for the other parts of one that bears it in several, and for one that is still without a name.</summary>
    public static INamedTypeSymbol? FirstMarked(GeneratorAttributeSyntaxContext found, string attribute, CancellationToken cancellation)
    {
        if (found.TargetSymbol is not INamedTypeSymbol type || !IsNamed(type))
            return null;
        SyntaxReference? first = type.GetAttributes().FirstOrDefault(one => one.AttributeClass?.ToDisplayString() == attribute)?.ApplicationSyntaxReference;
        return first?.GetSyntax(cancellation).FirstAncestorOrSelf<TypeDeclarationSyntax>() == found.TargetNode ? type : null;
    }

    /// <summary>Whether a type, and all around it, has a name: while it is being typed it may have none, or one that is none, and the compiler says so.</summary>
    public static bool IsNamed(INamedTypeSymbol type)
    {
        for (ISymbol one = type; one is not INamespaceSymbol { IsGlobalNamespace: true }; one = one.ContainingSymbol)
        {
            if (one is INamedTypeSymbol or INamespaceSymbol && !SyntaxFacts.IsValidIdentifier(one.Name))
                return false;
        }

        return true;
    }

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
