using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>Makes a constant of a local variable or a field that a lambda reads, where its value is one and nothing sets it; of another field, one that is read only.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnchangingFix))]
[Shared]
public sealed class UnchangingFix : PlanFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ["TYPED4010", "TYPED4011"];

    private protected override async Task OfferAsync(FixPlace place)
    {
        if (await place.ModelAsync().ConfigureAwait(false) is not { } model
            || place.Root.FindNode(place.Diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax read
            || model.GetSymbolInfo(read, place.Cancellation).Symbol is not { } symbol || symbol is not (ILocalSymbol or IFieldSymbol { IsStatic: true })
            || await DeclaredAsync(symbol, place).ConfigureAwait(false) is not { Initializer.Value: { } value, Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } declared)
        {
            return;
        }

        ITypeSymbol type = symbol is ILocalSymbol local ? local.Type : ((IFieldSymbol)symbol).Type;
        if (IsSet(declared, symbol.Name))
            return;
        if (model.GetConstantValue(value, place.Cancellation).HasValue && type.SpecialType is not SpecialType.None)
            place.Offer($"Make '{symbol.Name}' a constant", declaration.Parent!, Constant(declaration.Parent!, declaration, type, model));
        else if (declaration.Parent is FieldDeclarationSyntax { Modifiers: var modifiers } field && !modifiers.Any(SyntaxKind.ReadOnlyKeyword))
            place.Offer($"Make '{symbol.Name}' read only", field, field.WithModifiers(modifiers.Add(Keyword(SyntaxKind.ReadOnlyKeyword))));
    }

    // One that is declared in another file is left alone: what is said stands in this one.
    private static async Task<VariableDeclaratorSyntax?> DeclaredAsync(ISymbol symbol, FixPlace place) =>
        symbol.DeclaringSyntaxReferences is [var reference] && reference.SyntaxTree == place.Root.SyntaxTree
            ? await reference.GetSyntaxAsync(place.Cancellation).ConfigureAwait(false) as VariableDeclaratorSyntax
            : null;

    private static SyntaxNode Constant(SyntaxNode parent, VariableDeclarationSyntax declaration, ITypeSymbol type, SemanticModel model)
    {
        VariableDeclarationSyntax typed = declaration.Type.IsVar
            ? declaration.WithType(SyntaxFactory.ParseTypeName(type.ToMinimalDisplayString(model, declaration.SpanStart)).WithTriviaFrom(declaration.Type))
            : declaration;
        if (parent is FieldDeclarationSyntax field)
        {
            IEnumerable<SyntaxToken> kept = field.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.StaticKeyword) && !modifier.IsKind(SyntaxKind.ReadOnlyKeyword));
            return field.WithDeclaration(typed).WithModifiers([.. kept, Keyword(SyntaxKind.ConstKeyword)]).WithLeadingTrivia(field.GetLeadingTrivia());
        }

        LocalDeclarationStatementSyntax local = (LocalDeclarationStatementSyntax)parent;
        return local.WithDeclaration(typed.WithLeadingTrivia()).WithModifiers([Keyword(SyntaxKind.ConstKeyword)]).WithLeadingTrivia(local.GetLeadingTrivia());
    }

    private static SyntaxToken Keyword(SyntaxKind kind) => SyntaxFactory.Token(kind).WithTrailingTrivia(SyntaxFactory.Space);

    // By its name, in all of the file: rather no offer than one that does not compile.
    private static bool IsSet(VariableDeclaratorSyntax declared, string name) => declared.SyntaxTree.GetRoot().DescendantNodes().Any(node => node switch
    {
        AssignmentExpressionSyntax { Left: var left } => Names(left, name),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression, Operand: var operand } => Names(operand, name),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression, Operand: var operand } => Names(operand, name),
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword, Expression: var given } => Names(given, name),
        _ => false,
    });

    private static bool Names(ExpressionSyntax expression, string name) =>
        expression is IdentifierNameSyntax { Identifier.ValueText: var simple } ? simple == name : expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && member == name;
}
