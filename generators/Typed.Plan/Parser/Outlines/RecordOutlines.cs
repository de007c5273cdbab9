using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>Reads what can be written for a record that is refused.</summary>
internal static class RecordOutlines
{
    private static readonly SymbolDisplayFormat Declared =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>
    /// The outline of a type; null if nothing can be added to it. A marked type that is not partial has one all the same: the compiler then says so at the type
    /// itself, beside our diagnostic, and not at every place that uses it.
    /// </summary>
    public static RecordOutline? Of(INamedTypeSymbol type, IEnumerable<string> errors)
    {
        if (!IsPossible(type))
            return null;
        return new RecordOutline(TypeReader.Name(type), type.Name)
        {
            Declaration = DeclarationReader.Outline(type),
            Errors = string.Join(", ", errors.Distinct()),
            Properties = Properties(type).ToEquatable(),
        };
    }

    /// <summary>Whether a type can be given the members of a record of columns.</summary>
    public static bool IsPossible(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct, IsStatic: false, IsRefLikeType: false } && IsExtensible(type) && !type.AllInterfaces.Any(IsContract);

    /// <summary>Whether another file can hold a part of a type.</summary>
    public static bool IsExtensible(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? one = type; one is not null; one = one.ContainingType)
        {
            if (one.DeclaringSyntaxReferences.IsEmpty || one.IsFileLocal || one.Name.Length == 0 || (one.IsGenericType && one.TypeKind == TypeKind.Interface))
                return false;
        }

        return true;
    }

    /// <summary>Whether an interface is that of records of columns.</summary>
    public static bool IsContract(INamedTypeSymbol type) =>
        type is { Name: "IStreamRecord", ContainingNamespace: { Name: "Schema", ContainingNamespace: { Name: "Typed", ContainingNamespace.IsGlobalNamespace: true } } };

    // Somebody who writes 'class' for 'record' means the fields all the same.
    private static IEnumerable<OutlineMember> Properties(INamedTypeSymbol type)
    {
        if (type.IsRecord || type.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal))
            yield break;
        IMethodSymbol? primary = type.InstanceConstructors.FirstOrDefault(constructor =>
            constructor.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax() is TypeDeclarationSyntax);
        foreach (IParameterSymbol parameter in primary?.Parameters ?? [])
        {
            if (type.GetMembers(parameter.Name).IsEmpty && parameter.RefKind == RefKind.None && parameter.Type.TypeKind != TypeKind.Error)
                yield return new OutlineMember(parameter.Type.ToDisplayString(Declared), parameter.Name);
        }
    }
}
