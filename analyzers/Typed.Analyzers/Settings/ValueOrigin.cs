using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Analyzers.Settings;

/// <summary>
/// Goes from where a value is used to where it is made: through locals that are given once, read-only fields and properties with a value of their own, and methods that
/// return one thing. It stops where a value could be another one.
/// </summary>
internal static class ValueOrigin
{
    // Values that are made of each other would go on for ever.
    private const int MostSteps = 32;

    /// <summary>The operation that makes a value, as far as it can be seen.</summary>
    public static IOperation Of(IOperation value, Compilation compilation, CancellationToken cancellation)
    {
        for (int step = 0; step < MostSteps; step++)
        {
            IOperation? next = value switch
            {
                IConversionOperation { OperatorMethod: null } conversion => conversion.Operand,
                IParenthesizedOperation parenthesized => parenthesized.Operand,
                ILocalReferenceOperation { Local: var local } => OfLocal(value, local),
                IFieldReferenceOperation { Field: { IsReadOnly: true } field } => OfField(field, compilation, cancellation),
                IPropertyReferenceOperation { Property: { SetMethod: null, IsVirtual: false, IsOverride: false, IsAbstract: false } property } => OfProperty(property, compilation, cancellation),
                IInvocationOperation { TargetMethod: { IsVirtual: false, IsOverride: false, IsAbstract: false } method } => OfMethod(method, compilation, cancellation),
                _ => null,
            };
            if (next is null)
                return value;
            value = next;
        }

        return value;
    }

    /// <summary>The value of a setting in what makes a record of settings; null if it is not set there or cannot be seen.</summary>
    public static IOperation? Setting(IOperation settings, string name, Compilation compilation, CancellationToken cancellation)
    {
        IOperation made = Of(settings, compilation, cancellation);
        IObjectOrCollectionInitializerOperation? initializer = made switch
        {
            IObjectCreationOperation creation => creation.Initializer,
            IWithOperation with => with.Initializer,
            _ => null,
        };
        ISimpleAssignmentOperation? set = initializer?.Initializers.OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(one => one.Target is IPropertyReferenceOperation { Property: var property } && property.Name == name);
        return set?.Value ?? (made is IWithOperation { Operand: var copied } ? Setting(copied, name, compilation, cancellation) : null);
    }

    private static IOperation? OfLocal(IOperation use, ILocalSymbol local)
    {
        IOperation root = use;
        while (root.Parent is { } parent)
            root = parent;
        IOperation? given = null;
        foreach (IOperation one in root.Descendants())
        {
            switch (one)
            {
                case IVariableDeclaratorOperation declarator when Is(declarator.Symbol):
                    given = declarator.GetVariableInitializer()?.Value;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var target } } when Is(target):
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: ILocalReferenceOperation { Local: var passed } } when Is(passed):
                    return null;
            }
        }

        return given;

        bool Is(ILocalSymbol other) => SymbolEqualityComparer.Default.Equals(other, local);
    }

    private static IOperation? OfField(IFieldSymbol field, Compilation compilation, CancellationToken cancellation) =>
        DeclarationOf<VariableDeclaratorSyntax>(field, compilation, cancellation) is { Initializer.Value: { } value } && !IsGivenByConstructor(field, cancellation)
            ? OperationOf(value, compilation, cancellation)
            : null;

    private static IOperation? OfProperty(IPropertySymbol property, Compilation compilation, CancellationToken cancellation)
    {
        PropertyDeclarationSyntax? declared = DeclarationOf<PropertyDeclarationSyntax>(property, compilation, cancellation);
        if (declared?.Initializer is { Value: var given } && !IsGivenByConstructor(property, cancellation))
            return OperationOf(given, compilation, cancellation);
        AccessorDeclarationSyntax? get = declared?.AccessorList?.Accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration));
        return OperationOf(declared?.ExpressionBody?.Expression ?? get?.ExpressionBody?.Expression ?? OnlyReturn(get?.Body), compilation, cancellation);
    }

    private static IOperation? OfMethod(IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        SyntaxNode? declared = DeclarationOf<SyntaxNode>(method, compilation, cancellation);
        (ExpressionSyntax? body, BlockSyntax? block) = declared switch
        {
            MethodDeclarationSyntax one => (one.ExpressionBody?.Expression, one.Body),
            LocalFunctionStatementSyntax one => (one.ExpressionBody?.Expression, one.Body),
            _ => (null, null),
        };

        // What the generator writes has attributes of its own, and is known.
        return OurTypes.PipelineMarkOf(method.ContainingType) is not null && method.Name == "From" ? null : OperationOf(body ?? OnlyReturn(block), compilation, cancellation);
    }

    private static ExpressionSyntax? OnlyReturn(BlockSyntax? block) => block?.Statements is [ReturnStatementSyntax { Expression: { } value }] ? value : null;

    private static bool IsGivenByConstructor(ISymbol member, CancellationToken cancellation) => member.ContainingType.Constructors
        .SelectMany(constructor => constructor.DeclaringSyntaxReferences)
        .SelectMany(reference => reference.GetSyntax(cancellation).DescendantNodes().OfType<AssignmentExpressionSyntax>())
        .Any(assignment => assignment.Left is IdentifierNameSyntax { Identifier.ValueText: var name } && name == member.Name
            || assignment.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var accessed } && accessed == member.Name);

    private static T? DeclarationOf<T>(ISymbol symbol, Compilation compilation, CancellationToken cancellation)
        where T : SyntaxNode =>
        symbol.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault() is { } reference && compilation.ContainsSyntaxTree(reference.SyntaxTree) ? reference.GetSyntax(cancellation) as T : null;

    private static IOperation? OperationOf(ExpressionSyntax? value, Compilation compilation, CancellationToken cancellation) =>
        value is null ? null : compilation.GetSemanticModel(value.SyntaxTree).GetOperation(value, cancellation);
}
