using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.CodeFixes;

/// <summary>The parts of a query as fixes look at them.</summary>
internal static class PlanSyntax
{
    /// <summary>The call whose name, or one of whose arguments, a diagnostic points at; null for a query expression, which has no place for what fixes add.</summary>
    internal static InvocationExpressionSyntax? CallAt(SyntaxNode root, Diagnostic diagnostic)
    {
        SyntaxNode? node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (node.FirstAncestorOrSelf<ArgumentSyntax>() is { Parent.Parent: InvocationExpressionSyntax taking })
            return taking;
        return node.FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is { Parent: InvocationExpressionSyntax call } ? call : null;
    }

    /// <summary>What a method is called on.</summary>
    internal static ExpressionSyntax? ReceiverOf(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Expression;

    /// <summary>The name of the method that is called.</summary>
    internal static string? NameOf(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText;

    /// <summary>The rows of a stream; null for anything else.</summary>
    internal static INamedTypeSymbol? RowsOf(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "Stream", TypeArguments: [INamedTypeSymbol rows] } stream
        && stream.ContainingNamespace.ToDisplayString() == "Typed" ? rows : null;

    /// <summary>The event time of a record; of other rows, the only time there is. Null for none.</summary>
    internal static IPropertySymbol? EventTimeOf(INamedTypeSymbol rows)
    {
        HashSet<string> marked = [.. rows.InstanceConstructors.SelectMany(constructor => constructor.Parameters).Where(IsMarked).Select(field => field.Name)];
        IPropertySymbol[] times = [.. TimesOf(rows)];
        return times.FirstOrDefault(time => marked.Contains(time.Name)) ?? (times.Length == 1 ? times[0] : null);
    }

    /// <summary>The times that rows have.</summary>
    internal static IEnumerable<IPropertySymbol> TimesOf(INamedTypeSymbol rows) =>
        rows.GetMembers().OfType<IPropertySymbol>().Where(property => property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public } && IsTime(property.Type));

    /// <summary>A name for the row of a lambda: that of the lambda in a call, so that the query reads as before.</summary>
    internal static string RowNameOf(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Select(argument => argument.Expression).OfType<SimpleLambdaExpressionSyntax>().FirstOrDefault()?.Parameter.Identifier.ValueText ?? "x";

    /// <summary>Puts a call between what a method is called on and the method, on a line of its own where the method has one.</summary>
    internal static InvocationExpressionSyntax Before(InvocationExpressionSyntax call, string inserted)
    {
        MemberAccessExpressionSyntax access = (MemberAccessExpressionSyntax)call.Expression;
        InvocationExpressionSyntax parsed = (InvocationExpressionSyntax)SyntaxFactory.ParseExpression("_." + inserted);
        MemberAccessExpressionSyntax before = access.WithName(((MemberAccessExpressionSyntax)parsed.Expression).Name);
        InvocationExpressionSyntax added = SyntaxFactory.InvocationExpression(before, parsed.ArgumentList).WithTrailingTrivia(access.Expression.GetTrailingTrivia());
        return call.WithExpression(access.WithExpression(added));
    }

    /// <summary>The event time of the rows of a stream; null for none, and for what is no stream.</summary>
    internal static string? TimeOf(SemanticModel model, ExpressionSyntax? stream) =>
        stream is not null && RowsOf(model.GetTypeInfo(stream).Type) is { } rows ? EventTimeOf(rows)?.Name : null;

    /// <summary>An argument by its name, behind others.</summary>
    internal static ArgumentSyntax Argument(string name, string value) => SyntaxFactory.Argument(SyntaxFactory.ParseExpression(value))
        .WithNameColon(SyntaxFactory.NameColon(name).WithTrailingTrivia(SyntaxFactory.Space))
        .WithLeadingTrivia(SyntaxFactory.Space);

    /// <summary>An attribute in brackets of its own.</summary>
    internal static AttributeListSyntax Attribute(string text) => SyntaxFactory.ParseCompilationUnit($"[{text}] class _ {{ }}").Members[0].AttributeLists[0];

    /// <summary>A type with an attribute on a line of its own before all others, and partial: the generator writes another part of it.</summary>
    internal static TypeDeclarationSyntax MarkedType(SyntaxNode root, TypeDeclarationSyntax type, string attribute)
    {
        TypeDeclarationSyntax partial = type.Modifiers.Any(SyntaxKind.PartialKeyword) ? type : PartialFix.Partial(type);
        SyntaxTriviaList leading = partial.GetLeadingTrivia();
        SyntaxTriviaList indentation = [.. leading.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
        string line = root.ToFullString().Contains("\r\n") ? "\r\n" : "\n";
        SyntaxTriviaList behind = [SyntaxFactory.EndOfLine(line), .. indentation];
        AttributeListSyntax mark = Attribute(attribute).WithLeadingTrivia(leading).WithTrailingTrivia(behind);
        TypeDeclarationSyntax bare = partial.WithoutLeadingTrivia();
        return (TypeDeclarationSyntax)bare.WithAttributeLists(bare.AttributeLists.Insert(0, mark));
    }

    /// <summary>A field of a record with an attribute before all others.</summary>
    internal static ParameterSyntax Marked(ParameterSyntax field, string attribute) => field.WithoutLeadingTrivia()
        .WithAttributeLists(field.AttributeLists.Insert(0, Attribute(attribute).WithTrailingTrivia(SyntaxFactory.Space)))
        .WithLeadingTrivia(field.GetLeadingTrivia());

    /// <summary>The class around a place, where it is the pipeline or a part of it.</summary>
    internal static ClassDeclarationSyntax? ClassAt(SyntaxNode root, Diagnostic diagnostic) =>
        root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<ClassDeclarationSyntax>();

    private static bool IsMarked(IParameterSymbol field) => field.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "EventTimeAttribute");

    private static bool IsTime(ITypeSymbol type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [{ } of] }
        ? IsTime(of)
        : type.ToDisplayString() == "System.DateTimeOffset";
}
